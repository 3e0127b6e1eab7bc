//! What handles the events of an inbox.

mod attempt;
mod health;
mod lease_renewal;
mod maintenance;
mod pool;
mod retry_policy;

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::select;
use tokio::sync::watch;

use crate::inbox::{Inbox, Retention};
use crate::{Clock, Dispatch, SteadyClock, defaults};
use pool::Pool;

pub use health::{Counts, WorkerHealth};
pub use retry_policy::RetryPolicy;

/// How long those who were told to give up have to write that down: the end of the drain, at most half of it.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Hands the events of an inbox to their handlers, each in a task of its own, until it is told to stop.
///
/// | what happens | what becomes of the event |
/// |---|---|
/// | the handler is done | done |
/// | it asks for a retry, takes longer than 60 seconds or panics | tried again later, up to 8 attempts |
/// | the same at the last attempt | a dead letter, [`Exhausted`](crate::inbox::ReasonKind::Exhausted) |
/// | the payload is undecodable | a dead letter with the JSON pointer of the fault |
/// | the handler rejects it | a dead letter |
/// | nobody handles it: the document does not list it | a dead letter, with the JSON pointer of its name |
/// | the process ends in the middle | tried again by the next process, and the attempt counts; those that were not alone in it are tried one at a time, so that one that ends the process does not take its neighbours with it again |
/// | its lease is over all the same | the handler is dropped: another worker has the event, or will |
/// | the same at the last attempt | a dead letter, [`Interrupted`](crate::inbox::ReasonKind::Interrupted) |
///
/// **What is promised**: every stored event is handled at least once or becomes a dead letter with its reason.
/// At most one completion is recorded for an event id within the deduplication horizon. Events of one
/// [`OrderKey`](crate::inbox::OrderKey) are handled one after the other in the order they arrived, and
/// [`Context::freshness`](crate::Context::freshness) tells when that is not the order in which they occurred.
///
/// **What is not**: the order of occurrence, and exactly once. A handler may run again after it has finished,
/// when the process ends before that is written down, so make it idempotent, by
/// [`Context::event_id`](crate::Context::event_id).
///
/// | setting | default |
/// |---|---|
/// | handlers at once | 16 |
/// | handler deadline | 60 s |
/// | attempts | 8, from 1 s to 10 min apart; see [`RetryPolicy`] |
/// | drain | 30 s |
/// | canary | every 60 s |
/// | deduplication horizon | 7 days |
/// | retention of dead letters | until they are requeued or discarded |
/// | unknown events | go to the handler for unknown events; where there is none, dead letters |
///
/// Where the inbox leases for a time only, as a JetStream does, the lease is renewed for as long as the attempt runs.
/// So a handler may take longer than a lease, and an event whose worker was killed is not out of reach for longer.
///
/// Needs a tokio runtime with its timer on. A panic can be caught only where the program is built to unwind.
///
/// ```
/// use std::sync::Arc;
///
/// use asyncapi_runtime::inbox::{Inbox, Memory};
/// use asyncapi_runtime::Worker;
/// # use asyncapi_runtime::{BoxFuture, Context, DecodeError, Dispatch, DispatchError, Inbound, Route};
/// # use asyncapi_runtime::inbox::{Delivery, EventId};
/// # struct Notes;
/// # impl Dispatch for Notes {
/// #     fn route(&self, _: &Inbound) -> Result<Route, DecodeError> { Ok(Route::Unknown(None)) }
/// #     fn dispatch<'a>(&'a self, _: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
/// #         Box::pin(async { Ok(()) })
/// #     }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let inbox = Arc::new(Memory::new());
/// # inbox.put(Delivery::new(EventId::new("e1"), Inbound::new("{}"))).await?;
/// let worker = Worker::new(Arc::clone(&inbox), Notes).with_concurrency(4);
/// let health = worker.health();
///
/// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
/// let running = tokio::spawn(worker.run(async { stopped.await.unwrap_or(()) }));
/// # while health.counts().done == 0 { tokio::task::yield_now().await }
/// // … until SIGTERM
/// drop(stop);
/// running.await?;
/// # Ok(())
/// # }
/// ```
pub struct Worker<D> {
    inbox: Arc<dyn Inbox>,
    dispatch: Arc<D>,
    clock: Arc<dyn Clock>,
    health: WorkerHealth,
    settings: Settings,
}

#[derive(Clone, Copy, Debug)]
struct Settings {
    concurrency: usize,
    handler_deadline: Duration,
    retries: RetryPolicy,
    drain: Duration,
    canary: Option<Duration>,
    retention: Retention,
    unknown: UnknownEventPolicy,
}

/// What becomes of events that the document does not list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UnknownEventPolicy {
    /// They go to the handler for unknown events. Where a team wrote none, they become dead letters, to be
    /// requeued once there is one, or once the document lists them: so none is lost because nobody expected it.
    #[default]
    Handle,
    /// They become dead letters without the handler being asked.
    SetAside,
}

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShutdownOutcome {
    /// It was told to stop, and every event it had begun was settled in time.
    Drained,
    /// It was told to stop, and this many events were still being handled when the drain was over. They were
    /// given back, or will be ready when the next worker leases.
    CutShort(usize),
    /// A worker of another process has taken over the inbox.
    Superseded,
}

