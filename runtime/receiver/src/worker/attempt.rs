//! One attempt at one event.

use std::any::Any;
use std::error::Error;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use asyncapi_runtime::{Context, Dispatch, DispatchError, HandlerError, Route};
use futures_util::FutureExt;
use futures_util::future::Fuse;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};
use tracing::Instrument;

use super::health::Counter;
use super::throttle::TargetAnswer;
use super::{RetryAfter, UnknownEventPolicy, Worker, lease_renewal};
use crate::inbox::{DeliveryKind, InboxError, LeaseToken, LeasedDelivery, Reason, ReasonKind, Settlement};
use crate::log_escape::Escaped;
use crate::{Refusal, RetryCause};

/// The delay before a settlement that failed is tried again.
const SETTLE_AGAIN: Duration = Duration::from_millis(500);

/// The delay after a fault of this machine, before the event is leased again.
const OWN_FAULT_DELAY: Duration = Duration::from_secs(1);

/// How an attempt ended.
enum Outcome {
    Done,
    Failed(DispatchError),
    Unknown(Option<String>),
    TimedOut(Duration),
    Panicked(String),
    GivenUp,
    /// The lease has ended: another worker has the event.
    LeaseLost,
}

impl Outcome {
    /// The cause of a failure that says nothing about the event or its target: this machine had no file descriptor,
    /// process or memory left.
    fn own_fault(&self) -> Option<&io::Error> {
        /// `ENFILE` and `EMFILE`, which have no `ErrorKind`.
        const TOO_MANY_OPEN_FILES: [i32; 2] = [23, 24];
        let Self::Failed(DispatchError::Handler(HandlerError::Retry(error))) = self else { return None };
        let mut cause: Option<&(dyn Error + 'static)> = Some(error.as_ref());
        while let Some(error) = cause {
            if let Some(fault) = error.downcast_ref::<io::Error>() {
                // `EAGAIN`: no more processes.
                let is_own = matches!(fault.kind(), io::ErrorKind::OutOfMemory | io::ErrorKind::WouldBlock)
                    || fault.raw_os_error().is_some_and(|code| cfg!(unix) && TOO_MANY_OPEN_FILES.contains(&code));
                if is_own {
                    return Some(fault);
                }
            }
            cause = error.source();
        }
        None
    }
}

/// Why the worker stops to wait for a handler.
enum HandlerEnd {
    Ended(Result<Outcome, JoinError>),
    CutShort(Outcome),
}

impl<D: Dispatch + 'static> Worker<D> {
    /// Runs one attempt at a leased event and records how it ended.
    pub(super) async fn process(self: Arc<Self>, leased: LeasedDelivery, mut given_up: watch::Receiver<bool>) {
        let token = leased.token;
        if leased.delivery.kind() == DeliveryKind::Canary {
            // Like an event, but without the handler. It is deleted whatever the outcome is.
            let outcome = self.attempt(leased, &mut given_up).await;
            if self.settle(token, Settlement::Done, &mut given_up).await && matches!(outcome, Outcome::Done) {
                self.health.record_canary_received();
            }
            return;
        }
        let attempt = leased.attempt;
        let span = tracing::info_span!("handle", receipt = token.entry_id.0, attempt);
        async {
            let settlement = if attempt > self.settings.retries.attempts() {
                dead_letter(Reason::new(ReasonKind::Interrupted, "the process ended during the last attempt"))
            } else {
                self.health.count(Counter::Begun);
                let outcome = self.attempt(leased, &mut given_up).await;
                if let Some(fault) = outcome.own_fault() {
                    tracing::warn!(%fault, "this machine cannot run the handler now; this is not an attempt");
                    self.clock.sleep(OWN_FAULT_DELAY).await;
                    self.settle(token, Settlement::Released, &mut given_up).await;
                    return;
                }
                self.record_answer(&outcome);
                // If the lease is lost, the other worker settles the event.
                let Some(settlement) = self.classify(outcome, attempt) else { return };
                settlement
            };
            let counter = match settlement {
                Settlement::Done => Some(Counter::Done),
                Settlement::Retry { .. } => Some(Counter::Retried),
                Settlement::Dead(_) => Some(Counter::Dead),
                Settlement::Released => None,
            };
            if self.settle(token, settlement, &mut given_up).await
                && let Some(counter) = counter
            {
                self.health.count(counter);
            }
        }
        .instrument(span)
        .await;
    }

