//! How many attempts may start now: a circuit breaker, and a limit of attempts per second.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::{elapsed, millis};

/// Pauses a worker whose attempts all fail, so that a target that does not work is not asked by every event.
///
/// After `failures` failed attempts in a row, the worker starts no attempt for the first pause. Then it starts one. If
/// that fails, the pause is twice as long, up to the longest. If it succeeds, the worker goes on. Events that wait for
/// the end of a pause count no attempt. A rejected event is not a failure: the target has answered.
///
/// A worker with one target needs it, such as a forwarder. With several handlers, one that fails would pause the others.
///
/// ```
/// use std::time::Duration;
///
/// use asyncapi_receiver::worker::CircuitBreaker;
///
/// let breaker = CircuitBreaker::new(20, Duration::from_secs(1), Duration::from_secs(30));
/// # let _ = breaker;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitBreaker {
    failures: u32,
    first: Duration,
    longest: Duration,
}

impl CircuitBreaker {
    /// A breaker that opens after this number of failures in a row, at least 1, with pauses from `first` to `longest`.
    #[must_use]
    pub fn new(failures: u32, first: Duration, longest: Duration) -> Self {
        Self { failures: failures.max(1), first, longest: longest.max(first) }
    }
}

/// What the settings allow.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits {
    pub(super) breaker: Option<CircuitBreaker>,
    pub(super) per_second: Option<NonZeroU32>,
}

/// How an attempt ended, for the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TargetAnswer {
    Answered,
    Failed,
}

/// How many attempts may start now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowance {
    pub(super) attempts: usize,
    /// The time until more may start.
    pub(super) wait: Duration,
}

#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    circuit: Circuit,
    /// When the attempts of one second were counted from, and their number.
    second: Option<(i64, u32)>,
}

#[derive(Clone, Copy, Debug)]
enum Circuit {
    /// Attempts start. The last ones have failed, this many in a row.
    Closed(u32),
    /// No attempt starts before this time, in milliseconds.
    Open { until: i64, pause: Duration },
    /// One attempt runs, after a pause of this length.
    Trial(Duration),
}

impl Default for Circuit {
    fn default() -> Self {
        Self::Closed(0)
    }
}

impl Throttle {
    /// The number of attempts that may start, of `free`, while `running` run.
    pub(super) fn allowance(&self, limits: Limits, free: usize, running: usize, now: i64) -> Allowance {
        let mut state = self.state();
        if let Circuit::Open { until, pause } = state.circuit {
            if now < until {
                return Allowance { attempts: 0, wait: elapsed(now, until) };
            }
            state.circuit = Circuit::Trial(pause);
        }
        let mut allowance = Allowance { attempts: free, wait: Duration::MAX };
        if let Circuit::Trial(_) = state.circuit {
            // An attempt that ended without an answer of the target is followed by another one.
            allowance.attempts = free.min(usize::from(running == 0));
        }
        if let Some(most) = limits.per_second {
            let (since, started) = state.second.filter(|(since, _)| now - since < 1_000).unwrap_or((now, 0));
            state.second = Some((since, started));
            let left = usize::try_from(most.get().saturating_sub(started)).unwrap_or(usize::MAX);
            allowance.attempts = allowance.attempts.min(left);
            allowance.wait = elapsed(now, since.saturating_add(1_000));
        }
        allowance
    }

    pub(super) fn record_started(&self, attempts: usize) {
        if let Some((_, started)) = &mut self.state().second {
            *started = started.saturating_add(u32::try_from(attempts).unwrap_or(u32::MAX));
        }
    }

    /// Records how an attempt ended.
    pub(super) fn record(&self, limits: Limits, answer: TargetAnswer, now: i64) {
        let Some(breaker) = limits.breaker else { return };
        let mut state = self.state();
        let open = |pause| Circuit::Open { until: now.saturating_add(millis(pause)), pause };
        state.circuit = match (state.circuit, answer) {
            (Circuit::Closed(_), TargetAnswer::Answered) => Circuit::Closed(0),
            (_, TargetAnswer::Answered) => {
                tracing::info!("the target answers again");
                Circuit::Closed(0)
            }
            (Circuit::Closed(failed), TargetAnswer::Failed) if failed.saturating_add(1) < breaker.failures => {
                Circuit::Closed(failed.saturating_add(1))
            }
            (Circuit::Closed(failed), TargetAnswer::Failed) => {
                tracing::error!(failures = failed.saturating_add(1), pause = ?breaker.first, "all attempts fail; the worker pauses");
                open(breaker.first)
            }
            (Circuit::Trial(pause), TargetAnswer::Failed) => open((pause * 2).clamp(breaker.first, breaker.longest)),
            // It started before the pause.
            (open @ Circuit::Open { .. }, TargetAnswer::Failed) => open,
        };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Allowance, CircuitBreaker, Duration, Limits, NonZeroU32, TargetAnswer, Throttle};

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_target_that_does_not_answer_is_asked_less_and_less_often() {
        let throttle = Throttle::default();
        let limits = Limits { breaker: Some(CircuitBreaker::new(3, SECOND, 4 * SECOND)), per_second: None };
        let attempts = |running, now| throttle.allowance(limits, 16, running, now).attempts;
        for _ in 0..3 {
            assert_eq!(attempts(0, 0), 16);
            throttle.record(limits, TargetAnswer::Failed, 0);
        }
        let mut now = 0;
        for pause in [1, 2, 4, 4] {
            let paused = throttle.allowance(limits, 16, 0, now);
            assert_eq!(paused, Allowance { attempts: 0, wait: pause * SECOND });
            now += i64::from(pause) * 1_000;
            assert_eq!((attempts(0, now), attempts(1, now)), (1, 0), "one attempt");
            throttle.record(limits, TargetAnswer::Failed, now);
        }
        throttle.record(limits, TargetAnswer::Answered, now);
        assert_eq!(attempts(0, now), 16);
    }

    #[test]
    fn no_more_attempts_start_in_a_second_than_are_allowed() {
        let throttle = Throttle::default();
        let limits = Limits { breaker: None, per_second: NonZeroU32::new(20) };
        let allowance = |now| throttle.allowance(limits, 16, 0, now);
        assert_eq!(allowance(0), Allowance { attempts: 16, wait: SECOND });
        throttle.record_started(16);
        assert_eq!(allowance(400), Allowance { attempts: 4, wait: Duration::from_millis(600) });
        throttle.record_started(4);
        assert_eq!(allowance(999).attempts, 0);
        assert_eq!(allowance(1_000).attempts, 16);
    }
}
