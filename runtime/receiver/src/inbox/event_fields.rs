//! Where in a delivery the event's id, name, key and revision are.

use asyncapi_runtime::{DecodeError, FieldPath, Inbound, Scalar};

use super::{Delivery, EventId, OrderKey, Revision};

/// Where in a delivery the fields are that an inbox needs: the event's id, its name, its key and its revision.
///
/// All are optional. An event without an id gets the SHA-256 of its body as its id. Events without a key are handled in
/// any order.
///
/// ```
/// use asyncapi_runtime::Inbound;
/// use asyncapi_receiver::inbox::{EventFields, Peeked, FieldPath};
///
/// let event_fields = EventFields::new()
///     .with_id(FieldPath::payload("/id"))
///     .with_name(FieldPath::header("x-event"))
///     .with_key(FieldPath::payload("/data/id"))
///     .with_revision(FieldPath::payload("/data/attributes/rev"));
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

/// The result of [`EventFields::peek`].
#[derive(Clone, Debug)]
pub enum Peeked {
    /// The body is JSON, as far as is known without decoding it.
    Readable(Delivery),
    /// The body is not JSON. The delivery contains the fields that are in headers.
    NotJson(Delivery, DecodeError),
}

impl EventFields {
    /// No fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets where the id of the event is: a string or an integer.
    #[must_use]
    pub fn with_id(mut self, place: FieldPath) -> Self {
        self.id = Some(place);
        self
    }

    /// Sets where the name of the event is.
    #[must_use]
    pub fn with_name(mut self, place: FieldPath) -> Self {
        self.name = Some(place);
        self
    }

    /// Sets where the order key is, such as the id of a customer: a string or an integer. Events with the same key are
    /// handled in the order of arrival.
    #[must_use]
    pub fn with_key(mut self, place: FieldPath) -> Self {
        self.key = Some(place);
        self
    }

    /// Sets where the revision of the resource after the event is: an integer.
    #[must_use]
    pub fn with_revision(mut self, place: FieldPath) -> Self {
        self.revision = Some(place);
        self
    }

    /// Sets where the revision of the resource before the event is: an integer. Default: the revision minus 1.
    #[must_use]
    pub fn with_revision_before(mut self, place: FieldPath) -> Self {
        self.revision_before = Some(place);
        self
    }

    /// Finds the fields in a delivery, in one pass over the body and without decoding the rest.
    #[must_use]
    pub fn peek(&self, inbound: Inbound) -> Peeked {
        let places = [&self.id, &self.name, &self.key, &self.revision, &self.revision_before].map(Option::as_ref);
        // A pointer without a leading slash matches no value.
        let pointers = places.map(|place| match place {
            Some(FieldPath::Payload(pointer)) => pointer.as_ref(),
            Some(FieldPath::Header(_)) | None => "nowhere",
        });
        let (scalars, fault) = match inbound.peek_scalars(pointers) {
            Ok(scalars) => (scalars, None),
            Err(error) => ([const { None }; 5], Some(error)),
        };
        let [id, name, key, revision, before] = std::array::from_fn(|index| match places[index] {
            Some(FieldPath::Header(header)) => inbound.header(header).map(|text| Scalar::Text(text.to_owned())),
            _ => scalars[index].clone(),
        });
        let id = id.map(Scalar::into_text).filter(|id| !id.is_empty());
        let id = id.map_or_else(|| EventId::of_body(inbound.body()), EventId::new);
        let mut delivery = Delivery::new(id, inbound);
        if let Some(name) = name {
            delivery = delivery.with_name(name.into_text());
        }
        if let Some(key) = key {
            delivery = delivery.with_key(OrderKey::new(key.into_text()));
        }
        if let Some(number) = revision.as_ref().and_then(Scalar::as_integer) {
            delivery =
                delivery.with_revision(Revision { number, before: before.as_ref().and_then(Scalar::as_integer) });
        }
        match fault {
            None => Peeked::Readable(delivery),
            Some(error) => Peeked::NotJson(delivery, error),
        }
    }
}
