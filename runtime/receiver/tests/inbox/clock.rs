//! A clock for tests that changes only when a test sets it.

use std::sync::Mutex;
use std::time::Duration;

use asyncapi_receiver::Clock;
use asyncapi_runtime::BoxFuture;
use jiff::{SignedDuration, Timestamp};

/// A clock whose time is constant until the test sets it.
pub(crate) struct HandClock(Mutex<Timestamp>);

impl HandClock {
    pub(crate) fn at(second: i64) -> Self {
        Self(Mutex::new(Timestamp::from_second(second).unwrap()))
    }

    pub(crate) fn pass(&self, duration: Duration) {
        let mut now = self.0.lock().unwrap();
        *now += SignedDuration::try_from(duration).unwrap();
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'_, ()> {
        unreachable!("an inbox does not sleep")
    }
}
