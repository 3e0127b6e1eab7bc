//! `Durable`: stores each delivery in an inbox before it is acknowledged.

mod canary;

use std::fmt;
use std::time::Duration;

use asyncapi_runtime::{BoxError, BoxFuture, Headers, Inbound};
use tracing::Instrument;

use crate::inbox::{Delivery, EventFields, Inbox, InboxError, Peeked, PutOutcome, Reason, ReasonKind};
use crate::log_escape::Escaped;
use crate::{Accept, Accepted, NotAccepted, RetryCause, defaults};

pub use canary::CanaryToken;

/// Headers with credentials, which are not needed after verification.
const CREDENTIALS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// Stores each delivery before it is acknowledged. A [`Worker`](crate::Worker) handles it later.
///
/// | what happens | result |
/// |---|---|
/// | the inbox stores the delivery | [`Accepted::Stored`] |
/// | the inbox has an event with its id, or had one within the horizon | [`Accepted::Duplicate`] |
/// | the body is not JSON, and the inbox stores the delivery as a dead letter | [`Accepted::DeadLettered`] |
/// | the delivery is above the size limit of the inbox | [`NotAccepted::TooLarge`] |
/// | the inbox cannot store it, or not within 2 seconds | [`NotAccepted::Retry`]: the sender repeats it |
///
/// So slow or failing handlers, and events that no handler can decode, do not affect the sender.
///
/// `Authorization`, `Cookie` and `Proxy-Authorization` are not stored. All other headers are stored with the raw body,
/// so handlers can use a `traceparent`.
///
/// ```
/// use std::sync::Arc;
///
/// use asyncapi_receiver::inbox::{EventFields, Memory, FieldPath};
/// use asyncapi_runtime::Inbound;
/// use asyncapi_receiver::{Accept, Accepted, Durable};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), asyncapi_receiver::NotAccepted> {
/// let event_fields = EventFields::new().with_id(FieldPath::payload("/id")).with_key(FieldPath::payload("/data/id"));
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
    /// Stores deliveries in `inbox`, with the fields that `event_fields` finds, within 2 seconds.
    #[must_use]
    pub fn new(inbox: I, event_fields: EventFields) -> Self {
        Self { inbox, event_fields, deadline: defaults::STORE_DEADLINE, canary: None }
    }

    /// Sets the time limit for storing, after which the sender repeats the delivery. Default: 2 s.
    #[must_use]
    pub fn with_store_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets the token of the canaries of this receiver. They are stored as canaries. Default: no canaries.
    #[must_use]
    pub fn with_canary(mut self, token: CanaryToken) -> Self {
        self.canary = Some(token);
        self
    }

    async fn store(&self, inbound: Inbound, span: tracing::Span) -> Result<Accepted, NotAccepted> {
        let body_bytes = inbound.body().len();
        let canary = self.canary.as_ref().and_then(|token| token.find(inbound.headers()));
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
            Ok(PutOutcome::Stored(entry_id)) => {
                // Connects this span with the span of the attempt, which may be in another process.
                span.record("receipt", entry_id.0);
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
                tracing::error!(reason = %error, "event not stored: it is too large");
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
