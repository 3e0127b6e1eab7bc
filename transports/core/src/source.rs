//! What each transport implements: where messages come from, and how they are settled.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use asyncapi_receiver::inbox::{EventId, OrderKey, Reason};
use asyncapi_runtime::{BoxError, BoxFuture, Inbound};

/// Where a [`Consumer`](crate::Consumer) gets its messages from: a subscription of a broker.
pub trait Source: Send {
    /// Waits for the next event. The consumer has room for this many messages, at least 1. The future may be dropped at
    /// any await, and no message may be lost by that.
    ///
    /// A source reconnects by itself, with backoff.
    fn next(&mut self, room: usize) -> BoxFuture<'_, SourceEvent>;

    /// How long the broker waits for the settlement of a message before it delivers the message again; `None` if it
    /// waits as long as the connection lasts. The consumer renews the message three times in that time.
    fn lease_duration(&self) -> Option<Duration> {
        None
    }
}

/// What a source reports.
#[derive(Debug)]
pub enum SourceEvent {
    /// A message was received.
    Received(Received),
    /// The connection was lost. The broker delivers every unsettled message again, and no settlement of earlier
    /// messages is possible.
    Reset,
    /// No more messages will come.
    Closed,
}

/// A message that was received and is not settled.
pub struct Received {
    pub(crate) inbound: Inbound,
    pub(crate) id: Option<EventId>,
    pub(crate) key: Option<OrderKey>,
    pub(crate) earlier_attempts: u32,
    pub(crate) settle: Arc<dyn Settle>,
}

impl Received {
    /// A message of this channel, and how it is settled.
    #[must_use]
    pub fn new(inbound: Inbound, settle: impl Settle + 'static) -> Self {
        Self { inbound, id: None, key: None, earlier_attempts: 0, settle: Arc::new(settle) }
    }

    /// Sets the id that the broker gave the message. Two deliveries with the same id are the same message.
    #[must_use]
    pub fn with_id(mut self, id: EventId) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the key for the order. Messages with the same key are handled one after the other.
    #[must_use]
    pub fn with_key(mut self, key: OrderKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Sets how often the broker has delivered the message before.
    #[must_use]
    pub fn with_earlier_attempts(mut self, attempts: u32) -> Self {
        self.earlier_attempts = attempts;
        self
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("inbound", &self.inbound).field("id", &self.id).finish_non_exhaustive()
    }
}

/// Settles one message with its broker.
pub trait Settle: Send + Sync {
    /// Acknowledges the message. It must not come again after this returns.
    ///
    /// # Errors
    ///
    /// It could not be acknowledged.
    fn acknowledge(&self) -> BoxFuture<'_, Result<(), SettleError>>;

    /// Stores the message as a dead letter with its reason, and then acknowledges it.
    ///
    /// # Errors
    ///
    /// The dead letter could not be stored, or the message could not be acknowledged.
    fn dead_letter<'a>(&'a self, inbound: &'a Inbound, reason: &'a Reason) -> BoxFuture<'a, Result<(), SettleError>>;

    /// Gives the message back, so that the broker delivers it again at once.
    ///
    /// # Errors
    ///
    /// It could not be given back. The broker then delivers it when the connection ends or the lease does.
    fn release(&self) -> BoxFuture<'_, Result<(), SettleError>>;

    /// Renews the lease of the message, if the broker has leases.
    ///
    /// # Errors
    ///
    /// It could not be renewed.
    fn renew(&self) -> BoxFuture<'_, Result<(), SettleError>> {
        Box::pin(async { Ok(()) })
    }
}

/// Why a message could not be settled.
#[derive(Debug)]
#[non_exhaustive]
pub enum SettleError {
    /// The broker cannot be reached now. The consumer tries it again.
    Unavailable(BoxError),
    /// The broker does not expect a settlement any more: it has delivered the message again, or will.
    Stale,
}

impl SettleError {
    /// [`Unavailable`](Self::Unavailable), with an error or a text.
    pub fn unavailable(error: impl Into<BoxError>) -> Self {
        Self::Unavailable(error.into())
    }
}

impl fmt::Display for SettleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unavailable(_) => "the broker cannot be reached now",
            Self::Stale => "the broker delivers the message again",
        })
    }
}

/// The cause is the `source`.
impl std::error::Error for SettleError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unavailable(error) => Some(error.as_ref()),
            Self::Stale => None,
        }
    }
}
