//! Replies, and how they find back.

use super::Type;
use crate::document::RuntimeExpression;
use crate::location::Location;

/// What is answered to a message.
#[derive(Debug)]
pub(crate) struct Reply {
    /// What may be answered: at least one message.
    pub(crate) messages: Vec<ReplyMessage>,
    /// The payload of the one message, or the union of several.
    pub(crate) payload: Type,
    pub(crate) headers: ReplyHeaders,
    pub(crate) to: ReplyTo,
    /// Where a handler's reply repeats the request's correlation id.
    pub(crate) repeated: Option<Correlation>,
    /// Where requests have theirs.
    pub(crate) asked: Option<Correlation>,
    /// Every place where a reply may have it.
    pub(crate) answered: Vec<RuntimeExpression>,
}

/// A message of a reply.
#[derive(Debug)]
pub(crate) struct ReplyMessage {
    pub(crate) at: Location,
    /// What it is called: its key, else its name.
    pub(crate) label: String,
    pub(crate) payload: Type,
    /// The content type of the payload, where the document gives one.
    pub(crate) content_type: Option<String>,
    /// The type of its headers, where the document describes more than the correlation id.
    pub(crate) headers: Option<Type>,
}

/// Where a reply goes: channels are indices into [`Api::channels`](super::Api::channels).
#[derive(Debug)]
pub(crate) enum ReplyTo {
    /// Where the request says at this place, or else to this channel of a fixed address.
    Said(RuntimeExpression, Option<usize>),
    /// To this channel, whose address is fixed.
    Fixed(usize),
    /// To this channel, whose parameters are given: by the handler on one side, by the caller on the other.
    Given(usize),
    /// Nobody says, so it is the transport's affair.
    Unsaid,
}

/// The headers that travel beside the payload. The correlation id does so by itself, and needs none.
#[derive(Debug)]
pub(crate) enum ReplyHeaders {
    Nothing,
    /// Whatever is answered has these.
    Typed(Type),
    /// Each message has its own, or some have none: the variants of the payload's type have them.
    Each,
}

/// Where a message has its correlation id, and of what kind it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Correlation {
    pub(crate) location: RuntimeExpression,
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
