use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::BoxFuture;

/// What an inbox and a worker measure time with: when to retry, how old something is, when to forget.
///
/// [`SteadyClock`] is the one to use; others are for tests that compress an hour into a second.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Waits this long by this clock.
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()>;
}

/// The time of day when it was made, and from there on the time that has really passed.
///
/// When somebody sets the system's clock, by a day or by a leap second, nothing that waits here notices. Sleeping
/// needs a tokio runtime with its timer on.
#[derive(Clone, Copy, Debug)]
pub struct SteadyClock {
    made_at: Timestamp,
    made: Instant,
}

impl SteadyClock {
    /// A clock that reads as the system's does now.
    #[must_use]
    pub fn new() -> Self {
        Self { made_at: Timestamp::now(), made: Instant::now() }
    }
}

impl Default for SteadyClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Timestamp {
        self.made_at.saturating_add(self.made.elapsed()).unwrap_or(Timestamp::MAX)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Milliseconds since 1970, as inboxes write instants down.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// From an earlier instant to a later one; nothing if the clock went back between them.
pub(crate) fn elapsed(from_millis: i64, to_millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(to_millis.saturating_sub(from_millis)).unwrap_or(0))
}
