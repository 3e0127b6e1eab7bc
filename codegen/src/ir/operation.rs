//! Operations, and the messages that they carry.

use super::{Docs, Type};
use crate::document::{Location, Place};

/// A message's name as it travels; one variant of `EventName`.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) at: Place,
    pub(crate) name: String,
    /// What the variant is called after: the message's key under `components`, else its name.
    pub(crate) label: String,
    /// What else it may be called after, for where that is not enough.
    pub(crate) otherwise: Vec<String>,
    pub(crate) docs: Docs,
    /// The content type of the payload, where the document gives one.
    pub(crate) content_type: Option<String>,
    /// Where its correlation id stands.
    pub(crate) correlation: Option<Location>,
    pub(crate) examples: Vec<Example>,
}

/// A payload that the document gives as an example.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) at: Place,
    pub(crate) label: String,
    /// What the author says of it.
    pub(crate) words: Option<String>,
    pub(crate) json: String,
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
    pub(crate) at: Place,
    /// The `operationId`, or what stands for it.
    pub(crate) id: String,
    pub(crate) direction: Direction,
    /// Index into [`Api::channels`].
    pub(crate) channel: usize,
    /// What may travel: at least one message.
    pub(crate) messages: Vec<Carried>,
    /// The payload of the one message, or the union of several.
    pub(crate) payload: Type,
    /// What the handler answers.
    pub(crate) reply: Option<Reply>,
    pub(crate) docs: Docs,
}

/// What is answered to a message.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) payload: Type,
    /// The content type of all that may be answered.
    pub(crate) content_type: Option<String>,
    /// Where the request says to reply to.
    pub(crate) address: Option<Location>,
    /// The channel to reply to where the request does not say, if its address is fixed: index into [`Api::channels`].
    pub(crate) channel: Option<usize>,
    /// Where a handler's reply repeats the request's correlation id.
    pub(crate) repeated: Option<Correlation>,
    /// Where requests have theirs.
    pub(crate) asked: Option<Correlation>,
    /// Every place where a reply may have it.
    pub(crate) answered: Vec<Location>,
}

/// Where a message has its correlation id, and of what kind it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Correlation {
    pub(crate) location: Location,
    pub(crate) kind: IdKind,
}

/// What a correlation id can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdKind {
    Text,
    Integer,
    /// The document asks for more than any id is, so only the caller can make one.
    Given,
}

impl Operation {
    /// The message, where there is only one.
    pub(crate) fn only_message(&self) -> Option<&Carried> {
        match &self.messages[..] {
            [message] => Some(message),
            _ => None,
        }
    }
}

/// A message in an operation.
#[derive(Debug)]
pub(crate) struct Carried {
    pub(crate) at: Place,
    /// Index into [`Api::events`].
    pub(crate) event: usize,
    pub(crate) payload: Type,
    /// The content type of the payload, where the document gives one.
    pub(crate) content_type: Option<String>,
    /// The type of the headers, where the document describes them.
    pub(crate) headers: Option<Type>,
}
