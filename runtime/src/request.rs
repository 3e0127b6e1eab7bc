//! Requests: their reply addresses and correlation ids.

mod id;
mod json_insert;
mod reply;
mod reply_to;

use std::fmt;

use serde::ser::Error as _;
use serde_json::Value;

pub use self::id::Id;
use self::json_insert::{InsertPoint, PointerContent};
pub use self::reply::Reply;
pub use self::reply_to::ReplyTo;
#[doc(no_inline)]
pub use crate::FieldPath;
use crate::{Inbound, Outbound};

/// A request message, for a transport with [`RequestReply`](crate::RequestReply).
///
/// A reply address or correlation id that the caller has written into the message is kept. An empty text counts as
/// absent.
///
/// ```
/// use asyncapi_runtime::request::{self, Id, Request};
/// use asyncapi_runtime::{Inbound, Outbound};
///
/// let outbound = Outbound::json("lamps", &serde_json::json!({"lamp": "hall"}))?.with_header("correlation", "7");
/// let request = Request::new(outbound)
///     .with_reply_address_in(request::FieldPath::payload("/replyTo"))?
///     .with_correlation_id_in(request::FieldPath::header("correlation"), Id::Text)?
///     .with_answer_in(request::FieldPath::payload("/answers"));
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

/// The address for the reply.
#[derive(Clone)]
enum ReplyAddress {
    /// The transport decides.
    Unspecified,
    /// The document or the caller has set it.
    Fixed(String),
    /// The transport decides, and the request contains the address in this field.
    Field(FieldPath),
}

impl Request {
    /// A request without reply address and correlation id.
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound, reply_address: ReplyAddress::Unspecified, correlation_id: None, answers: Vec::new() }
    }

    /// Sets the reply address.
    #[must_use]
    pub fn with_reply_address(mut self, address: impl Into<String>) -> Self {
        self.reply_address = ReplyAddress::Fixed(address.into());
        self
    }

    /// Sets the field of the request for the reply address. An address in that field is kept.
    ///
    /// # Errors
    ///
    /// The payload cannot contain the field: it is not JSON, or the parent is not an object.
    pub fn with_reply_address_in(mut self, place: FieldPath) -> Result<Self, serde_json::Error> {
        self.reply_address = match existing_text(&self.outbound, &place)? {
            Some(address) => ReplyAddress::Fixed(address),
            None => ReplyAddress::Field(place),
        };
        Ok(self)
    }

    /// Sets the field of the request for the correlation id, and writes an id of this kind. An id in that field is
    /// kept.
    ///
    /// # Errors
    ///
    /// As [`with_reply_address_in`](Self::with_reply_address_in).
    pub fn with_correlation_id_in(mut self, place: FieldPath, kind: Id) -> Result<Self, serde_json::Error> {
        self.correlation_id = existing_text(&self.outbound, &place)?;
        if self.correlation_id.is_none()
            && let Some(id) = kind.make().map_err(serde_json::Error::custom)?
        {
            self.outbound = with_field(self.outbound, place, &id);
            self.correlation_id = Some(to_text(&id));
        }
        Ok(self)
    }

    /// Adds a field in which replies may contain the correlation id.
    #[must_use]
    pub fn with_answer_in(mut self, place: FieldPath) -> Self {
        self.answers.push(place);
        self
    }

    /// The reply address, if the document or the caller has set it; `None` if the transport decides.
    #[must_use]
    pub fn reply_address(&self) -> Option<&str> {
        match &self.reply_address {
            ReplyAddress::Fixed(address) => Some(address),
            ReplyAddress::Unspecified | ReplyAddress::Field(_) => None,
        }
    }

    /// The correlation id, if the document has one for the request.
    #[must_use]
    pub fn correlation_id(&self) -> Option<&str> {
        self.correlation_id.as_deref()
    }

    /// The message to send, with this reply address in its field, if it has one.
    #[must_use]
    pub fn outbound(&self, reply_address: &str) -> Outbound {
        match &self.reply_address {
            ReplyAddress::Field(place) => with_field(self.outbound.clone(), place.clone(), &Value::from(reply_address)),
            ReplyAddress::Unspecified | ReplyAddress::Fixed(_) => self.outbound.clone(),
        }
    }

    /// Whether a message from the reply address is the reply to this request.
    ///
    /// The correlation id decides. If the document has none for the request or for its replies, every message is the
    /// reply.
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
    /// Writes the correlation id of the request into this reply, as this kind of value.
    ///
    /// An id in that field is kept. If the payload cannot contain the field, or the id is of another kind, the reply is
    /// unchanged: a reply without the id is better than none.
    #[must_use]
    pub fn with_correlation_id_in(self, place: FieldPath, kind: Id, id: impl Into<String>) -> Self {
        match (existing_text(&self, &place), kind.parse(id.into())) {
            (Ok(None), Some(id)) => with_field(self, place, &id),
            _ => self,
        }
    }
}

/// The text or integer in a field of a message; an error if the message cannot contain the field.
fn existing_text(outbound: &Outbound, place: &FieldPath) -> Result<Option<String>, serde_json::Error> {
    let text = match place {
        FieldPath::Header(name) => outbound.headers().get_str(name).map(str::to_owned),
        FieldPath::Payload(pointer) => match json_insert::find(outbound.body(), pointer)? {
            PointerContent::Text(text) => Some(text),
            PointerContent::Absent(_) => None,
            PointerContent::Other => {
                let message = format!("the value at {pointer} is neither a text nor an integer");
                return Err(serde_json::Error::custom(message));
            }
        },
    };
    Ok(text.filter(|text| !text.is_empty()))
}

/// The message with a value in a field; unchanged if it cannot contain the field, which [`existing_text`] has checked.
fn with_field(outbound: Outbound, place: FieldPath, value: &Value) -> Outbound {
    match place {
        FieldPath::Header(name) => outbound.with_header(name, to_text(value)),
        FieldPath::Payload(pointer) => match json_insert::find(outbound.body(), &pointer) {
            Ok(PointerContent::Absent(InsertPoint { before, after })) => {
                outbound.with_body(format!("{before}{value}{after}"))
            }
            Ok(PointerContent::Text(_) | PointerContent::Other) | Err(_) => outbound,
        },
    }
}

/// A string without quotation marks; other values as JSON.
fn to_text(value: &Value) -> String {
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
