//! The worker: leases events from an inbox and runs their handlers.

mod attempt;
mod health;
mod lease_renewal;
mod maintenance;
mod pool;
mod retry_after;
mod throttle;

use std::fmt;
use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use asyncapi_runtime::Dispatch;
use futures_util::future::select;
use tokio::sync::watch;

use crate::inbox::{Inbox, Retention};
use crate::{Clock, SteadyClock, defaults};
use pool::Pool;
use throttle::{Limits, Throttle};

pub use crate::retry_policy::RetryPolicy;
pub use health::{Counts, WorkerHealth};
pub use retry_after::RetryAfter;
pub use throttle::CircuitBreaker;

/// The last part of the drain, in which unfinished attempts are released; at most half of the drain.
const RELEASE_TIME: Duration = Duration::from_secs(5);

/// Runs the handlers for the events of an inbox, each in its own task, until it is stopped.
///
/// | what happens | result for the event |
/// |---|---|
/// | the handler returns `Ok` | done |
/// | the handler asks for a retry, takes longer than 60 seconds, or panics | tried again later, up to 25 attempts within a day |
/// | the same at the last attempt | a dead letter, [`Exhausted`](crate::inbox::ReasonKind::Exhausted) |
/// | the payload cannot be decoded | a dead letter with the JSON pointer of the error |
/// | the handler rejects it | a dead letter |
/// | the document does not contain the event, and no handler takes it | a dead letter with the JSON pointer of the name |
/// | the process ends during the attempt | tried again by the next process; the attempt counts. If several attempts ran, they are repeated one at a time, so that an event that crashes the process does not interrupt the others again |
/// | the process ends during the last attempt | a dead letter, [`Interrupted`](crate::inbox::ReasonKind::Interrupted) |
/// | the lease ends before the attempt | the handler is dropped; another worker gets the event |
/// | another process starts to work on the inbox | this worker notices it within a second, and drops its handlers |
/// | the event was changed in the store | a dead letter, [`Damaged`](crate::inbox::ReasonKind::Damaged) |
///
/// **Guarantees**: every stored event is handled at least once or becomes a dead letter with a reason. At most one
/// completion is recorded for an event id within the deduplication horizon. Events with the same
/// [`OrderKey`](crate::inbox::OrderKey) are handled one after the other in the order of arrival, and
/// [`Context::freshness`](asyncapi_runtime::Context::freshness) reports when this is not the order in which they
/// occurred.
///
/// **Not guaranteed**: the order in which the events occurred, and exactly once. A handler may run again after it has
/// finished, if the process ends before the completion is recorded. Make handlers idempotent; use
/// [`Context::event_id`](asyncapi_runtime::Context::event_id). When another process takes over, a handler of this
/// process may still run for a second, and longer if it blocks its thread: nothing can stop such a handler. Its event is
/// handled by the other process too.
///
/// | setting | default |
/// |---|---|
/// | handlers at once | 16 |
/// | handler deadline | 60 s |
/// | attempts | 25, from 1 s to 12 h apart, for at least a day; see [`RetryPolicy`] and [`RetryAfter`] |
/// | attempts per second | unlimited |
/// | pause after failed attempts | none; see [`CircuitBreaker`] |
/// | drain | 30 s |
/// | canary | every 60 s |
/// | deduplication horizon | 7 days |
/// | retention of dead letters | until they are requeued or discarded |
/// | unknown events | passed to the handler for unknown events; dead letters if there is none |
///
/// If leases of the inbox expire, as in a JetStream, the worker renews the lease while the attempt runs. So a handler
/// may run longer than a lease, and the event of a killed worker becomes available after one lease.
///
/// Needs a tokio runtime with its timer enabled. Panics are caught only if the program is built with unwinding.
///
/// ```
/// use std::sync::Arc;
///
/// use asyncapi_receiver::inbox::{Inbox, Memory};
/// use asyncapi_receiver::Worker;
/// # use asyncapi_runtime::{BoxFuture, Context, DecodeError, Dispatch, DispatchError, Inbound, Route};
/// # use asyncapi_receiver::inbox::{Delivery, EventId};
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
    throttle: Throttle,
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
    limits: Limits,
}

/// What the worker does with events that the document does not contain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UnknownEventPolicy {
    /// They are passed to the handler for unknown events. Without such a handler they become dead letters, which can be
    /// requeued when there is a handler.
    #[default]
    Handle,
    /// They become dead letters, and the handler is not called.
    DeadLetter,
}

/// How a worker has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShutdownOutcome {
    /// It was stopped, and all attempts ended within the drain.
    Drained,
    /// It was stopped, and this many attempts had not ended within the drain. Their events were released, or become
    /// ready when the next worker leases.
    CutShort(usize),
    /// A worker of another process works on the inbox now.
    Superseded,
}

