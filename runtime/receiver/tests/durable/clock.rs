//! A clock for tests that runs faster than real time.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use asyncapi_receiver::Clock;
use asyncapi_runtime::BoxFuture;
use jiff::{SignedDuration, Timestamp};

/// A clock on which an hour takes some seconds. Its time can be changed, like the system time.
pub(crate) struct FastClock {
    made_at: Timestamp,
    made: Instant,
    times: u32,
    set_by: Mutex<SignedDuration>,
}

impl FastClock {
    pub(crate) fn times(times: u32) -> Self {
        Self { made_at: Timestamp::now(), made: Instant::now(), times, set_by: Mutex::default() }
    }

    pub(crate) fn set_by(&self, days: i64) {
        *self.set_by.lock().unwrap() += SignedDuration::from_hours(24 * days);
    }
}

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        self.made_at + self.made.elapsed() * self.times + *self.set_by.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration / self.times))
    }
}
