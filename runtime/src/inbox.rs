//! Where deliveries are kept between their acknowledgement and the end of their handling.
//!
//! An [`Inbox`] keeps each event once, in the order of arrival, until it is done or dead:
//!
//! ```text
//! put ──▶ ready ──lease──▶ leased ──▶ done       its id is kept for the deduplication horizon
//!  │        ▲                 ├─────▶ waiting ──▶ ready    to be tried again
//!  │        │                 └─────▶ dead      kept with its reason until it is requeued or discarded
//!  └──────▶ held              (behind an earlier event of the same resource)
//! ```
//!
//! Of the events with one [`OrderKey`] at most one is ready, leased or waiting at a time, the others are held
//! behind it in the order they arrived. So an event that waits for its next attempt holds up those of its
//! resource, and none of any other. A dead one holds up nothing. Events without a key hold up nothing ever.
//!
//! Which store: [`Memory`] keeps nothing across a restart and is for tests. `Sqlite` (feature `sqlite`) is one
//! file beside the receiver. They promise the same and pass the same tests. `Nats` (feature `nats`) is a JetStream
//! for several nodes; where it promises less, it says so.

mod dead_letter_reason;
mod delivery;
mod entry;
mod error;
mod event_fields;
mod event_id;
mod json_lines;
mod lease;
mod memory;
#[cfg(feature = "nats")]
mod nats;
mod retention;
#[cfg(feature = "sqlite")]
mod sqlite;
mod stats;

use std::sync::Arc;
use std::time::Duration;

use crate::BoxFuture;

pub use dead_letter_reason::{Reason, ReasonKind};
pub use delivery::{Delivery, DeliveryKind, Revision};
pub use entry::{Entry, Page, State, Stored};
pub use error::InboxError;
pub use event_fields::{EventFields, FieldPath, Peeked};
pub use event_id::{EventId, OrderKey};
pub use json_lines::{Imported, TransferError, export, import};
pub use lease::{Batch, EntryId, LeaseToken, LeasedDelivery, PutOutcome, Settlement};
pub use memory::Memory;
#[cfg(feature = "nats")]
pub use nats::Nats;
pub use retention::{PurgeCounts, Retention};
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;
pub use stats::Stats;

/// A store of deliveries. What it says is done is durable, or the store says in its own docs that it is not.
///
/// The futures may be dropped at any await. Then what was asked for may have happened or not; a lease that
/// nobody heard of ends with the process.
pub trait Inbox: Send + Sync {
    /// Keeps a delivery to be handled, if there is none with its id yet.
    ///
    /// **Once this is done, the delivery survives the process, so that it can be acknowledged.**
    ///
    /// # Errors
    ///
    /// It is not known to be kept.
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<PutOutcome, InboxError>>;

    /// Keeps a delivery as a dead letter from the start: it can never be handled as it is.
    ///
    /// # Errors
    ///
    /// It is not known to be kept.
    fn put_dead(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<PutOutcome, InboxError>>;

    /// Takes up to `most` ready events, the earliest first, and counts an attempt for each of them.
    ///
    /// The first lease of a process ends those of every process before it, whose events are ready again: one of them
    /// at a time beside all others, since one of them may be what ended the process. One process at a time works on
    /// an inbox; an earlier one that still runs is told [`InboxError::Superseded`].
    ///
    /// # Errors
    ///
    /// Nothing is leased.
    fn lease(&self, most: usize) -> BoxFuture<'_, Result<Batch, InboxError>>;

    /// How long a lease lasts unless it is renewed. The default is `None`: for as long as its process leases.
    fn lease_span(&self) -> Option<Duration> {
        None
    }

    /// Makes a lease last from now on for as long as it did at first. By default there is nothing to do, since leases
    /// end with their process.
    ///
    /// # Errors
    ///
    /// It is not known to be renewed. [`InboxError::Superseded`] if it is over: another has the event, or will.
    fn renew(&self, _: LeaseToken) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(async { Ok(()) })
    }