impl<D: Dispatch + 'static> Worker<D> {
    /// A worker for this inbox, with the defaults above.
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
            limits: Limits::default(),
        };
        let health = WorkerHealth::new(Arc::clone(&clock));
        Self {
            inbox: Arc::new(inbox),
            dispatch: Arc::new(dispatch),
            clock,
            health,
            throttle: Throttle::default(),
            settings,
        }
    }

    /// Sets the number of handlers that run at the same time, at least 1. Each one has the body of an event in memory.
    /// Default: 16.
    #[must_use]
    pub fn with_concurrency(mut self, handlers: usize) -> Self {
        self.settings.concurrency = handlers.max(1);
        self
    }

    /// Sets the time limit for a handler. A handler above it is dropped at its next await. Default: 60 s.
    ///
    /// A handler that blocks its thread cannot be stopped, and still counts as running.
    #[must_use]
    pub fn with_handler_deadline(mut self, deadline: Duration) -> Self {
        self.settings.handler_deadline = deadline;
        self
    }

    /// Sets how often and when a failed event is tried again. Default: 25 attempts, 1 s to 12 h apart, for
    /// at least a day.
    #[must_use]
    pub fn with_retry_policy(mut self, retries: RetryPolicy) -> Self {
        self.settings.retries = retries;
        self
    }

    /// Sets when the worker pauses because all attempts fail; `None` for never. Default: `None`.
    #[must_use]
    pub fn with_circuit_breaker(mut self, breaker: Option<CircuitBreaker>) -> Self {
        self.settings.limits.breaker = breaker;
        self
    }

    /// Sets the largest number of attempts that start in a second; `None` for no limit. Default: `None`.
    #[must_use]
    pub fn with_rate_limit(mut self, attempts_per_second: Option<NonZeroU32>) -> Self {
        self.settings.limits.per_second = attempts_per_second;
        self
    }

    /// Sets the time limit for the end of the worker after it is stopped. Default: 30 s.
    ///
    /// In the last 5 seconds, or in the second half if it is shorter, the worker releases unfinished events.
    #[must_use]
    pub fn with_drain(mut self, drain: Duration) -> Self {
        self.settings.drain = drain;
        self
    }

    /// The time limit for the end of the worker.
    #[must_use]
    pub fn drain(&self) -> Duration {
        self.settings.drain
    }

    /// Sets the period of canaries: the worker puts an event of its own into the inbox, which is leased and settled
    /// like any other; `None` for no canaries. Default: 60 s. Disable them if you use `server::Canary`, whose canaries
    /// also go over HTTP.
    #[must_use]
    pub fn with_canary(mut self, period: Option<Duration>) -> Self {
        self.settings.canary = period;
        self
    }

    /// The period of canaries.
    #[must_use]
    pub fn canary(&self) -> Option<Duration> {
        self.settings.canary
    }

    /// Sets how long the ids of done events are kept to detect duplicates. Default: 7 days.
    #[must_use]
    pub fn with_horizon(mut self, horizon: Duration) -> Self {
        self.settings.retention.done = horizon;
        self
    }

    /// Sets how long dead letters are kept; `None` to keep them until they are requeued or discarded. Default: `None`.
    #[must_use]
    pub fn with_dead_letter_retention(mut self, kept: Option<Duration>) -> Self {
        self.settings.retention.dead = kept;
        self
    }

    /// Sets what the worker does with events that the document does not contain. Default:
    /// [`UnknownEventPolicy::Handle`].
    #[must_use]
    pub fn with_unknown_event_policy(mut self, unknown: UnknownEventPolicy) -> Self {
        self.settings.unknown = unknown;
        self
    }

    /// Sets the clock. Call it before [`health`](Self::health). Default: a [`SteadyClock`].
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.health = WorkerHealth::new(Arc::clone(&clock));
        self.clock = clock;
        self
    }

    /// The health of this worker, for a monitor. Take it before [`run`](Self::run).
    #[must_use]
    pub fn health(&self) -> WorkerHealth {
        self.health.clone()
    }

    /// Works until `stop` completes, then waits for the running handlers, within the drain.
    ///
    /// Do not drop the future: running handlers would be aborted, and the next worker would repeat them.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) -> ShutdownOutcome {
        let worker = Arc::new(self);
        let (end_drain, given_up) = watch::channel(false);
        let mut pool = Pool::new(Arc::clone(&worker), given_up);
        let mut maintenance = worker.run_maintenance();
        let ended = pool.run(pin!(stop)).await;
        maintenance.abort_all();
        let drain = worker.settings.drain;
        let over = worker.clock.sleep(drain);
        let last_words = RELEASE_TIME.min(drain / 2);
        if ended == ShutdownOutcome::Superseded {
            // The other process handles the same events now.
            end_drain.send_replace(true);
            pool.finish(last_words).await;
            return ended;
        }
        let (mut ended, mut cut_short) = (ended, 0);
        if !pool.finish(drain.saturating_sub(last_words)).await {
            cut_short = pool.tasks.len();
            tracing::warn!(cut_short, "handlers had not ended when the drain was over");
            end_drain.send_replace(true);
            pool.finish(last_words).await;
        }
        if cut_short > 0 {
            ended = ShutdownOutcome::CutShort(cut_short);
        }
        // Events are durable without the checkpoint too.
        let _completed_or_timed_out = select(worker.inbox.checkpoint(), over).await;
        ended
    }
}

impl<D> fmt::Debug for Worker<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("settings", &self.settings).finish_non_exhaustive()
    }
}
