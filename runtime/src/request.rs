//! A request and what is known of its reply: where it is to come, and by what it is known.

mod id;
mod json_insert;
mod reply;
mod reply_to;

use std::borrow::Cow;
use std::fmt;

use serde::ser::Error as _;
use serde_json::Value;

pub use self::id::Id;
use self::json_insert::{InsertPoint, PointerContent};
pub use self::reply::Reply;
pub use self::reply_to::ReplyTo;
use crate::{Inbound, Outbound};

/// A place in a message, as a runtime expression of AsyncAPI names one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldPath {
    /// The header of this name.
    Header(Cow<'static, str>),
    /// What this JSON pointer (RFC 6901) leads to in the payload.
    Payload(Cow<'static, str>),
}

/// `$message.header#/name`
pub fn header(name: impl Into<Cow<'static, str>>) -> FieldPath {
    FieldPath::Header(name.into())
}

/// `$message.payload#/pointer`
pub fn payload(pointer: impl Into<Cow<'static, str>>) -> FieldPath {
    FieldPath::Payload(pointer.into())
}

/// A message that wants a reply, for a transport that [asks](crate::RequestReply).
///
/// What the caller wrote into the message counts: an address for the reply, or a correlation id, that stands in its
/// place already is followed. An empty text there counts as nothing.
///
/// ```
/// use asyncapi_runtime::request::{self, Id, Request};
/// use asyncapi_runtime::{Inbound, Outbound};
///
/// let outbound = Outbound::json("lamps", &serde_json::json!({"lamp": "hall"}))?.with_header("correlation", "7");
/// let request = Request::new(outbound)
///     .with_reply_address_in(request::payload("/replyTo"))?
///     .with_correlation_id_in(request::header("correlation"), Id::Text)?
///     .with_answer_in(request::payload("/answers"));
///
/// assert_eq!(request.reply_address(), None); // the transport chooses
/// assert_eq!(request.outbound("inbox").body().as_ref(), br#"{"lamp":"hall","replyTo":"inbox"}"#);
/// assert!(request.is_answered_by(&Inbound::new(r#"{"answers": "7"}"#)));
/// assert!(!request.is_answered_by(&Inbound::new(r#"{"answers": "8"}"#)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Request {
    outbound: Outbound,
    reply_address: ReplyAddress,
    correlation_id: Option<String>,
    answers: Vec<FieldPath>,
}

/// What is known of where the reply comes.
#[derive(Clone)]
enum ReplyAddress {
    /// Nothing: it is the transport's affair.
    Unsaid,
    Settled(String),
    /// The transport chooses, and the request says it here.
    SaidIn(FieldPath),
}

