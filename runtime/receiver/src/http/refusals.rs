//! The log of refused requests.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::outcome::Outcome;

/// The largest number of lines in a period.
const LINES: u32 = 10;
const PERIOD: Duration = Duration::from_secs(1);

/// Logs refused requests: a few lines each second, and the number of the others. A client that sends many wrong requests
/// must not fill the disk.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<Lines>);

#[derive(Debug, Default)]
struct Lines {
    since: Option<Instant>,
    written: u32,
    /// Refused requests without a line.
    counted: u64,
}

impl Refusals {
    /// Logs the request, or counts it. Returns the outcome.
    pub(super) fn record(&self, outcome: Outcome, reason: impl fmt::Display) -> Outcome {
        let (is_logged, counted) = self.0.lock().unwrap_or_else(PoisonError::into_inner).next(Instant::now());
        if counted > 0 {
            tracing::warn!(requests = counted, "more requests were refused, without a line for each");
        }
        if is_logged {
            tracing::warn!(status = outcome.status().as_u16(), %reason, "request refused");
        }
        outcome
    }
}

impl Lines {
    /// Whether the next request has a line, and the number of requests before it that had none.
    fn next(&mut self, now: Instant) -> (bool, u64) {
        let mut counted = 0;
        if self.since.is_none_or(|since| now.duration_since(since) >= PERIOD) {
            counted = std::mem::take(&mut self.counted);
            *self = Self { since: Some(now), written: 0, counted: 0 };
        }
        let is_logged = self.written < LINES;
        if is_logged {
            self.written += 1;
        } else {
            self.counted += 1;
        }
        (is_logged, counted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_beyond_ten_a_second_are_counted() {
        let (mut lines, start) = (Lines::default(), Instant::now());
        let first: Vec<_> = (0..25).map(|_| lines.next(start)).collect();
        assert!(
            first[..10].iter().all(|line| *line == (true, 0)) && first[10..].iter().all(|line| *line == (false, 0))
        );
        assert_eq!(lines.next(start + PERIOD), (true, 15));
    }
}
