//! Leases of events, and how they end.

use std::fmt;
use std::time::Duration;

use asyncapi_runtime::Freshness;

use super::{Delivery, Reason};

/// The number of an event in its inbox, in the order of arrival. It contains nothing of the payload, so logs use it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u64);

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The result of putting a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PutOutcome {
    /// It is stored.
    Stored(EntryId),
    /// There is an event with this id, or one was done within the deduplication horizon.
    Duplicate,
}

/// Identifies a lease, to settle or renew it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LeaseToken {
    /// The leased event.
    pub entry_id: EntryId,
    /// The fencing token: a number that grows with each process or delivery.
    pub fence: u64,
}

/// An event that a worker has leased.
#[derive(Clone, Debug)]
pub struct LeasedDelivery {
    /// For [`Inbox::settle`](super::Inbox::settle).
    pub token: LeaseToken,
    /// The delivery.
    pub delivery: Delivery,
    /// The number of this attempt, from 1. Attempts that a crash interrupted count.
    pub attempt: u32,
    /// Whether it is in sequence with the events of its key that were done within the horizon.
    pub freshness: Freshness,
}

/// The result of a lease.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The leased events.
    pub leased: Vec<LeasedDelivery>,
    /// The time until the next waiting event becomes ready.
    pub next: Option<Duration>,
}

/// How an attempt at a leased event ended.
#[derive(Clone, Debug)]
pub enum Settlement {
    /// The event is handled. Its payload is deleted, its id is kept for the deduplication horizon.
    Done,
    /// The event is tried again after a delay.
    Retry {
        /// The delay.
        after: Duration,
    },
    /// The event becomes a dead letter.
    Dead(Reason),
    /// The event is ready again, and the attempt does not count, for example because the receiver stops.
    Released,
}
