//! Helpers that build receivers and workers for tests.

use std::sync::Arc;
use std::time::Duration;

use asyncapi_receiver::http::Receiver;
use asyncapi_receiver::inbox::{EventFields, FieldPath, Inbox, Memory, Page, Reason, Sqlite, State};
use asyncapi_receiver::verify::{HmacSha256Hex, Secret, sign};
use asyncapi_receiver::worker::{ShutdownOutcome, WorkerHealth};
use asyncapi_receiver::{Clock, Durable, Worker};
use asyncapi_runtime::Dispatch;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::clock::FastClock;
use crate::team::Team;

pub(crate) const HEADER: &str = "x-signature";
pub(crate) const TOKEN: &str = "token-a";
/// Only ends a test that hangs. No test measures this time.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn secret(token: &str) -> Secret {
    Secret::new(token).unwrap()
}

pub(crate) fn signature(body: &str) -> String {
    sign(&secret(TOKEN), body.as_bytes())
}

pub(crate) fn event_fields() -> EventFields {
    EventFields::new()
        .with_id(FieldPath::payload("/id"))
        .with_name(FieldPath::payload("/name"))
        .with_key(FieldPath::payload("/key"))
        .with_revision(FieldPath::payload("/rev"))
}

pub(crate) fn receiver<I: Inbox + 'static>(inbox: I) -> Receiver<Durable<I>> {
    let verifier = HmacSha256Hex::new(HEADER, [secret(TOKEN)]).unwrap();
    Receiver::new(Durable::new(inbox, event_fields()), verifier)
}

pub(crate) fn body(id: &str, name: &str) -> String {
    format!(r#"{{"id": "{id}", "name": "{name}"}}"#)
}

/// An inbox with a clock that runs sixty times as fast as real time, and its handlers.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) inbox: Arc<dyn Inbox>,
    pub(crate) clock: Arc<FastClock>,
    pub(crate) team: Arc<Team>,
    _directory: Option<TempDir>,
}

pub(crate) fn each() -> [Case; 2] {
    let clock = || Arc::new(FastClock::times(60));
    let (fast, slow) = (clock(), clock());
    let directory = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(directory.path().join("inbox.sqlite")).unwrap().with_clock(slow.clone());
    let memory = Memory::new().with_clock(fast.clone());
    [
        Case { name: "memory", inbox: Arc::new(memory), clock: fast, team: Arc::default(), _directory: None },
        Case {
            name: "sqlite",
            inbox: Arc::new(sqlite),
            clock: slow,
            team: Arc::default(),
            _directory: Some(directory),
        },
    ]
}

pub(crate) struct Running {
    pub(crate) health: WorkerHealth,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<ShutdownOutcome>,
}

impl Running {
    pub(crate) fn start<D: Dispatch + 'static>(worker: Worker<D>) -> Self {
        let health = worker.health();
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = tokio::spawn(worker.run(async { stopped.await.unwrap_or(()) }));
        Self { health, stop, ended }
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(self) -> ShutdownOutcome {
        tokio::time::timeout(PATIENCE, self.ended).await.expect("it ends").unwrap()
    }

    pub(crate) async fn stop(self) -> ShutdownOutcome {
        drop(self.stop);
        tokio::time::timeout(PATIENCE, self.ended).await.expect("it ends").unwrap()
    }
}

impl Case {
    pub(crate) fn worker(&self) -> Worker<Arc<Team>> {
        let clock: Arc<dyn Clock> = self.clock.clone();
        Worker::new(Arc::clone(&self.inbox), Arc::clone(&self.team)).with_clock(clock).with_canary(None)
    }

    pub(crate) fn run(worker: Worker<Arc<Team>>) -> Running {
        Running::start(worker)
    }

    pub(crate) async fn put(&self, body: &str) {
        use asyncapi_receiver::Accept;
        use asyncapi_runtime::Inbound;
        let durable = Durable::new(Arc::clone(&self.inbox), event_fields());
        durable.accept(Inbound::new(body.to_owned())).await.unwrap();
    }

    /// Waits until no event is pending.
    pub(crate) async fn settled(&self) {
        self.until(async || self.inbox.stats().await.unwrap().pending == 0).await;
    }

    pub(crate) async fn until(&self, condition: impl AsyncFn() -> bool) {
        let waiting = async {
            while !condition().await {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "{}: {:?}, seen {:?}", self.name, self.inbox.stats().await, self.team.seen());
    }

    /// The ids and reasons of the dead letters.
    pub(crate) async fn dead(&self) -> Vec<(String, Reason)> {
        let dead = self.inbox.list(Page::of(State::Dead)).await.unwrap();
        dead.into_iter().map(|entry| (entry.id.to_string(), entry.reason.expect("a reason"))).collect()
    }
}
