use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

use crate::defaults;

/// How often an event is tried, and how long after a failure.
///
/// The delays grow by the same factor each time, from the first to the last. Each is cut by up to a quarter at
/// random, so that what failed together is not tried again together. By default an event whose handler fails
/// every time is tried after about 1, 3, 8, 25, 71, 207 and 600 seconds, and dead a good quarter of an hour
/// after it came.
///
/// ```
/// use std::time::Duration;
///
/// use asyncapi_runtime::worker::RetryPolicy;
///
/// let retries = RetryPolicy::new(3, Duration::from_secs(1), Duration::from_secs(60));
/// assert!(retries.delay_after(1).is_some_and(|delay| delay <= Duration::from_secs(1)));
/// assert!(retries.delay_after(2).is_some_and(|delay| delay > Duration::from_secs(40)));
/// assert_eq!(retries.delay_after(3), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    attempts: u32,
    first: Duration,
    last: Duration,
}

impl RetryPolicy {
    /// So many attempts in all, at least one, with delays from `first` to `last`.
    #[must_use]
    pub fn new(attempts: u32, first: Duration, last: Duration) -> Self {
        Self { attempts: attempts.max(1), first, last: last.max(first) }
    }

    /// How often an event is tried.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// How long to wait after this attempt has failed, 1 being the first; `None` if it was the last.
    #[must_use]
    pub fn delay_after(&self, attempt: u32) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let (first, last) = (self.first.as_secs_f64(), self.last.as_secs_f64());
        let gaps = f64::from(self.attempts.saturating_sub(2).max(1));
        let growth = if first > 0.0 { (last / first).powf(f64::from(attempt.saturating_sub(1)) / gaps) } else { 1.0 };
        // Beyond what a duration can hold it is the last one; nothing here may panic, or the event would stay leased.
        let delay = Duration::try_from_secs_f64((first * growth).min(last) * (1.0 - 0.25 * random()));
        Some(delay.map_or(self.last, |delay| delay.min(self.last)))
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new(defaults::ATTEMPTS, defaults::FIRST_RETRY, defaults::LAST_RETRY)
    }
}

/// From 0 to 1. The standard library seeds its hash maps well enough for this.
fn random() -> f64 {
    let bits = u32::try_from(RandomState::new().hash_one(()) >> 32).unwrap_or(0);
    f64::from(bits) / f64::from(u32::MAX)
}
