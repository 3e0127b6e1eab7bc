use super::{Delivery, EventId, OrderKey, Revision};
use crate::peek::{self, Scalar};
use crate::{DecodeError, Inbound};

/// Where in a delivery an inbox finds what it has to know: the event's id, its name, what it is about.
///
/// Whatever is not set, or not found, is done without: an event without an id is told from others by the
/// SHA-256 of its body, and one without a key is handled in no particular order.
///
/// ```
/// use asyncapi_runtime::Inbound;
/// use asyncapi_runtime::inbox::{EventFields, Peeked, FieldPath};
///
/// let event_fields = EventFields::new()
///     .with_id(FieldPath::pointer("/id"))
///     .with_name(FieldPath::header("x-event"))
///     .with_key(FieldPath::pointer("/data/id"))
///     .with_revision(FieldPath::pointer("/data/attributes/rev"));
///
/// let body = r#"{"id": "e1", "data": {"id": "c1", "attributes": {"rev": 7}}}"#;
/// let Peeked::Readable(delivery) = event_fields.peek(Inbound::new(body)) else { panic!("it is JSON") };
/// assert_eq!(delivery.id().as_str(), "e1");
/// assert_eq!(delivery.key().map(|key| key.as_str()), Some("c1"));
/// assert_eq!(delivery.revision().map(|revision| revision.number), Some(7));
/// ```
#[derive(Clone, Debug, Default)]
pub struct EventFields {
    id: Option<FieldPath>,
    name: Option<FieldPath>,
    key: Option<FieldPath>,
    revision: Option<FieldPath>,
    revision_before: Option<FieldPath>,
}

/// A place in a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldPath {
    /// A JSON pointer (RFC 6901) into the body.
    Pointer(String),
    /// A header, by its name.
    Header(String),
}

impl FieldPath {
    /// A JSON pointer (RFC 6901) into the body.
    #[must_use]
    pub fn pointer(pointer: impl Into<String>) -> Self {
        Self::Pointer(pointer.into())
    }

    /// A header, by its name.
    #[must_use]
    pub fn header(name: impl Into<String>) -> Self {
        Self::Header(name.into())
    }
}

/// A delivery that was looked into, and whether it could be.
#[derive(Clone, Debug)]
pub enum Peeked {
    /// The body is JSON, as far as can be told without decoding it.
    Readable(Delivery),
    /// It is not. What the headers tell is told of it.
    NotJson(Delivery, DecodeError),
}

impl EventFields {
    /// Event fields that tell nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets where the event's id is: a string, or an integer.
    #[must_use]
    pub fn with_id(mut self, place: FieldPath) -> Self {
        self.id = Some(place);
        self
    }

    /// Sets where the event's name is.
    #[must_use]
    pub fn with_name(mut self, place: FieldPath) -> Self {
        self.name = Some(place);
        self
    }

    /// Sets where it says what the event is about, such as the id of a customer: a string, or an integer. Events
    /// of one key are handled in the order they arrived.
    #[must_use]
    pub fn with_key(mut self, place: FieldPath) -> Self {
        self.key = Some(place);
        self
    }

    /// Sets where the revision is that the event led to: an integer.
    #[must_use]
    pub fn with_revision(mut self, place: FieldPath) -> Self {
        self.revision = Some(place);
        self
    }

    /// Sets where the revision is that the event followed: an integer. Default: the one before its own.
    #[must_use]
    pub fn with_revision_before(mut self, place: FieldPath) -> Self {
        self.revision_before = Some(place);
        self
    }

    /// Looks into a delivery: walks its body once and builds nothing of it but what is asked for here.
    #[must_use]
    pub fn peek(&self, inbound: Inbound) -> Peeked {
        let places = [&self.id, &self.name, &self.key, &self.revision, &self.revision_before].map(Option::as_ref);
        // What starts with no slash leads nowhere.
        let pointers = places.map(|place| match place {
            Some(FieldPath::Pointer(pointer)) => pointer.as_str(),
            Some(FieldPath::Header(_)) | None => "nowhere",
        });
        let (scalars, fault) = match peek::scalars_at(inbound.body(), pointers) {
            Ok(scalars) => (scalars, None),
            Err(error) => ([const { None }; 5], Some(error)),
        };
        let [id, name, key, revision, before] = std::array::from_fn(|index| match places[index] {
            Some(FieldPath::Header(header)) => inbound.header(header).map(|text| Scalar::Text(text.to_owned())),
            _ => scalars[index].clone(),
        });
        let id = id.map(text).filter(|id| !id.is_empty());
        let id = id.map_or_else(|| EventId::of_body(inbound.body()), EventId::new);
        let mut delivery = Delivery::new(id, inbound);
        if let Some(name) = name {
            delivery = delivery.with_name(text(name));
        }
        if let Some(key) = key {
            delivery = delivery.with_key(OrderKey::new(text(key)));
        }
        if let Some(number) = revision.and_then(integer) {
            delivery = delivery.with_revision(Revision { number, before: before.and_then(integer) });
        }
        match fault {
            None => Peeked::Readable(delivery),
            Some(error) => Peeked::NotJson(delivery, error),
        }
    }
}

fn text(scalar: Scalar) -> String {
    match scalar {
        Scalar::Text(text) => text,
        Scalar::Integer(integer) => integer.to_string(),
    }
}

fn integer(scalar: Scalar) -> Option<i64> {
    match scalar {
        Scalar::Text(text) => text.parse().ok(),
        Scalar::Integer(integer) => Some(integer),
    }
}
