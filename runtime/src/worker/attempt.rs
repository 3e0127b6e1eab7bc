//! One attempt at one event.

use std::any::Any;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::Fuse;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};
use tracing::Instrument;

use super::health::Counter;
use super::{UnknownEventPolicy, Worker, lease_renewal};
use crate::inbox::{DeliveryKind, InboxError, LeaseToken, LeasedDelivery, Reason, ReasonKind, Settlement};
use crate::log_escape::Escaped;
use crate::{Context, Dispatch, DispatchError, HandlerError, Refusal, RetryCause, Route};

/// How long to wait before an outcome that could not be written down is tried again.
const WRITE_AGAIN: Duration = Duration::from_millis(500);

/// How an attempt ended.
enum Outcome {
    Done,
    Failed(DispatchError),
    Unknown(Option<String>),
    TimedOut(Duration),
    Panicked(String),
    GivenUp,
    /// Another has the event now.
    LeaseOver,
}

/// Why a handler is not waited for any longer.
enum HandlerEnd {
    Ended(Result<Outcome, JoinError>),
    CutShort(Outcome),
}

impl<D: Dispatch + 'static> Worker<D> {
    pub(super) async fn process(self: Arc<Self>, leased: LeasedDelivery, mut told: watch::Receiver<bool>) {
        let ticket = leased.ticket;
        if leased.delivery.kind() == DeliveryKind::Canary {
            // The same way as an event, but for the handler. Whatever comes of it, it is not kept.
            let outcome = self.attempt(leased, &mut told).await;
            if self.settle(ticket, Settlement::Done, &mut told).await && matches!(outcome, Outcome::Done) {
                self.health.record_canary_received();
            }
            return;
        }
        let attempt = leased.attempt;
        let span = tracing::info_span!("handle", receipt = ticket.receipt.0, attempt);
        async {
            let settlement = if attempt > self.settings.retries.attempts() {
                dead(Reason::new(ReasonKind::Interrupted, "the process ended during the last attempt"))
            } else {
                self.health.count(Counter::Begun);
                let outcome = self.attempt(leased, &mut told).await;
                // Where another has the event, its end is that one's to say.
                let Some(settlement) = self.classify(outcome, attempt) else { return };
                settlement
            };
            let counter = match settlement {
                Settlement::Done => Some(Counter::Done),
                Settlement::Retry { .. } => Some(Counter::Retried),
                Settlement::Dead(_) => Some(Counter::Dead),
                Settlement::Released => None,
            };
            if self.settle(ticket, settlement, &mut told).await
                && let Some(counter) = counter
            {
                self.health.count(counter);
            }
        }
        .instrument(span)
        .await;
    }

    /// Runs the handler in a task of its own, until it ends or has to.
    async fn attempt(&self, leased: LeasedDelivery, told: &mut watch::Receiver<bool>) -> Outcome {
        let mut kept = pin!(lease_renewal::renew_until_done(&*self.inbox, &*self.clock, leased.ticket).fuse());
        let (dispatch, unknown) = (Arc::clone(&self.dispatch), self.settings.unknown);
        let handling = async move {
            let delivery = &leased.delivery;
            if delivery.kind() == DeliveryKind::Canary {
                return Outcome::Done;
            }
            if unknown == UnknownEventPolicy::SetAside
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
        let cut_short = match self.before_deadline(&mut handler, kept.as_mut(), told).await {
            HandlerEnd::Ended(ended) => return outcome_of(ended, Outcome::GivenUp),
            HandlerEnd::CutShort(outcome) => outcome,
        };
        handler.abort();
        // It may have finished in between; and no other attempt may begin before this one has ended.
        let ended = poll_fn(|cx| {
            let _kept_or_over = kept.as_mut().poll(cx);
            Pin::new(&mut handler).poll(cx)
        });
        outcome_of(ended.await, cut_short)
    }

    /// Waits for the handler to end, or says why it is not waited for any longer.
    async fn before_deadline(
        &self,
        handler: &mut JoinHandle<Outcome>,
        mut kept: Pin<&mut Fuse<impl Future<Output = ()>>>,
        told: &mut watch::Receiver<bool>,
    ) -> HandlerEnd {
        let deadline = self.settings.handler_deadline;
        let mut sleep = self.clock.sleep(deadline);
        let mut given_up = pin!(told.wait_for(|give_up| *give_up));
        poll_fn(|cx| {
            if let Poll::Ready(ended) = Pin::new(&mut *handler).poll(cx) {
                return Poll::Ready(HandlerEnd::Ended(ended));
            }
            if sleep.as_mut().poll(cx).is_ready() {
                return Poll::Ready(HandlerEnd::CutShort(Outcome::TimedOut(deadline)));
            }
            if kept.as_mut().poll(cx).is_ready() {
                return Poll::Ready(HandlerEnd::CutShort(Outcome::LeaseOver));
            }
            given_up.as_mut().poll(cx).map(|_| HandlerEnd::CutShort(Outcome::GivenUp))
        })
        .await
    }

    fn classify(&self, outcome: Outcome, attempt: u32) -> Option<Settlement> {
        Some(match outcome {
            Outcome::Done => {
                tracing::debug!("event handled");
                Settlement::Done
            }
            Outcome::GivenUp => Settlement::Released,
            Outcome::LeaseOver => return None,
            Outcome::Failed(DispatchError::Handler(HandlerError::Unhandled { pointer }))
            | Outcome::Unknown(pointer) => {
                let reason = Reason::new(ReasonKind::Unknown, "nobody handles events of this name");
                dead(match pointer {
                    Some(pointer) => reason.with_pointer(pointer),
                    None => reason,
                })
            }
            Outcome::Failed(DispatchError::Undecodable(error)) => dead(Reason::from(&error)),
            Outcome::Failed(DispatchError::Handler(HandlerError::Reject(error))) => {
                let reason = Reason::new(ReasonKind::Rejected, error.to_string());
                tracing::warn!(reason = %Escaped(&Refusal::Rejected(error)), "event not handled");
                dead(reason)
            }
            Outcome::Failed(DispatchError::Handler(HandlerError::Retry(error))) => {
                let failure = error.to_string();
                tracing::warn!(reason = %Escaped(&RetryCause::Handler(error)), "attempt failed");
                self.retry(attempt, &failure)
            }
            Outcome::TimedOut(deadline) => {
                self.health.count(Counter::TimedOut);
                tracing::warn!(?deadline, "attempt took too long");
                self.retry(attempt, &format!("not done within {deadline:?}"))
            }
            Outcome::Panicked(message) => {
                self.health.count(Counter::Panicked);
                tracing::error!("attempt panicked");
                self.retry(attempt, &format!("panicked: {message}"))
            }
        })
    }

    fn retry(&self, attempt: u32, failure: &str) -> Settlement {
        if let Some(after) = self.settings.retries.delay_after(attempt) {
            return Settlement::Retry { after };
        }
        dead(Reason::new(ReasonKind::Exhausted, format!("attempt {attempt} was the last: {failure}")))
    }

    /// Writes the end down, however often that takes. `false` if it was not to be.
    pub(super) async fn settle(
        &self,
        ticket: LeaseToken,
        settlement: Settlement,
        told: &mut watch::Receiver<bool>,
    ) -> bool {
        loop {
            match self.inbox.settle(ticket, settlement.clone()).await {
                Ok(()) => return true,
                Err(error @ (InboxError::Superseded | InboxError::Closed)) => {
                    tracing::warn!(reason = %Escaped(&error), "the end of the event was not recorded");
                    return false;
                }
                Err(error) => {
                    tracing::error!(reason = %Escaped(&error), "the end of the event could not be recorded yet");
                    if *told.borrow() {
                        return false;
                    }
                    self.clock.sleep(WRITE_AGAIN).await;
                }
            }
        }
    }
}

fn dead(reason: Reason) -> Settlement {
    tracing::warn!(reason = %reason.kind(), pointer = reason.pointer(), "dead letter");
    Settlement::Dead(reason)
}

fn outcome_of(ended: Result<Outcome, JoinError>, aborted: Outcome) -> Outcome {
    match ended {
        Ok(outcome) => outcome,
        Err(error) if error.is_panic() => Outcome::Panicked(text_of(error.into_panic().as_ref())),
        Err(_aborted) => aborted,
    }
}

/// What a panic said, if it said it in words.
fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word").to_owned()
}
