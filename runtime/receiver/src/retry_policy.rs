//! How often and when a failed event is tried again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::defaults;

/// The largest part by which the delay of a policy is shortened.
const JITTER: f64 = 0.25;

/// How often an event is tried, and the delays between attempts.
///
/// The delays grow by a constant factor from the first to the last. Each delay is shortened by a random part of up to a
/// quarter, so that events that failed together are not tried again together. By default there are 25 attempts, and the
/// delays are from 1 second to 12 hours: an event whose handler always fails is a dead letter after about 28 hours, and
/// after 24 hours at the earliest.
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
    /// Each delay divided by the one before it.
    growth: f64,
    /// The largest part by which a delay is shortened.
    jitter: f64,
}

impl RetryPolicy {
    /// A policy with this number of attempts, at least 1, and delays from `first` to `last`.
    #[must_use]
    pub fn new(attempts: u32, first: Duration, last: Duration) -> Self {
        let (attempts, last) = (attempts.max(1), last.max(first));
        let gaps = f64::from(attempts.saturating_sub(2).max(1));
        let growth = if first.is_zero() { 1.0 } else { (last.as_secs_f64() / first.as_secs_f64()).powf(1.0 / gaps) };
        Self { attempts, first, last, growth, jitter: JITTER }
    }

    /// The policy for events whose attempts were interrupted by the end of a process: unlimited, doubled, and without
    /// jitter, since only one of them runs at a time. The attempts are limited by the policy of the worker.
    #[cfg(any(feature = "sqlite", feature = "nats"))]
    pub(crate) fn interrupted() -> Self {
        let (first, last) = (defaults::FIRST_INTERRUPTED_RETRY, defaults::LAST_INTERRUPTED_RETRY);
        Self { attempts: u32::MAX, first, last, growth: 2.0, jitter: 0.0 }
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
        let growth = self.growth.powf(f64::from(attempt.saturating_sub(1)));
        // A panic here would leave the event leased, so a delay that a `Duration` cannot hold becomes the last delay.
        let delay = Duration::try_from_secs_f64((first * growth).min(last) * (1.0 - self.jitter * random()));
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
