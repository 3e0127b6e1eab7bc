//! `Inline`: dispatches each delivery while the sender waits.

use std::error::Error;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use asyncapi_runtime::{BoxFuture, Context, Dispatch, DispatchError, HandlerError, Inbound, Route};
use futures_util::FutureExt;

use crate::log_escape::Escaped;
use crate::{Accept, Accepted, DeadLetter, DeadLetters, NotAccepted, Refusal, RetryCause, defaults};

/// Dispatches each delivery while the sender waits, and accepts it when the handler has finished.
///
/// | what happens | result |
/// |---|---|
/// | the handler returns `Ok` | [`Accepted::Handled`] |
/// | the handler asks for a retry, takes too long, or panics | [`NotAccepted::Retry`]: the sender repeats the delivery |
/// | the document does not contain the event, no handler takes it, and there is no sink | [`Accepted::Handled`]: the sender did nothing wrong |
/// | the handler rejects the event, the payload cannot be decoded, or no handler takes the event, and the sink stores it | [`Accepted::DeadLettered`] |
/// | the same, and the sink fails | [`NotAccepted::Retry`] |
/// | the same, and there is no sink | [`NotAccepted::Refused`] |
///
/// **Without a sink, an event that always fails may disable the webhook**: it is never acknowledged, so the sender
/// repeats it until it gives up. Use a sink in production.
///
/// Events are not stored: an event is lost if the sender gives up. If the sender disconnects or the deadline passes,
/// the handler is dropped at its next await. Handlers must tolerate to be started again.
///
/// Needs a tokio runtime with its timer enabled. Panics are caught only if the program is built with unwinding.
/// Failures are logged with `tracing` as warnings that contain the name of the event and the error of the handler, but
/// no payload.
///
/// ```
/// use asyncapi_runtime::Inbound;
/// use asyncapi_receiver::{Accept, Accepted, Inline};
/// # use asyncapi_runtime::{BoxFuture, Context, DecodeError, Dispatch, DispatchError, Route};
/// # struct Notes;
/// # impl Dispatch for Notes {
/// #     fn route(&self, _: &Inbound) -> Result<Route, DecodeError> { Ok(Route::Unknown(None)) }
/// #     fn dispatch<'a>(&'a self, _: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
/// #         Box::pin(async { Ok(()) })
/// #     }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let inline = Inline::new(Notes);
/// let outcome = inline.accept(Inbound::new(r#"{"name": "note.create"}"#)).await;
/// assert!(matches!(outcome, Ok(Accepted::Handled)));
/// # }
/// ```
pub struct Inline<D> {
    dispatch: D,
    deadline: Duration,
    dead_letters: Option<Box<dyn DeadLetters>>,
}

impl<D: Dispatch> Inline<D> {
    /// Dispatches to `dispatch`, within 5 seconds, without a sink for dead letters.
    #[must_use]
    pub fn new(dispatch: D) -> Self {
        Self { dispatch, deadline: defaults::INLINE_DEADLINE, dead_letters: None }
    }

    /// Sets the time limit for the handler, and again for the dead letter sink. Default: 5 s.
    ///
    /// Stay below the timeout of the sender; Kustomer documents only "within a few seconds". A handler that blocks its
    /// thread cannot be stopped.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets the sink for events that can never be handled. Default: no sink, so that they are not accepted.
    #[must_use]
    pub fn with_dead_letters(mut self, sink: impl DeadLetters + 'static) -> Self {
        self.dead_letters = Some(Box::new(sink));
        self
    }

    /// Dispatches one delivery.
    async fn dispatch(&self, inbound: &Inbound) -> Result<Accepted, NotAccepted> {
        let cx = Context::new(inbound);
        // In an async block, so that a panic before the first await is caught too.
        let outcome = self.guard(async { self.dispatch.dispatch(&cx).await }).await;
        let refusal = match outcome.map_err(NotAccepted::Retry)? {
            Ok(()) => return Ok(Accepted::Handled),
            Err(DispatchError::Handler(HandlerError::Retry(error))) => {
                return Err(NotAccepted::Retry(RetryCause::Handler(error)));
            }
            Err(DispatchError::Handler(HandlerError::Reject(error))) => Refusal::Rejected(error),
            Err(DispatchError::Handler(HandlerError::Unhandled { .. })) => Refusal::Unhandled,
            Err(DispatchError::Undecodable(error)) => Refusal::Undecodable(error),
        };
        // The sender did nothing wrong. A refusal would only make it disable the webhook.
        if matches!(refusal, Refusal::Unhandled) && self.dead_letters.is_none() {
            self.warn(inbound, "acknowledged, and dropped", &refusal);
            return Ok(Accepted::Handled);
        }
        let Some(sink) = &self.dead_letters else {
            return Err(NotAccepted::Refused(refusal));
        };
        self.warn(inbound, "dead letter", &refusal);
        let letter = DeadLetter::new(inbound, &refusal);
        let kept = self.guard(async { sink.put(letter).await }).await.map_err(NotAccepted::Retry)?;
        kept.map_err(|error| NotAccepted::Retry(RetryCause::DeadLetters(error)))?;
        Ok(Accepted::DeadLettered)
    }

    /// Runs a handler or a sink with the deadline, and catches panics.
    async fn guard<T>(&self, work: impl Future<Output = T>) -> Result<T, RetryCause> {
        // This crate has no state that a panic could leave inconsistent.
        let work = AssertUnwindSafe(work).catch_unwind();
        match tokio::time::timeout(self.deadline, work).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(_panic)) => Err(RetryCause::Panicked),
            Err(_elapsed) => Err(RetryCause::Deadline(self.deadline)),
        }
    }

    fn warn(&self, inbound: &Inbound, outcome: &'static str, reason: &dyn Error) {
        let event = match self.dispatch.route(inbound) {
            Ok(Route::Known(name)) => Some(name),
            // A name that is not in the document may be anything, so it is not logged.
            Ok(Route::Unknown(_)) | Err(_) => None,
        };
        tracing::warn!(
            event,
            channel = inbound.channel(),
            body_bytes = inbound.body().len(),
            outcome,
            reason = %Escaped(reason),
            "event not handled"
        );
    }
}

impl<D: Dispatch> Accept for Inline<D> {
    fn accept(&self, inbound: Inbound) -> BoxFuture<'_, Result<Accepted, NotAccepted>> {
        Box::pin(async move {
            let outcome = self.dispatch(&inbound).await;
            match &outcome {
                Ok(accepted) => tracing::debug!(?accepted, "event accepted"),
                Err(NotAccepted::Retry(cause)) => self.warn(&inbound, "to be sent again", cause),
                Err(NotAccepted::Refused(refusal)) => self.warn(&inbound, "refused", refusal),
                // Inline stores nothing, so it has no size limit.
                Err(NotAccepted::TooLarge(_)) => {}
            }
            outcome
        })
    }
}

impl<D: fmt::Debug> fmt::Debug for Inline<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inline")
            .field("dispatch", &self.dispatch)
            .field("deadline", &self.deadline)
            .field("dead_letters", &self.dead_letters.as_ref().map(|_| ..))
            .finish()
    }
}
