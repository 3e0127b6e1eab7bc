use std::fmt;
use std::time::Duration;

use super::{Delivery, Reason};
use crate::Freshness;

/// The number of an event in its inbox, in the order of arrival. It tells nothing of the payload, so logs name
/// an event by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u64);

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What became of a delivery that was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PutOutcome {
    /// It is kept.
    Stored(EntryId),
    /// One of its id is kept already, or was done within the horizon.
    Duplicate,
}

/// The right to say how a leased event ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LeaseToken {
    /// The event.
    pub receipt: EntryId,
    /// Which process leased it: a number that grows with each.
    pub fence: u64,
}

/// An event that was taken to be handled.
#[derive(Clone, Debug)]
pub struct LeasedDelivery {
    /// For [`Inbox::settle`](super::Inbox::settle).
    pub ticket: LeaseToken,
    /// What came in.
    pub delivery: Delivery,
    /// Which attempt this is, 1 first. Those that a crash cut short count.
    pub attempt: u32,
    /// How it stands to those of its key that were done within the horizon.
    pub freshness: Freshness,
}

/// What a lease brought.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The events.
    pub leased: Vec<LeasedDelivery>,
    /// How long until the first of those that wait for their next attempt is ready.
    pub next: Option<Duration>,
}

/// How a leased event ended.
#[derive(Clone, Debug)]
pub enum Settlement {
    /// It is handled. Its payload is dropped, its id is kept for the deduplication horizon.
    Done,
    /// It is to be tried again after this long.
    Retry {
        /// How long it waits.
        after: Duration,
    },
    /// It is set aside.
    Dead(Reason),
    /// It was given back, as when the receiver stops: ready again, and the attempt does not count.
    Released,
}