    /// Says how a leased event ended.
    ///
    /// # Errors
    ///
    /// It is not known to be recorded. [`InboxError::Superseded`] if the lease is over: another has the event.
    fn settle(&self, ticket: LeaseToken, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>>;

    /// Waits until there may be something to lease that was not there at the last one.
    ///
    /// It is a shortcut: what another process puts, or what has waited long enough, may not be told here.
    fn ready(&self) -> BoxFuture<'_, ()>;

    /// Some events in the order of arrival, without their bodies.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    fn list(&self, page: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>>;

    /// The event of this receipt, with its delivery as long as that is kept.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    fn get(&self, receipt: EntryId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>>;

    /// The event of this id, with its delivery as long as that is kept.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>>;

    /// Makes one dead letter an event to be handled again, with all its attempts before it and in the place it
    /// had by its arrival. `false` if there is no dead letter of this id.
    ///
    /// # Errors
    ///
    /// It is not known to be requeued.
    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>>;

    /// The same for every dead letter there is now. Returns how many there were; `tell` hears of some at a time how
    /// many it has been so far.
    ///
    /// # Errors
    ///
    /// Some may be requeued, some not.
    fn requeue_all_with_progress<'a>(
        &'a self,
        tell: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>>;

    /// The same, where nobody waits to hear.
    ///
    /// # Errors
    ///
    /// As [`requeue_all_with_progress`](Self::requeue_all_with_progress).
    fn requeue_all(&self) -> BoxFuture<'_, Result<u64, InboxError>> {
        self.requeue_all_with_progress(&|_| {})
    }

    /// Throws a dead letter away, for good. `false` if there is no dead letter of this id.
    ///
    /// # Errors
    ///
    /// It is not known to be gone.
    fn discard(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>>;

    /// How much there is, and how old.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>>;

    /// Writes what is stored to where it stays, if it is elsewhere as yet: called at the end of a drain. The inbox can be
    /// used on. By default there is nothing to do.
    ///
    /// # Errors
    ///
    /// It may be where it was, and is as safe there.
    fn checkpoint(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(async { Ok(()) })
    }

    /// Forgets what is over for longer than is said here; not when the last event came.
    ///
    /// # Errors
    ///
    /// Some may be forgotten, some not.
    fn purge(&self, retention: Retention) -> BoxFuture<'_, Result<PurgeCounts, InboxError>>;
}

impl<I: Inbox + ?Sized> Inbox for Arc<I> {
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        (**self).put(delivery)
    }

    fn put_dead(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        (**self).put_dead(delivery, reason)
    }

    fn lease(&self, most: usize) -> BoxFuture<'_, Result<Batch, InboxError>> {
        (**self).lease(most)
    }

    fn lease_span(&self) -> Option<Duration> {
        (**self).lease_span()
    }

    fn renew(&self, ticket: LeaseToken) -> BoxFuture<'_, Result<(), InboxError>> {
        (**self).renew(ticket)
    }

    fn settle(&self, ticket: LeaseToken, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>> {
        (**self).settle(ticket, settlement)
    }

    fn ready(&self) -> BoxFuture<'_, ()> {
        (**self).ready()
    }

    fn list(&self, page: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>> {
        (**self).list(page)
    }

    fn get(&self, receipt: EntryId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        (**self).get(receipt)
    }

    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        (**self).find(id)
    }

    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        (**self).requeue(id)
    }

    fn requeue_all_with_progress<'a>(
        &'a self,
        tell: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>> {
        (**self).requeue_all_with_progress(tell)
    }

    fn discard(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        (**self).discard(id)
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>> {
        (**self).stats()
    }

    fn checkpoint(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        (**self).checkpoint()
    }

    fn purge(&self, retention: Retention) -> BoxFuture<'_, Result<PurgeCounts, InboxError>> {
        (**self).purge(retention)
    }
}
