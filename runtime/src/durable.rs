mod canary;

use std::fmt;
use std::time::Duration;

use tracing::Instrument;

use crate::inbox::{Delivery, EventFields, Inbox, InboxError, Peeked, PutOutcome, Reason, ReasonKind};
use crate::log_escape::Escaped;
use crate::{Accept, Accepted, BoxError, BoxFuture, Headers, Inbound, NotAccepted, RetryCause, defaults};

pub use canary::CanaryToken;

/// Headers that prove who somebody is, and that nobody needs once the delivery is verified.
const CREDENTIALS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// Stores each delivery before it is acknowledged. A [`Worker`](crate::Worker) handles it later.
///
/// | what happens | what is answered |
/// |---|---|
/// | the inbox keeps it | [`Accepted::Stored`] |
/// | the inbox has it, or had it done within the horizon | [`Accepted::Duplicate`] |
/// | it is not JSON, and the inbox keeps it as a dead letter | [`Accepted::DeadLettered`] |
/// | it is larger than the inbox can keep | [`NotAccepted::TooLarge`] |
/// | the inbox cannot keep it, or not within 2 seconds | [`NotAccepted::Retry`]: the sender tries again |
///
/// So nothing that a handler does is ever seen by the sender: not its slowness, not its failure, not an event
/// that no handler can read.
///
/// `Authorization`, `Cookie` and `Proxy-Authorization` are not stored. All other headers are, with the raw body;
/// a `traceparent` among them is there for the handler.
///
/// ```
/// use std::sync::Arc;
///
/// use asyncapi_runtime::inbox::{EventFields, Memory, FieldPath};
/// use asyncapi_runtime::{Accept, Accepted, Durable, Inbound};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), asyncapi_runtime::NotAccepted> {
/// let event_fields = EventFields::new().with_id(FieldPath::pointer("/id")).with_key(FieldPath::pointer("/data/id"));
/// let durable = Durable::new(Arc::new(Memory::new()), event_fields);
///
/// let inbound = Inbound::new(r#"{"id": "e1", "data": {"id": "c1"}}"#);
/// assert_eq!(durable.accept(inbound.clone()).await?, Accepted::Stored);
/// assert_eq!(durable.accept(inbound).await?, Accepted::Duplicate);
/// assert_eq!(durable.accept(Inbound::new("no JSON")).await?, Accepted::DeadLettered);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Durable<I> {
    inbox: I,
    event_fields: EventFields,
    deadline: Duration,
    canary: Option<CanaryToken>,
}

impl<I: Inbox> Durable<I> {
    /// Stores in `inbox`, within 2 seconds, what `event_fields` finds of each delivery.
    #[must_use]
    pub fn new(inbox: I, event_fields: EventFields) -> Self {
        Self { inbox, event_fields, deadline: defaults::STORE_DEADLINE, canary: None }
    }

    /// Sets how long storing may take before the sender is told to try again. Default: 2 s.
    #[must_use]
    pub fn with_store_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets what the receiver's own canaries are known by. They are stored as such. Default: there are none.
    #[must_use]
    pub fn with_canary(mut self, mark: CanaryToken) -> Self {
        self.canary = Some(mark);
        self
    }

    async fn store(&self, inbound: Inbound, span: tracing::Span) -> Result<Accepted, NotAccepted> {
        let body_bytes = inbound.body().len();
        let canary = self.canary.as_ref().and_then(|mark| mark.find(inbound.headers()));
        let peeked = match canary {
            Some(number) => Peeked::Readable(Delivery::canary(&number)),
            None => self.event_fields.peek(without_credentials(inbound)),
        };
        let (put, accepted) = match peeked {
            Peeked::Readable(delivery) => (self.inbox.put(delivery), Accepted::Stored),
            Peeked::NotJson(delivery, error) => {
                (self.inbox.put_dead(delivery, Reason::from(&error)), Accepted::DeadLettered)
            }
        };
        let put = tokio::time::timeout(self.deadline, put).await;
        match put.unwrap_or_else(|elapsed| Err(InboxError::Unavailable(elapsed.into()))) {
            Ok(PutOutcome::Stored(receipt)) => {
                // By this the span of its handling, perhaps in another process, is found.
                span.record("receipt", receipt.0);
                if accepted == Accepted::DeadLettered {
                    tracing::warn!(reason = %ReasonKind::NotJson, body_bytes, "dead letter");
                } else {
                    tracing::debug!(body_bytes, "event stored");
                }
                Ok(accepted)
            }
            Ok(PutOutcome::Duplicate) => {
                tracing::debug!("duplicate");
                Ok(Accepted::Duplicate)
            }
            Err(error @ InboxError::TooLarge { .. }) => {
                tracing::error!(reason = %error, "event not stored, and never will be as it is");
                Err(NotAccepted::TooLarge(error.into()))
            }
            Err(error) => {
                let error: BoxError = error.into();
                tracing::error!(reason = %Escaped(error.as_ref()), "event not stored, so not acknowledged");
                Err(NotAccepted::Retry(RetryCause::Unavailable(error)))
            }
        }
    }
}

fn without_credentials(inbound: Inbound) -> Inbound {
    let is_credential = |name: &str| CREDENTIALS.iter().any(|credential| name.eq_ignore_ascii_case(credential));
    let kept: Headers = inbound.headers().iter().filter(|(name, _)| !is_credential(name)).collect();
    inbound.with_headers(kept)
}

impl<I: Inbox> Accept for Durable<I> {
    fn accept(&self, inbound: Inbound) -> BoxFuture<'_, Result<Accepted, NotAccepted>> {
        let span = tracing::info_span!("receive", receipt = tracing::field::Empty);
        Box::pin(self.store(inbound, span.clone()).instrument(span))
    }
}

impl<I> fmt::Debug for Durable<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Durable")
            .field("event_fields", &self.event_fields)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
