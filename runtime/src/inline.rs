use std::error::Error;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

use crate::log_escape::Escaped;
use crate::{
    Accept, Accepted, BoxFuture, Context, DeadLetter, DeadLetters, Dispatch, DispatchError, HandlerError, Inbound,
    NotAccepted, Refusal, RetryCause, Route, defaults,
};

/// Dispatches each delivery while its sender waits, and accepts it once its handler is done.
///
/// | what happens | what is answered |
/// |---|---|
/// | the handler is done | [`Accepted::Handled`] |
/// | it asks for a retry, takes too long or panics | [`NotAccepted::Retry`]: the sender tries again |
/// | nobody handles it, as the document does not list it, and there is no sink | [`Accepted::Handled`]: its sender did nothing wrong |
/// | it rejects the event, the payload is undecodable, or nobody handles it, and the sink keeps it | [`Accepted::DeadLettered`] |
/// | the same, and the sink fails | [`NotAccepted::Retry`] |
/// | the same, and there is no sink | [`NotAccepted::Refused`] |
///
/// **Without a sink a poison event may in the end disable the sender's webhook**: nothing is acknowledged that
/// was not kept, so the sender tries it again until it gives up on all of them. Give it one in production.
///
/// Nothing is stored here: an event whose sender gives up is lost, and when the sender hangs up, or the deadline
/// passes, the handler is dropped at its next await. Handlers have to stand being started again.
///
/// Needs a tokio runtime with its timer on. A panic can be caught only where the program is built to unwind.
/// What goes wrong is told to `tracing` as warnings, with the event's name and the handler's own error text, but
/// no payload.
///
/// ```
/// use asyncapi_runtime::{Accept, Accepted, Inbound, Inline};
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
    /// Dispatches to `dispatch`, within 5 seconds, and keeps no dead letters.
    #[must_use]
    pub fn new(dispatch: D) -> Self {
        Self { dispatch, deadline: defaults::INLINE_DEADLINE, dead_letters: None }
    }

    /// Sets how long a handler may take, and after it the dead letter sink: this long each. Default: 5 s.
    ///
    /// Stay below what the sender waits for: Kustomer publishes no more than "within a few seconds". A handler
    /// that blocks its thread, and so never awaits, cannot be stopped.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets where events go that can never be handled. Default: nowhere, so that they are not accepted.
    #[must_use]
    pub fn with_dead_letters(mut self, sink: impl DeadLetters + 'static) -> Self {
        self.dead_letters = Some(Box::new(sink));
        self
    }

    async fn take(&self, inbound: &Inbound) -> Result<Accepted, NotAccepted> {
        let cx = Context::new(inbound);
        // In a block of its own, so that a panic before the first await is caught too.
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
        // Its sender did nothing wrong; to refuse it until the webhook is disabled would help nobody.
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

    /// Runs code that is not ours, under the deadline and with panics caught.
    async fn guard<T>(&self, work: impl Future<Output = T>) -> Result<T, RetryCause> {
        // Nothing of ours is changed halfway by a panic; what a handler shares it has to guard itself.
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
            // A name that no document lists may be anything.
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
            let outcome = self.take(&inbound).await;
            match &outcome {
                Ok(accepted) => tracing::debug!(?accepted, "event accepted"),
                Err(NotAccepted::Retry(cause)) => self.warn(&inbound, "to be sent again", cause),
                Err(NotAccepted::Refused(refusal)) => self.warn(&inbound, "refused", refusal),
                // It stores nothing.
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
