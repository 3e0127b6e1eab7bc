//! There is no 2xx answer before the event is durable. These tests fail if it is sent before the commit.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use asyncapi_receiver::inbox::{
    Batch, Delivery, Entry, EntryId, EventId, Inbox, InboxError, LeaseToken, Memory, Page, PurgeCounts, PutOutcome,
    Reason, Retention, Settlement, Sqlite, Stats, Stored,
};
use asyncapi_receiver::{Accept, Durable, NotAccepted, RetryCause};
use asyncapi_runtime::{BoxFuture, Inbound};
use rusqlite::Connection;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::client::post;
use crate::kit::{HEADER, PATIENCE, body, event_fields, receiver, signature};
use crate::server::serve;

/// How long a test waits for an answer that must not come.
const A_WHILE: Duration = Duration::from_millis(200);

/// An inbox that stores an event only when the test opens the gate.
pub(crate) struct Gated {
    inbox: Memory,
    gate: Semaphore,
    came: AtomicUsize,
    /// The number of calls of `stats`.
    pub(crate) asked: AtomicUsize,
}

impl Gated {
    pub(crate) fn new() -> Arc<Self> {
        let [came, asked] = [0, 0].map(AtomicUsize::new);
        Arc::new(Self { inbox: Memory::new(), gate: Semaphore::new(0), came, asked })
    }

    async fn come(&self) {
        self.came.fetch_add(1, Ordering::SeqCst);
        self.gate.acquire().await.unwrap().forget();
    }
}

impl Inbox for Gated {
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        Box::pin(async move {
            self.come().await;
            self.inbox.put(delivery).await
        })
    }

    fn put_dead(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        Box::pin(async move {
            self.come().await;
            self.inbox.put_dead(delivery, reason).await
        })
    }

    fn lease(&self, most: usize) -> BoxFuture<'_, Result<Batch, InboxError>> {
        self.inbox.lease(most)
    }

    fn settle(&self, token: LeaseToken, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>> {
        self.inbox.settle(token, settlement)
    }

    fn ready(&self) -> BoxFuture<'_, ()> {
        self.inbox.ready()
    }

    fn list(&self, page: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>> {
        self.inbox.list(page)
    }

    fn get(&self, entry_id: EntryId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        self.inbox.get(entry_id)
    }

    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        self.inbox.find(id)
    }

    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        self.inbox.requeue(id)
    }

    fn requeue_all_with_progress<'a>(
        &'a self,
        tell: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>> {
        self.inbox.requeue_all_with_progress(tell)
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(A_WHILE).await;
            self.inbox.stats().await
        })
    }

    fn discard(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        self.inbox.discard(id)
    }

    fn purge(&self, retention: Retention) -> BoxFuture<'_, Result<PurgeCounts, InboxError>> {
        self.inbox.purge(retention)
    }
}

#[tokio::test]
async fn no_answer_comes_before_the_inbox_has_stored() {
    for body in [body("e1", "fine"), "no JSON".to_owned()] {
        let inbox = Gated::new();
        let serving = serve(receiver(Arc::clone(&inbox))).await;
        let signature = signature(&body);
        let headers = [(HEADER, signature.as_str())];
        let mut answer = std::pin::pin!(post(serving.address, &headers, &body));
        while inbox.came.load(Ordering::SeqCst) == 0 {
            assert!(timeout(Duration::from_millis(5), &mut answer).await.is_err(), "answered before it was put");
        }
        let early = timeout(A_WHILE, &mut answer).await;
        assert!(early.is_err(), "answered before it was stored: {early:?}");
        inbox.gate.add_permits(1);
        assert_eq!(timeout(PATIENCE, answer).await.unwrap().status, 202);
    }
}

#[tokio::test]
async fn events_that_are_not_stored_in_time_are_503() {
    let inbox = Gated::new();
    let durable = Durable::new(Arc::clone(&inbox), event_fields()).with_store_deadline(Duration::from_millis(20));
    let refused = durable.accept(Inbound::new(body("e1", "fine"))).await;
    assert!(matches!(refused, Err(NotAccepted::Retry(RetryCause::Unavailable(_)))), "{refused:?}");
    inbox.gate.add_permits(1);
    assert!(durable.accept(Inbound::new(body("e1", "fine"))).await.is_ok());
}

/// Makes the commit of a put fail, but none of its statements.
fn spoil_commits(path: &Path) {
    let spoiler = Connection::open(path).unwrap();
    spoiler
        .execute_batch(
            "CREATE TABLE parent (id INTEGER PRIMARY KEY);
             CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
             CREATE TRIGGER spoil AFTER INSERT ON event BEGIN INSERT INTO child VALUES (1); END;",
        )
        .unwrap();
}

#[tokio::test]
async fn a_failed_commit_is_503_and_keeps_acknowledged_events() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let serving = serve(receiver(Sqlite::open(&path).unwrap())).await;
    let deliver = async |id: &str| {
        let body = body(id, "fine");
        post(serving.address, &[(HEADER, &signature(&body))], &body).await
    };
    assert_eq!(deliver("before").await.status, 202);
    spoil_commits(&path);
    let during = deliver("during").await;
    assert_eq!((during.status, during.header("retry-after")), (503, Some("60")));
    Connection::open(&path).unwrap().execute_batch("DROP TRIGGER spoil").unwrap();
    assert_eq!(deliver("after").await.status, 202);

    let stored = Sqlite::open(&path).unwrap().list(Page::first()).await.unwrap();
    let ids: Vec<_> = stored.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["before", "after"]);
}