    /// Reports to the circuit breaker whether the target has answered.
    fn record_answer(&self, outcome: &Outcome) {
        let answer = match outcome {
            Outcome::GivenUp | Outcome::LeaseLost => return,
            Outcome::Failed(DispatchError::Handler(HandlerError::Retry(_))) | Outcome::TimedOut(_) => {
                TargetAnswer::Failed
            }
            Outcome::Done | Outcome::Failed(_) | Outcome::Unknown(_) | Outcome::Panicked(_) => TargetAnswer::Answered,
        };
        self.throttle.record(self.settings.limits, answer, self.clock.now().as_millisecond());
    }

    /// Runs the handler in its own task, until it ends or is aborted.
    async fn attempt(&self, leased: LeasedDelivery, given_up: &mut watch::Receiver<bool>) -> Outcome {
        let mut lease_lost = pin!(lease_renewal::renew_until_done(&*self.inbox, &*self.clock, leased.token).fuse());
        let (dispatch, unknown) = (Arc::clone(&self.dispatch), self.settings.unknown);
        let handling = async move {
            let delivery = &leased.delivery;
            if delivery.kind() == DeliveryKind::Canary {
                return Outcome::Done;
            }
            if unknown == UnknownEventPolicy::DeadLetter
                && matches!(dispatch.route(delivery.inbound()), Ok(Route::Unknown(_)))
            {
                return Outcome::Unknown(None);
            }
            let cx = Context::new(delivery.inbound())
                .with_attempt(leased.attempt)
                .with_received_at(delivery.received_at())
                .with_event_id(delivery.id().as_str())
                .with_freshness(leased.freshness);
            dispatch.dispatch(&cx).await.map_or_else(Outcome::Failed, |()| Outcome::Done)
        };
        let mut handler = tokio::spawn(handling.in_current_span());
        let cut_short = match self.wait_for_handler(&mut handler, lease_lost.as_mut(), given_up).await {
            HandlerEnd::Ended(ended) => return outcome_of_task(ended, Outcome::GivenUp),
            HandlerEnd::CutShort(outcome) => outcome,
        };
        handler.abort();
        // The handler may have finished meanwhile. No other attempt may start before this one has ended.
        let ended = poll_fn(|cx| {
            let _keep_renewing = lease_lost.as_mut().poll(cx);
            Pin::new(&mut handler).poll(cx)
        });
        outcome_of_task(ended.await, cut_short)
    }

    /// Waits until the handler ends, or the deadline passes, the lease is lost or the worker gives up.
    async fn wait_for_handler(
        &self,
        handler: &mut JoinHandle<Outcome>,
        mut lease_lost: Pin<&mut Fuse<impl Future<Output = ()>>>,
        given_up: &mut watch::Receiver<bool>,
    ) -> HandlerEnd {
        let deadline = self.settings.handler_deadline;
        let mut sleep = self.clock.sleep(deadline);
        let mut drain_ended = pin!(given_up.wait_for(|ended| *ended));
        poll_fn(|cx| {
            if let Poll::Ready(ended) = Pin::new(&mut *handler).poll(cx) {
                return Poll::Ready(HandlerEnd::Ended(ended));
            }
            if sleep.as_mut().poll(cx).is_ready() {
                return Poll::Ready(HandlerEnd::CutShort(Outcome::TimedOut(deadline)));
            }
            if lease_lost.as_mut().poll(cx).is_ready() {
                return Poll::Ready(HandlerEnd::CutShort(Outcome::LeaseLost));
            }
            drain_ended.as_mut().poll(cx).map(|_| HandlerEnd::CutShort(Outcome::GivenUp))
        })
        .await
    }

