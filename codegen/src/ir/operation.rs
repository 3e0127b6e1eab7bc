//! Operations, and the messages that they carry.

use super::{Docs, Json, Reply, Type};
use crate::document::RuntimeExpression;
use crate::location::Location;

/// A message's name as it travels; one variant of `EventName`.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) at: Location,
    pub(crate) name: String,
    /// What the variant is called after: the message's key under `components`, else its name.
    pub(crate) label: String,
    /// What else it may be called after, for where that is not enough.
    pub(crate) otherwise: Vec<String>,
    pub(crate) docs: Docs,
    /// The content type of the payload, where the document gives one.
    pub(crate) content_type: Option<String>,
    /// Where its correlation id stands.
    pub(crate) correlation: Option<RuntimeExpression>,
    pub(crate) examples: Vec<Example>,
}

/// A payload, or headers, that the document gives as an example.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) at: Location,
    pub(crate) label: String,
    /// What the author says of it.
    pub(crate) words: Option<String>,
    pub(crate) of: ExampleTarget,
    pub(crate) json: Json,
}

/// What an example is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExampleTarget {
    Payload,
    Headers,
}

/// Which way the messages of an operation go, seen from the chosen side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Incoming,
    Outgoing,
}

/// One handler or publisher method.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) at: Location,
    /// The `operationId`, or what stands for it.
    pub(crate) id: String,
    pub(crate) direction: Direction,
    /// Index into [`Api::channels`].
    pub(crate) channel: usize,
    /// What may travel: at least one message.
    pub(crate) messages: Vec<OperationMessage>,
    /// The payload of the one message, or the union of several.
    pub(crate) payload: Type,
    /// What the handler answers.
    pub(crate) reply: Option<Reply>,
    pub(crate) docs: Docs,
}

impl Operation {
    /// The message, where there is only one.
    pub(crate) fn only_message(&self) -> Option<&OperationMessage> {
        match &self.messages[..] {
            [message] => Some(message),
            _ => None,
        }
    }
}

/// A message in an operation.
#[derive(Debug)]
pub(crate) struct OperationMessage {
    pub(crate) at: Location,
    /// Index into [`Api::events`].
    pub(crate) event: usize,
    pub(crate) payload: Type,
    /// The content type of the payload, where the document gives one.
    pub(crate) content_type: Option<String>,
    /// The type of the headers, where the document describes them.
    pub(crate) headers: Option<Type>,
}
