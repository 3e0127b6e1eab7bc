//! A delivery as an inbox stores it.

use std::fmt;

use asyncapi_runtime::{Freshness, Inbound};
use jiff::Timestamp;

use super::{EventId, OrderKey};

/// The longest name that is kept, in bytes.
const LONGEST_NAME: usize = 256;

/// A delivery as an inbox stores it: the message, and the fields that the inbox needs.
///
/// [`EventFields::peek`](super::EventFields::peek) creates one from an [`Inbound`].
#[derive(Clone, Debug)]
pub struct Delivery {
    id: EventId,
    kind: DeliveryKind,
    name: Option<String>,
    key: Option<OrderKey>,
    revision: Option<Revision>,
    received_at: Timestamp,
    inbound: Inbound,
}

/// The origin of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryKind {
    /// A sender: the delivery is an event.
    Event,
    /// The receiver itself, to test the path through the inbox. No handler sees a canary, and its id is not kept.
    Canary,
}

/// The revision of the resource in an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Revision {
    /// The revision after the event.
    pub number: i64,
    /// The revision before the event, if the event contains it.
    pub before: Option<i64>,
}

impl Revision {
    /// Compares this revision with the newest handled revision of the resource.
    #[must_use]
    pub fn freshness(self, handled: Option<i64>) -> Freshness {
        Freshness::of(self.number, self.before, handled)
    }
}

impl Delivery {
    /// A sender's delivery, received now, without name, key and revision.
    #[must_use]
    pub fn new(id: EventId, inbound: Inbound) -> Self {
        Self {
            id,
            kind: DeliveryKind::Event,
            name: None,
            key: None,
            revision: None,
            received_at: Timestamp::now(),
            inbound,
        }
    }

    /// A canary with this number.
    #[must_use]
    pub fn canary(number: impl fmt::Display) -> Self {
        let id = EventId::new(format!("canary:{number}"));
        Self { kind: DeliveryKind::Canary, ..Self::new(id, Inbound::default()) }
    }

    /// Sets the name of the event, for display only: dispatch reads the payload. A name above 256 bytes is truncated.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        let mut name = name.into();
        let end = (0..=LONGEST_NAME).rev().find(|end| name.is_char_boundary(*end));
        name.truncate(end.filter(|_| name.len() > LONGEST_NAME).unwrap_or(name.len()));
        self.name = Some(name);
        self
    }

    /// Sets the order key. Events without a key are handled in any order.
    #[must_use]
    pub fn with_key(mut self, key: OrderKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Sets the revision. It is ignored without a key.
    #[must_use]
    pub fn with_revision(mut self, revision: Revision) -> Self {
        self.revision = Some(revision);
        self
    }

    /// Sets the time of receipt, by the clock of the receiver.
    #[must_use]
    pub fn with_received_at(mut self, received_at: Timestamp) -> Self {
        self.received_at = received_at;
        self
    }

    /// Sets the origin. For stores that load a delivery.
    #[must_use]
    pub fn with_kind(mut self, kind: DeliveryKind) -> Self {
        self.kind = kind;
        self
    }

    /// The id of the event.
    #[must_use]
    pub fn id(&self) -> &EventId {
        &self.id
    }

    /// The origin of the delivery.
    #[must_use]
    pub fn kind(&self) -> DeliveryKind {
        self.kind
    }

    /// The name of the event, if it is known.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The order key.
    #[must_use]
    pub fn key(&self) -> Option<&OrderKey> {
        self.key.as_ref()
    }

    /// The revision.
    #[must_use]
    pub fn revision(&self) -> Option<Revision> {
        self.revision
    }

    /// The time of receipt, by the clock of the receiver.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// The message.
    #[must_use]
    pub fn inbound(&self) -> &Inbound {
        &self.inbound
    }

    /// The delivery without its message, for a done event.
    pub(super) fn without_payload(&self) -> Self {
        Self { inbound: Inbound::default(), ..self.clone() }
    }
}
