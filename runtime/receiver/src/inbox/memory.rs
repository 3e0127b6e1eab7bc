//! The inbox in memory, for tests.

mod store;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use asyncapi_runtime::BoxFuture;
use tokio::sync::Notify;

use super::{
    Batch, Delivery, Entry, EntryId, EventId, Inbox, InboxError, LeaseToken, Page, PurgeCounts, PutOutcome, Reason,
    Retention, Settlement, Stats, Stored,
};
use crate::{Clock, SteadyClock};
use store::Store;

/// An inbox that is lost when the process ends, for tests.
///
/// ```
/// use asyncapi_runtime::Inbound;
/// use asyncapi_receiver::inbox::{Delivery, EventId, Inbox, Memory, PutOutcome, Settlement};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), asyncapi_receiver::inbox::InboxError> {
/// let inbox = Memory::new();
/// let delivery = Delivery::new(EventId::new("e1"), Inbound::new("{}"));
/// assert!(matches!(inbox.put(delivery.clone()).await?, PutOutcome::Stored(_)));
///
/// let leased = inbox.lease(10).await?.leased;
/// inbox.settle(leased[0].token, Settlement::Done).await?;
/// assert_eq!(inbox.put(delivery).await?, PutOutcome::Duplicate);
/// # Ok(())
/// # }
/// ```
pub struct Memory {
    clock: Arc<dyn Clock>,
    store: Mutex<Store>,
    changed: Notify,
}

impl Memory {
    /// An empty inbox.
    #[must_use]
    pub fn new() -> Self {
        Self { clock: Arc::new(SteadyClock::new()), store: Mutex::default(), changed: Notify::new() }
    }

    /// Sets the clock. Default: a [`SteadyClock`].
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the store, and wakes a worker that waits in `ready`.
    fn change<'a, T: Send + 'a>(
        &'a self,
        work: impl FnOnce(&mut Store, i64) -> Result<T, InboxError> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, InboxError>> {
        Box::pin(async move {
            let outcome = work(&mut self.store(), self.now());
            self.changed.notify_one();
            outcome
        })
    }

    fn read<'a, T: Send + 'a>(
        &'a self,
        work: impl FnOnce(&mut Store, i64) -> T + Send + 'a,
    ) -> BoxFuture<'a, Result<T, InboxError>> {
        Box::pin(async move { Ok(work(&mut self.store(), self.now())) })
    }
}

impl Inbox for Memory {
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        self.change(move |store, now| Ok(store.put(delivery, None, now)))
    }

    fn put_dead(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        self.change(move |store, now| Ok(store.put(delivery, Some(reason), now)))
    }

    fn lease(&self, most: usize) -> BoxFuture<'_, Result<Batch, InboxError>> {
        self.read(move |store, now| store.lease(most, now))
    }

    fn settle(&self, token: LeaseToken, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>> {
        self.change(move |store, now| store.settle(token, settlement, now))
    }

    fn ready(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.changed.notified())
    }

    fn list(&self, page: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>> {
        self.read(move |store, _| {
            let rows = store.rows.range(page.after.0.saturating_add(1)..);
            let wanted = rows.filter(|(_, row)| page.state.is_none_or(|state| row.state == state));
            wanted.take(page.most).map(|(number, row)| row.entry(*number)).collect()
        })
    }

    fn get(&self, entry_id: EntryId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        self.read(move |store, _| store.rows.get(&entry_id.0).map(|row| row.stored(entry_id.0)))
    }

    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        self.read(move |store, _| {
            let number = *store.ids.get(&id)?;
            store.rows.get(&number).map(|row| row.stored(number))
        })
    }

    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        self.change(move |store, _| {
            let number = store.ids.get(&id).copied();
            Ok(number.is_some_and(|number| store.requeue(number)))
        })
    }

    fn requeue_all_with_progress<'a>(
        &'a self,
        tell: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>> {
        self.change(|store, _| {
            let numbers: Vec<_> = store.rows.keys().copied().collect();
            let requeued = numbers.into_iter().filter(|number| store.requeue(*number)).count() as u64;
            tell(requeued);
            Ok(requeued)
        })
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>> {
        self.read(|store, now| store.stats(now))
    }

    fn discard(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        self.read(move |store, _| store.discard(&id))
    }

    fn purge(&self, retention: Retention) -> BoxFuture<'_, Result<PurgeCounts, InboxError>> {
        self.read(move |store, now| store.purge(retention, now))
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("events", &self.store().rows.len()).finish_non_exhaustive()
    }
}
