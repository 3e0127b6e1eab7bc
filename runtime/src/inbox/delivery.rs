use std::fmt;

use jiff::Timestamp;

use super::{EventId, OrderKey};
use crate::{Freshness, Inbound};

const LONGEST_NAME: usize = 256;

/// A delivery as an inbox keeps it: what came in, and what the inbox has to know of it without reading it.
///
/// [`EventFields::peek`](super::EventFields::peek) makes one of an [`Inbound`].
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

/// Whether a delivery is of a sender's making.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryKind {
    /// A sender's event.
    Event,
    /// The receiver's own, to see that what is put comes out. No handler sees it, and its id is not kept.
    Canary,
}

/// The revision of a resource that an event bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Revision {
    /// The revision after the event.
    pub number: i64,
    /// The revision that it followed, if the event says so.
    pub before: Option<i64>,
}

impl Revision {
    /// How this stands to the newest revision of the resource that was handled.
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

    /// A canary, told from others by this.
    #[must_use]
    pub fn canary(number: impl fmt::Display) -> Self {
        let id = EventId::new(format!("canary:{number}"));
        Self { kind: DeliveryKind::Canary, ..Self::new(id, Inbound::default()) }
    }

    /// Sets the event's name, for people to read: dispatch looks at the payload again. One longer than 256 bytes is
    /// cut.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        let mut name = name.into();
        let end = (0..=LONGEST_NAME).rev().find(|end| name.is_char_boundary(*end));
        name.truncate(end.filter(|_| name.len() > LONGEST_NAME).unwrap_or(name.len()));
        self.name = Some(name);
        self
    }

    /// Sets what it is about. Without a key it is handled in no particular order.
    #[must_use]
    pub fn with_key(mut self, key: OrderKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Sets the revision it bears. Without a key it says nothing.
    #[must_use]
    pub fn with_revision(mut self, revision: Revision) -> Self {
        self.revision = Some(revision);
        self
    }

    /// Sets when it was received, by the receiver's clock.
    #[must_use]
    pub fn with_received_at(mut self, received_at: Timestamp) -> Self {
        self.received_at = received_at;
        self
    }

    /// Sets whether it is of a sender's making, for a store that reads it back.
    #[must_use]
    pub fn with_kind(mut self, kind: DeliveryKind) -> Self {
        self.kind = kind;
        self
    }

    /// What tells it from every other event.
    #[must_use]
    pub fn id(&self) -> &EventId {
        &self.id
    }

    /// Whether it is of a sender's making.
    #[must_use]
    pub fn kind(&self) -> DeliveryKind {
        self.kind
    }

    /// The event's name, if it could be told.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What it is about.
    #[must_use]
    pub fn key(&self) -> Option<&OrderKey> {
        self.key.as_ref()
    }

    /// The revision it bears.
    #[must_use]
    pub fn revision(&self) -> Option<Revision> {
        self.revision
    }

    /// When it was received, by the receiver's clock.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// What came in.
    #[must_use]
    pub fn inbound(&self) -> &Inbound {
        &self.inbound
    }

    /// What is left of it once it is done.
    pub(super) fn without_payload(&self) -> Self {
        Self { inbound: Inbound::default(), ..self.clone() }
    }
}
