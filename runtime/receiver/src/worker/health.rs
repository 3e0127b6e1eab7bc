//! The health of a worker: heartbeat, canaries and counts.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use crate::Clock;
use crate::clock::elapsed;

/// The timestamp for "never".
const NEVER: i64 = i64::MIN;

/// The health of a worker: whether it is alive, and what it has done since it was created.
#[derive(Clone)]
pub struct WorkerHealth {
    clock: Arc<dyn Clock>,
    state: Arc<HealthState>,
}

struct HealthState {
    /// When the worker last looked for events. All timestamps are milliseconds since 1970.
    beat_at: AtomicI64,
    /// When the first canary was sent.
    canary_since: AtomicI64,
    /// When the last canary was received.
    canary_at: AtomicI64,
    begun: AtomicU64,
    done: AtomicU64,
    retried: AtomicU64,
    dead: AtomicU64,
    panicked: AtomicU64,
    timed_out: AtomicU64,
}

/// Counts of what a worker has done since it was created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counts {
    /// Attempts that were started.
    pub begun: u64,
    /// Events that were handled.
    pub done: u64,
    /// Attempts that failed and are repeated.
    pub retried: u64,
    /// Events that became dead letters.
    pub dead: u64,
    /// Attempts that ended in a panic.
    pub panicked: u64,
    /// Attempts that exceeded the time limit.
    pub timed_out: u64,
}

#[derive(Clone, Copy)]
pub(super) enum Counter {
    Begun,
    Done,
    Retried,
    Dead,
    Panicked,
    TimedOut,
}

impl WorkerHealth {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let state = HealthState {
            // The worker gets time to start.
            beat_at: AtomicI64::new(clock.now().as_millisecond()),
            canary_since: AtomicI64::new(NEVER),
            canary_at: AtomicI64::new(NEVER),
            begun: AtomicU64::new(0),
            done: AtomicU64::new(0),
            retried: AtomicU64::new(0),
            dead: AtomicU64::new(0),
            panicked: AtomicU64::new(0),
            timed_out: AtomicU64::new(0),
        };
        Self { clock, state: Arc::new(state) }
    }

    /// The time since the worker last looked for events. It does so every second, also while its handlers are busy.
    #[must_use]
    pub fn heartbeat_age(&self) -> Duration {
        elapsed(self.state.beat_at.load(Ordering::Relaxed), self.now())
    }

    /// The time since the last canary arrived; `None` if none has arrived.
    #[must_use]
    pub fn canary_age(&self) -> Option<Duration> {
        let at = self.state.canary_at.load(Ordering::Relaxed);
        (at != NEVER).then(|| elapsed(at, self.now()))
    }

    /// The time since the last canary arrived, or since the first one was sent if none has arrived; `None` if this
    /// process sent none. Canaries that another process has left in the inbox do not change that.
    #[must_use]
    pub fn since_last_canary(&self) -> Option<Duration> {
        let since = self.state.canary_since.load(Ordering::Relaxed);
        (since != NEVER).then(|| self.canary_age().unwrap_or_else(|| elapsed(since, self.now())))
    }

    /// The counts.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let read = |mark| self.counter(mark).load(Ordering::Relaxed);
        Counts {
            begun: read(Counter::Begun),
            done: read(Counter::Done),
            retried: read(Counter::Retried),
            dead: read(Counter::Dead),
            panicked: read(Counter::Panicked),
            timed_out: read(Counter::TimedOut),
        }
    }

    pub(super) fn beat(&self) {
        self.state.beat_at.store(self.now(), Ordering::Relaxed);
    }

    pub(crate) fn record_canary_sent(&self) {
        // Only the first one counts.
        let order = Ordering::Relaxed;
        let _later = self.state.canary_since.compare_exchange(NEVER, self.now(), order, order);
    }

    pub(super) fn record_canary_received(&self) {
        self.state.canary_at.store(self.now(), Ordering::Relaxed);
    }

    pub(super) fn count(&self, mark: Counter) {
        self.counter(mark).fetch_add(1, Ordering::Relaxed);
    }

    fn counter(&self, mark: Counter) -> &AtomicU64 {
        match mark {
            Counter::Begun => &self.state.begun,
            Counter::Done => &self.state.done,
            Counter::Retried => &self.state.retried,
            Counter::Dead => &self.state.dead,
            Counter::Panicked => &self.state.panicked,
            Counter::TimedOut => &self.state.timed_out,
        }
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}

impl fmt::Debug for WorkerHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerHealth")
            .field("heartbeat_age", &self.heartbeat_age())
            .field("canary_age", &self.canary_age())
            .field("counts", &self.counts())
            .finish()
    }
}
