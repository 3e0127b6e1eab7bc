//! The `Clock` trait, by which inboxes and workers measure time.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use asyncapi_runtime::BoxFuture;

/// The clock of an inbox or a worker, for delays, ages and expiry.
///
/// Use [`SteadyClock`]; other clocks are for tests.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Waits for a duration, measured by this clock.
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()>;
}

/// The system time at its creation, plus the time that has passed since, so that changes of the system clock have no
/// effect.
///
/// [`Clock::sleep`] needs a tokio runtime with its timer enabled.
#[derive(Clone, Copy, Debug)]
pub struct SteadyClock {
    started_at: Timestamp,
    started: Instant,
}

impl SteadyClock {
    /// A clock that starts at the current system time.
    #[must_use]
    pub fn new() -> Self {
        Self { started_at: Timestamp::now(), started: Instant::now() }
    }
}

impl Default for SteadyClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Timestamp {
        self.started_at.saturating_add(self.started.elapsed()).unwrap_or(Timestamp::MAX)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A duration in milliseconds.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The duration between two timestamps in milliseconds; 0 if the second is earlier.
pub(crate) fn elapsed(from_millis: i64, to_millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(to_millis.saturating_sub(from_millis)).unwrap_or(0))
}
