//! A drain ends even if the inbox hangs, and leaves no log next to the file.

use std::future::pending;
use std::sync::Arc;

use asyncapi_receiver::inbox::{
    Batch, Delivery, Entry, EntryId, EventId, Inbox, InboxError, LeaseToken, Memory, Page, PurgeCounts, PutOutcome,
    Reason, Retention, Settlement, Sqlite, Stats, Stored,
};
use asyncapi_receiver::worker::ShutdownOutcome;
use asyncapi_receiver::{Accept, Clock, Durable, Worker};
use asyncapi_runtime::{BoxFuture, Inbound};

use crate::clock::FastClock;
use crate::kit::{Running, body, event_fields};
use crate::team::Team;

/// An inbox whose disk hangs.
struct Hung(Memory);

impl Inbox for Hung {
    fn lease(&self, _: usize) -> BoxFuture<'_, Result<Batch, InboxError>> {
        Box::pin(pending())
    }

    fn checkpoint(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(pending())
    }

    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        self.0.put(delivery)
    }

    fn put_dead(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        self.0.put_dead(delivery, reason)
    }

    fn settle(&self, token: LeaseToken, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>> {
        self.0.settle(token, settlement)
    }

    fn ready(&self) -> BoxFuture<'_, ()> {
        self.0.ready()
    }

    fn list(&self, page: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>> {
        self.0.list(page)
    }

    fn get(&self, entry_id: EntryId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        self.0.get(entry_id)
    }

    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        self.0.find(id)
    }

    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        self.0.requeue(id)
    }

    fn requeue_all_with_progress<'a>(
        &'a self,
        tell: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>> {
        self.0.requeue_all_with_progress(tell)
    }

    fn discard(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        self.0.discard(id)
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>> {
        self.0.stats()
    }

    fn purge(&self, retention: Retention) -> BoxFuture<'_, Result<PurgeCounts, InboxError>> {
        self.0.purge(retention)
    }
}

#[tokio::test]
async fn a_worker_stops_even_if_its_inbox_hangs() {
    let clock: Arc<dyn Clock> = Arc::new(FastClock::times(60));
    let running = Running::start(Worker::new(Hung(Memory::new()), Arc::<Team>::default()).with_clock(clock));
    tokio::task::yield_now().await;
    assert_eq!(running.stop().await, ShutdownOutcome::Drained);
}

#[tokio::test]
async fn a_drained_inbox_is_one_complete_file() {
    let directory = tempfile::tempdir().unwrap();
    let (path, copy) = (directory.path().join("inbox.sqlite"), directory.path().join("copy.sqlite"));
    let inbox = Arc::new(Sqlite::open(&path).unwrap());
    let durable = Durable::new(Arc::clone(&inbox), event_fields());
    // An open read transaction keeps later commits in the log.
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM event").unwrap();
    for number in 0..20 {
        durable.accept(Inbound::new(body(&number.to_string(), "retried"))).await.unwrap();
    }
    let ids = async |inbox: &Sqlite| -> Result<Vec<_>, InboxError> {
        let listed = inbox.list(Page { most: 100, ..Page::first() }).await?;
        Ok(listed.into_iter().map(|entry| entry.id).collect())
    };
    let copied = async || {
        std::fs::copy(&path, &copy).unwrap();
        ids(&Sqlite::open_existing(&copy)?).await
    };
    let before = copied().await;
    assert!(before.as_ref().map_or(0, Vec::len) < 20, "what is in the log is not in the file: {before:?}");
    drop(reader);

    Running::start(Worker::new(Arc::clone(&inbox), Arc::<Team>::default())).stop().await;
    let kept = copied().await.unwrap();
    assert!(kept.len() >= 20, "{kept:?}");
    assert_eq!(kept, ids(&inbox).await.unwrap());
}
