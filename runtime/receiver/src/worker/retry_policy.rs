//! How often and when a failed event is tried again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::defaults;

/// How often an event is tried, and the delays between attempts.
///
/// The delays grow by a constant factor from the first to the last. Each delay is shortened by a random part of up to a
/// quarter, so that events that failed together are not tried again together. By default, the delays are about 1, 3, 8,
/// 25, 71, 207 and 600 seconds: an event whose handler always fails is a dead letter after about 15 minutes.
///
/// ```
/// use std::time::Duration;
///
/// use asyncapi_receiver::worker::RetryPolicy;
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
    /// A policy with this number of attempts, at least 1, and delays from `first` to `last`.
    #[must_use]
    pub fn new(attempts: u32, first: Duration, last: Duration) -> Self {
        Self { attempts: attempts.max(1), first, last: last.max(first) }
    }

    /// The number of attempts.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The delay after this attempt has failed, counted from 1; `None` after the last one.
    #[must_use]
    pub fn delay_after(&self, attempt: u32) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let (first, last) = (self.first.as_secs_f64(), self.last.as_secs_f64());
        let gaps = f64::from(self.attempts.saturating_sub(2).max(1));
        let growth = if first > 0.0 { (last / first).powf(f64::from(attempt.saturating_sub(1)) / gaps) } else { 1.0 };
        // A panic here would leave the event leased, so a delay that a `Duration` cannot hold becomes the last delay.
        let delay = Duration::try_from_secs_f64((first * growth).min(last) * (1.0 - 0.25 * random()));
        Some(delay.map_or(self.last, |delay| delay.min(self.last)))
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new(defaults::ATTEMPTS, defaults::FIRST_RETRY, defaults::LAST_RETRY)
    }
}

/// A random number from 0 to 1. It only spreads the load, so the seed of a hash map is good enough.
fn random() -> f64 {
    let bits = u32::try_from(RandomState::new().hash_one(()) >> 32).unwrap_or(0);
    f64::from(bits) / f64::from(u32::MAX)
}