    /// The settlement for an outcome; `None` if another worker settles the event.
    fn classify(&self, outcome: Outcome, attempt: u32) -> Option<Settlement> {
        Some(match outcome {
            Outcome::Done => {
                tracing::debug!("event handled");
                Settlement::Done
            }
            Outcome::GivenUp => Settlement::Released,
            Outcome::LeaseLost => return None,
            Outcome::Failed(DispatchError::Handler(HandlerError::Unhandled { pointer }))
            | Outcome::Unknown(pointer) => {
                let reason = Reason::new(ReasonKind::Unknown, "no handler for events with this name");
                dead_letter(match pointer {
                    Some(pointer) => reason.with_pointer(pointer),
                    None => reason,
                })
            }
            Outcome::Failed(DispatchError::Undecodable(error)) => dead_letter(Reason::from(&error)),
            Outcome::Failed(DispatchError::Handler(HandlerError::Reject(error))) => {
                let reason = Reason::new(ReasonKind::Rejected, error.to_string());
                tracing::warn!(reason = %Escaped(&Refusal::Rejected(error)), "event not handled");
                dead_letter(reason)
            }
            Outcome::Failed(DispatchError::Handler(HandlerError::Retry(error))) => {
                let (failure, at_least) = (error.to_string(), RetryAfter::delay(error.as_ref()));
                tracing::warn!(reason = %Escaped(&RetryCause::Handler(error)), "attempt failed");
                self.retry(attempt, &failure, at_least)
            }
            Outcome::TimedOut(deadline) => {
                self.health.count(Counter::TimedOut);
                tracing::warn!(?deadline, "attempt took too long");
                self.retry(attempt, &format!("not done within {deadline:?}"), Duration::ZERO)
            }
            Outcome::Panicked(message) => {
                self.health.count(Counter::Panicked);
                tracing::error!("attempt panicked");
                self.retry(attempt, &format!("panicked: {message}"), Duration::ZERO)
            }
        })
    }

    /// A retry, or a dead letter after the last attempt.
    fn retry(&self, attempt: u32, failure: &str, at_least: Duration) -> Settlement {
        if let Some(after) = self.settings.retries.delay_after(attempt) {
            return Settlement::Retry { after: after.max(at_least) };
        }
        dead_letter(Reason::new(ReasonKind::Exhausted, format!("attempt {attempt} was the last: {failure}")))
    }

    /// Records the settlement, and repeats that until it works. `false` if the lease is lost or the worker gives up.
    pub(super) async fn settle(
        &self,
        token: LeaseToken,
        settlement: Settlement,
        given_up: &mut watch::Receiver<bool>,
    ) -> bool {
        loop {
            match self.inbox.settle(token, settlement.clone()).await {
                Ok(()) => return true,
                Err(error @ (InboxError::Superseded | InboxError::Closed)) => {
                    tracing::warn!(reason = %Escaped(&error), "the end of the event was not recorded");
                    return false;
                }
                Err(error) => {
                    tracing::error!(reason = %Escaped(&error), "the end of the event could not be recorded yet");
                    if *given_up.borrow() {
                        return false;
                    }
                    self.clock.sleep(SETTLE_AGAIN).await;
                }
            }
        }
    }
}

fn dead_letter(reason: Reason) -> Settlement {
    tracing::warn!(reason = %reason.kind(), pointer = reason.pointer(), "dead letter");
    Settlement::Dead(reason)
}

fn outcome_of_task(ended: Result<Outcome, JoinError>, aborted: Outcome) -> Outcome {
    match ended {
        Ok(outcome) => outcome,
        Err(error) if error.is_panic() => Outcome::Panicked(panic_message(error.into_panic().as_ref())),
        Err(_aborted) => aborted,
    }
}

/// The message of a panic.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message").to_owned()
}