impl Request {
    /// A request of which nothing is known but the message: how its reply finds back, the transport knows.
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound, reply_address: ReplyAddress::Unsaid, correlation_id: None, answers: Vec::new() }
    }

    /// Sets the address by which replies come, whoever asks.
    #[must_use]
    pub fn with_reply_address(mut self, address: impl Into<String>) -> Self {
        self.reply_address = ReplyAddress::Settled(address.into());
        self
    }

    /// Sets where the request names the address for its reply. One that stands there already is kept.
    ///
    /// # Errors
    ///
    /// The payload has no room there: it is no JSON, or what would have to hold it is no object.
    pub fn with_reply_address_in(mut self, place: FieldPath) -> Result<Self, serde_json::Error> {
        self.reply_address = match standing(&self.outbound, &place)? {
            Some(address) => ReplyAddress::Settled(address),
            None => ReplyAddress::SaidIn(place),
        };
        Ok(self)
    }

    /// Sets where the request has its correlation id, and gives it one of this kind. One that stands there already is kept.
    ///
    /// # Errors
    ///
    /// As [`with_reply_address_in`](Self::with_reply_address_in).
    pub fn with_correlation_id_in(mut self, place: FieldPath, kind: Id) -> Result<Self, serde_json::Error> {
        self.correlation_id = standing(&self.outbound, &place)?;
        if self.correlation_id.is_none()
            && let Some(id) = kind.make()
        {
            self.outbound = written(self.outbound, place, &id);
            self.correlation_id = Some(text(&id));
        }
        Ok(self)
    }

    /// Adds a place where replies may have the correlation id of the request.
    #[must_use]
    pub fn with_answer_in(mut self, place: FieldPath) -> Self {
        self.answers.push(place);
        self
    }

    /// The address by which the reply comes, where that is settled: by the document, or by what the caller wrote into
    /// the message. `None` leaves it to the transport.
    #[must_use]
    pub fn reply_address(&self) -> Option<&str> {
        match &self.reply_address {
            ReplyAddress::Settled(address) => Some(address),
            ReplyAddress::Unsaid | ReplyAddress::SaidIn(_) => None,
        }
    }

    /// The id by which the reply is known, if the document has one for the request.
    #[must_use]
    pub fn correlation_id(&self) -> Option<&str> {
        self.correlation_id.as_deref()
    }

    /// The message to be sent, with the address for its reply wherever the document wants it said.
    #[must_use]
    pub fn outbound(&self, reply_address: &str) -> Outbound {
        match &self.reply_address {
            ReplyAddress::SaidIn(place) => written(self.outbound.clone(), place.clone(), &Value::from(reply_address)),
            ReplyAddress::Unsaid | ReplyAddress::Settled(_) => self.outbound.clone(),
        }
    }

    /// Whether a message that came by the reply's address is the reply to this request.
    ///
    /// The correlation id decides. Where the document has none, for the request or for all of its replies, every
    /// message is the reply.
    #[must_use]
    pub fn is_answered_by(&self, inbound: &Inbound) -> bool {
        let Some(id) = &self.correlation_id else { return true };
        let is_in = |place: &FieldPath| match place {
            FieldPath::Header(name) => inbound.header(name) == Some(id),
            FieldPath::Payload(pointer) => inbound.peek_id(pointer).ok().flatten().as_ref() == Some(id),
        };
        self.answers.is_empty() || self.answers.iter().any(is_in)
    }
}

impl Outbound {
    /// Repeats the correlation id of a request in its reply, as this kind of value.
    ///
    /// One that stands there already is kept. A payload without room for it goes as it is, and so does one whose id
    /// would have to be of another kind: a reply that has to be known by other means is better than none.
    #[must_use]
    pub fn with_correlation_id_in(self, place: FieldPath, kind: Id, id: impl Into<String>) -> Self {
        match (standing(&self, &place), kind.read(id.into())) {
            (Ok(None), Some(id)) => written(self, place, &id),
            _ => self,
        }
    }
}

/// What stands at a place of a message; an error where nothing does, and nothing can.
fn standing(outbound: &Outbound, place: &FieldPath) -> Result<Option<String>, serde_json::Error> {
    let standing = match place {
        FieldPath::Header(name) => outbound.headers().get_str(name).map(str::to_owned),
        FieldPath::Payload(pointer) => match json_insert::find(outbound.body(), pointer)? {
            PointerContent::Text(text) => Some(text),
            PointerContent::Nothing(_) => None,
            PointerContent::Other => {
                let message = format!("at {pointer} stands neither a text nor an integer");
                return Err(serde_json::Error::custom(message));
            }
        },
    };
    Ok(standing.filter(|text| !text.is_empty()))
}

/// The message with this at the place; the same message where there is no room, which [`standing`] has seen to.
fn written(outbound: Outbound, place: FieldPath, value: &Value) -> Outbound {
    match place {
        FieldPath::Header(name) => outbound.with_header(name, text(value)),
        FieldPath::Payload(pointer) => match json_insert::find(outbound.body(), &pointer) {
            Ok(PointerContent::Nothing(InsertPoint { before, after })) => {
                outbound.with_body(format!("{before}{value}{after}"))
            }
            Ok(PointerContent::Text(_) | PointerContent::Other) | Err(_) => outbound,
        },
    }
}

/// A text without its quotation marks; anything else as JSON has it.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("outbound", &self.outbound)
            .field("answers", &self.answers)
            .finish_non_exhaustive()
    }
}