impl<D: Dispatch + 'static> Worker<D> {
    /// A worker on this inbox, with the defaults above.
    #[must_use]
    pub fn new(inbox: impl Inbox + 'static, dispatch: D) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SteadyClock::new());
        let settings = Settings {
            concurrency: defaults::CONCURRENCY,
            handler_deadline: defaults::HANDLER_DEADLINE,
            retries: RetryPolicy::default(),
            drain: defaults::DRAIN,
            canary: Some(defaults::CANARY_PERIOD),
            retention: Retention::default(),
            unknown: UnknownEventPolicy::Handle,
        };
        let health = WorkerHealth::new(Arc::clone(&clock));
        Self { inbox: Arc::new(inbox), dispatch: Arc::new(dispatch), clock, health, settings }
    }

    /// Sets how many handlers run at once, at least one. Each holds one event's body in memory. Default: 16.
    #[must_use]
    pub fn with_concurrency(mut self, handlers: usize) -> Self {
        self.settings.concurrency = handlers.max(1);
        self
    }

    /// Sets how long a handler may take before it is dropped at its next await. Default: 60 s.
    ///
    /// A handler that blocks its thread, and so never awaits, cannot be stopped, and keeps its place.
    #[must_use]
    pub fn with_handler_deadline(mut self, deadline: Duration) -> Self {
        self.settings.handler_deadline = deadline;
        self
    }

    /// Sets how often and when a failed event is tried again. Default: 8 attempts, 1 s to 10 min apart.
    #[must_use]
    pub fn with_retry_policy(mut self, retries: RetryPolicy) -> Self {
        self.settings.retries = retries;
        self
    }

    /// Sets how long the worker may take to end once it is told to stop. Default: 30 s.
    ///
    /// The last 5 seconds of it, or half where it is shorter, are for giving back what is not done.
    #[must_use]
    pub fn with_drain(mut self, drain: Duration) -> Self {
        self.settings.drain = drain;
        self
    }

    /// How long it may take to end.
    #[must_use]
    pub fn drain(&self) -> Duration {
        self.settings.drain
    }

    /// Sets how often a canary is put into the inbox, an event of the worker's own that is leased and done as any
    /// other; `None` for never. Default: 60 s. One that also goes by HTTP is a `server::Canary`; with
    /// it these are to be turned off.
    #[must_use]
    pub fn with_canary(mut self, period: Option<Duration>) -> Self {
        self.settings.canary = period;
        self
    }

    /// How often a canary is put.
    #[must_use]
    pub fn canary(&self) -> Option<Duration> {
        self.settings.canary
    }

    /// Sets how long the ids of done events are kept, so that a duplicate is known as one. Default: 7 days.
    #[must_use]
    pub fn with_horizon(mut self, horizon: Duration) -> Self {
        self.settings.retention.done = horizon;
        self
    }

    /// Sets how long dead letters are kept; `None` for as long as nobody requeues or discards them. Default: `None`.
    #[must_use]
    pub fn with_dead_letter_retention(mut self, kept: Option<Duration>) -> Self {
        self.settings.retention.dead = kept;
        self
    }

    /// Sets what becomes of events that the document does not list. Default: [`UnknownEventPolicy::Handle`].
    #[must_use]
    pub fn with_unknown_event_policy(mut self, unknown: UnknownEventPolicy) -> Self {
        self.settings.unknown = unknown;
        self
    }

    /// Sets what it measures time with; call it before [`health`](Self::health). Default: a [`SteadyClock`].
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.health = WorkerHealth::new(Arc::clone(&clock));
        self.clock = clock;
        self
    }

    /// How it fares, for whoever watches it. Take it before [`run`](Self::run).
    #[must_use]
    pub fn health(&self) -> WorkerHealth {
        self.health.clone()
    }

    /// Works until `stop` is done, then lets the handlers that run finish.
    ///
    /// Do not drop the future: it would leave the handlers that run to the next worker.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) -> ShutdownOutcome {
        let worker = Arc::new(self);
        let (give_up, told) = watch::channel(false);
        let mut pool = Pool::new(Arc::clone(&worker), told);
        let mut house = worker.run_maintenance();
        let ended = pool.run(pin!(stop)).await;
        house.abort_all();
        let drain = worker.settings.drain;
        let over = worker.clock.sleep(drain);
        let last_words = LAST_WORDS.min(drain / 2);
        let (mut ended, mut cut_short) = (ended, 0);
        if !pool.finish(drain.saturating_sub(last_words)).await {
            cut_short = pool.tasks.len();
            tracing::warn!(cut_short, "handlers not done when the drain was over");
            give_up.send_replace(true);
            pool.finish(last_words).await;
        }
        if cut_short > 0 {
            ended = ShutdownOutcome::CutShort(cut_short);
        }
        // Whatever it comes to: what is stored is stored.
        let _whole_or_not = select(worker.inbox.checkpoint(), over).await;
        ended
    }
}

impl<D> fmt::Debug for Worker<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("settings", &self.settings).finish_non_exhaustive()
    }
}
