//! Stores deliveries between their acknowledgement and the end of their handling.
//!
//! An [`Inbox`] stores each event once, in the order of arrival, until it is done or dead:
//!
//! ```text
//! put ──▶ ready ──lease──▶ leased ──▶ done       the id is kept for the deduplication horizon
//!  │        ▲                 ├─────▶ waiting ──▶ ready    tried again after a delay
//!  │        │                 └─────▶ dead      kept with its reason until it is requeued or discarded
//!  └──────▶ held              (behind an earlier event of the same resource)
//! ```
//!
//! Of all events with the same [`OrderKey`], at most one is ready, leased or waiting at a time. The others are held
//! until it is done or dead, in the order of arrival. So an event that waits for its next attempt delays only events
//! with the same key. A dead event delays no other event. An event without a key delays no other event.
//!
//! The stores: [`Memory`] loses everything at a restart and is for tests. `Sqlite` (feature `sqlite`) is a file on the
//! machine of the receiver. Both give the same guarantees. `Nats` (feature `nats`) is a JetStream for several nodes;
//! its documentation lists the weaker guarantees.

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

use asyncapi_runtime::BoxFuture;
#[doc(no_inline)]
pub use asyncapi_runtime::FieldPath;

pub use dead_letter_reason::{Reason, ReasonKind};
pub use delivery::{Delivery, DeliveryKind, Revision};
pub use entry::{Entry, Page, State, Stored};
pub use error::InboxError;
pub use event_fields::{EventFields, Peeked};
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

/// A store of deliveries. A completed change is durable, unless the documentation of the store says otherwise.
///
/// The futures may be dropped at any await. The change may then have happened or not. A lease from a dropped future
/// ends with the process.
pub trait Inbox: Send + Sync {
    /// Stores a delivery, unless there is one with its id.
    ///
    /// **When this returns, the delivery survives the process, so that it can be acknowledged.**
    ///
    /// # Errors
    ///
    /// It is not known whether the delivery is stored.
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<PutOutcome, InboxError>>;

    /// Stores a delivery that can never be handled as a dead letter.
    ///
    /// # Errors
    ///
    /// It is not known whether the delivery is stored.
    fn put_dead(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<PutOutcome, InboxError>>;

    /// Leases up to `limit` ready events, the earliest first, and counts an attempt for each of them.
    ///
    /// The first lease of a process ends the leases of every process before it. Their events become ready again, but
    /// only one of them is leased at a time, since one of them may have crashed the process. Only one process at a time
    /// works on an inbox; an earlier process gets [`InboxError::Superseded`].
    ///
    /// # Errors
    ///
    /// No event is leased.
    fn lease(&self, limit: usize) -> BoxFuture<'_, Result<Batch, InboxError>>;

    /// How long a lease lasts unless it is renewed; `None` if it lasts until another process leases. Default: `None`.
    fn lease_duration(&self) -> Option<Duration> {
        None
    }

    /// Extends a lease to its full duration from now on. The default does nothing, for stores whose leases do not
    /// expire.
    ///
    /// # Errors
    ///
    /// It is not known whether the lease is extended. [`InboxError::Superseded`] if it has ended: another worker has
    /// the event or will get it.
    fn renew(&self, _: LeaseToken) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(async { Ok(()) })
    }

    /// Records how an attempt at a leased event ended.
    ///
    /// # Errors
    ///
    /// It is not known whether the end is recorded. [`InboxError::Superseded`] if the lease has ended: another worker
    /// has the event.
    fn settle(&self, token: LeaseToken, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>>;

    /// Waits until there may be new events to lease.
    ///
    /// This is an optimization: it may miss events that another process puts, and events whose delay has passed.
    fn ready(&self) -> BoxFuture<'_, ()>;

    /// Lists events in the order of arrival, without their bodies.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    fn list(&self, page: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>>;

    /// The event with this entry id. Its delivery is included until it is done.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    fn get(&self, entry_id: EntryId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>>;

    /// The event with this event id. Its delivery is included until it is done.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>>;

    /// Makes a dead letter ready again, with an attempt count of 0 and its old position. `false` if no dead letter has
    /// this id.
    ///
    /// # Errors
    ///
    /// It is not known whether the event is requeued.
    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>>;

    /// Requeues all dead letters. Returns their number; calls `progress` with the number so far, now and then.
    ///
    /// # Errors
    ///
    /// Some dead letters may be requeued, others not.
    fn requeue_all_with_progress<'a>(
        &'a self,
        progress: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>>;

    /// Requeues all dead letters. Returns their number.
    ///
    /// # Errors
    ///
    /// As [`requeue_all_with_progress`](Self::requeue_all_with_progress).
    fn requeue_all(&self) -> BoxFuture<'_, Result<u64, InboxError>> {
        self.requeue_all_with_progress(&|_| {})
    }

