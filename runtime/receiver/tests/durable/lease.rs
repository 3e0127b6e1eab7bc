//! Leases that expire: the worker renews them while an attempt runs, and drops the attempt if the lease is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use asyncapi_receiver::inbox::{
    Batch, Delivery, Entry, EntryId, EventId, Inbox, InboxError, LeaseToken, Memory, Page, PurgeCounts, PutOutcome,
    Reason, Retention, Settlement, State, Stats, Stored,
};
use asyncapi_receiver::worker::ShutdownOutcome;
use asyncapi_receiver::{Accept, Durable, Worker};
use asyncapi_runtime::{BoxFuture, Context, DecodeError, Dispatch, DispatchError, Inbound, Route};

use crate::kit::{Running, body, event_fields};
use crate::server::until;
use crate::team::Team;

const SPAN: Duration = Duration::from_millis(30);

/// An inbox whose leases expire.
#[derive(Default)]
struct Timed {
    inbox: Memory,
    renewed: AtomicUsize,
    over: AtomicBool,
}

impl Timed {
    async fn with(name: &str) -> Arc<Self> {
        let inbox = Arc::new(Self::default());
        let durable = Durable::new(Arc::clone(&inbox), event_fields());
        durable.accept(Inbound::new(body("e1", name))).await.unwrap();
        inbox
    }

    fn renewals(&self) -> usize {
        self.renewed.load(Ordering::SeqCst)
    }

    fn run<D: Dispatch + 'static>(self: &Arc<Self>, dispatch: Arc<D>) -> Running {
        let worker = Worker::new(Arc::clone(self), dispatch).with_canary(None);
        Running::start(worker.with_handler_deadline(SPAN * 1_000))
    }

    async fn states(&self) -> Vec<State> {
        self.list(Page::first()).await.unwrap().into_iter().map(|entry| entry.state).collect()
    }
}

impl Inbox for Timed {
    fn lease_duration(&self) -> Option<Duration> {
        Some(SPAN)
    }

    fn renew(&self, _: LeaseToken) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(async move {
            self.renewed.fetch_add(1, Ordering::SeqCst);
            if self.over.load(Ordering::SeqCst) { Err(InboxError::Superseded) } else { Ok(()) }
        })
    }

    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        self.inbox.put(delivery)
    }

    fn put_dead(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        self.inbox.put_dead(delivery, reason)
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

    fn discard(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        self.inbox.discard(id)
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>> {
        self.inbox.stats()
    }

    fn purge(&self, retention: Retention) -> BoxFuture<'_, Result<PurgeCounts, InboxError>> {
        self.inbox.purge(retention)
    }
}

#[tokio::test]
async fn a_lease_is_renewed_until_its_handler_is_done() {
    let (inbox, team) = (Timed::with("gated").await, Arc::new(Team::default()));
    let running = inbox.run(Arc::clone(&team));
    until(|| inbox.renewals() > 5).await;
    assert_eq!(inbox.states().await, [State::Leased]);
    team.gate.add_permits(1);
    until(|| team.done().len() == 1).await;
    assert_eq!(running.stop().await, ShutdownOutcome::Drained);
    assert_eq!((inbox.states().await, team.seen().len()), (vec![State::Done], 1));
}

#[tokio::test]
async fn a_handler_is_dropped_when_its_lease_expires() {
    let (inbox, team) = (Timed::with("stuck").await, Arc::new(Team::default()));
    inbox.over.store(true, Ordering::SeqCst);
    let running = inbox.run(Arc::clone(&team));
    until(|| inbox.renewals() == 1 && team.seen().len() == 1).await;
    assert_eq!(running.stop().await, ShutdownOutcome::Drained, "there is no handler to wait for");
    assert_eq!(inbox.states().await, [State::Leased], "whoever has it now says how it ends");
}

/// Handlers that cannot be cancelled because they never await.
#[derive(Default)]
struct Blocking {
    ended: AtomicBool,
}

impl Dispatch for Blocking {
    fn route(&self, _: &Inbound) -> Result<Route, DecodeError> {
        Ok(Route::Unknown(None))
    }

    fn dispatch<'a>(&'a self, _: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async move {
            while !self.ended.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
            Ok(())
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_cannot_be_dropped_keeps_its_lease() {
    let (inbox, team) = (Timed::with("any").await, Arc::new(Blocking::default()));
    let worker = Worker::new(Arc::clone(&inbox), Arc::clone(&team)).with_canary(None);
    let running = Running::start(worker.with_handler_deadline(Duration::ZERO));
    until(|| inbox.renewals() > 5).await;
    team.ended.store(true, Ordering::SeqCst);
    running.stop().await;
    assert_eq!(inbox.states().await, [State::Done]);
}