    /// Deletes a dead letter. `false` if no dead letter has this id.
    ///
    /// # Errors
    ///
    /// It is not known whether the dead letter is deleted.
    fn discard(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>>;

    /// Deletes all dead letters. Returns their number; calls `progress` with the number so far, now and then. The default
    /// deletes one after the other.
    ///
    /// # Errors
    ///
    /// Some dead letters may be deleted, others not.
    fn discard_all_with_progress<'a>(
        &'a self,
        progress: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>> {
        Box::pin(async move {
            let (mut page, mut discarded) = (Page::of(State::Dead), 0);
            loop {
                let entries = self.list(page).await?;
                let Some(last) = entries.last().map(|entry| entry.entry_id) else {
                    return Ok(discarded);
                };
                for entry in entries {
                    // The dead letter may have been requeued since it was listed.
                    discarded += u64::from(self.discard(entry.id).await?);
                    progress(discarded);
                }
                page = page.after(last);
            }
        })
    }

    /// Checks that an event could be stored now. The default reads the statistics.
    ///
    /// # Errors
    ///
    /// An event could not be stored, as [`put`](Self::put).
    fn check_writable(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(async move { self.stats().await.map(|_| ()) })
    }

    /// Checks that the store is not damaged. May take minutes, and delays nothing else. A worker calls this when it
    /// starts and every day. The default checks nothing.
    ///
    /// # Errors
    ///
    /// [`InboxError::Unreadable`] if the store is damaged; other errors if it could not be checked.
    fn check_integrity(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(async { Ok(()) })
    }

    /// The number of events and their ages.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>>;

    /// Moves stored events from a log to their final location, if the store has a log. A worker calls this at the end
    /// of a drain. The inbox remains usable. The default does nothing.
    ///
    /// # Errors
    ///
    /// The events may still be in the log, which is as durable.
    fn checkpoint(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(async { Ok(()) })
    }

    /// Deletes done events and dead letters whose retention has passed. The time of the last event is kept.
    ///
    /// # Errors
    ///
    /// Some may be deleted, others not.
    fn purge(&self, retention: Retention) -> BoxFuture<'_, Result<PurgeCounts, InboxError>>;
}

impl<I: Inbox + ?Sized> Inbox for Arc<I> {
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        (**self).put(delivery)
    }

    fn put_dead(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        (**self).put_dead(delivery, reason)
    }

    fn lease(&self, limit: usize) -> BoxFuture<'_, Result<Batch, InboxError>> {
        (**self).lease(limit)
    }

    fn lease_duration(&self) -> Option<Duration> {
        (**self).lease_duration()
    }

    fn renew(&self, token: LeaseToken) -> BoxFuture<'_, Result<(), InboxError>> {
        (**self).renew(token)
    }

    fn settle(&self, token: LeaseToken, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>> {
        (**self).settle(token, settlement)
    }

    fn ready(&self) -> BoxFuture<'_, ()> {
        (**self).ready()
    }

    fn list(&self, page: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>> {
        (**self).list(page)
    }

    fn get(&self, entry_id: EntryId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        (**self).get(entry_id)
    }

    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        (**self).find(id)
    }

    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        (**self).requeue(id)
    }

    fn requeue_all_with_progress<'a>(
        &'a self,
        progress: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>> {
        (**self).requeue_all_with_progress(progress)
    }

    fn discard(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        (**self).discard(id)
    }

    fn discard_all_with_progress<'a>(
        &'a self,
        progress: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>> {
        (**self).discard_all_with_progress(progress)
    }

    fn check_writable(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        (**self).check_writable()
    }

    fn check_integrity(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        (**self).check_integrity()
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
