//! The `Accept` trait: what a receiver hands a verified delivery to.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use asyncapi_runtime::{BoxError, BoxFuture, DecodeError, Inbound};

/// Takes responsibility for a verified delivery.
///
/// A receiver hands each delivery to an acceptor, which dispatches it at once (`Inline`) or stores it first
/// (`Durable`). The receiver acknowledges only accepted deliveries. A sender such as Kustomer repeats other deliveries
/// for about an hour, then disables the webhook.
///
/// ```
/// use asyncapi_runtime::{BoxFuture, Inbound};
/// use asyncapi_receiver::{Accept, Accepted, NotAccepted};
///
/// /// Accepts all deliveries and drops them, to test a connection.
/// struct Discard;
///
/// impl Accept for Discard {
///     fn accept(&self, _: Inbound) -> BoxFuture<'_, Result<Accepted, NotAccepted>> {
///         Box::pin(async { Ok(Accepted::Handled) })
///     }
/// }
/// ```
pub trait Accept: Send + Sync {
    /// Accepts one delivery.
    ///
    /// The future may be dropped at any await, for example when the sender disconnects.
    ///
    /// # Errors
    ///
    /// The delivery was neither handled nor stored. The error says whether the sender should repeat it.
    fn accept(&self, inbound: Inbound) -> BoxFuture<'_, Result<Accepted, NotAccepted>>;
}

/// What happened to an accepted delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Accepted {
    /// It was handled.
    Handled,
    /// It is stored durably, and will be handled.
    Stored,
    /// It was stored before.
    Duplicate,
    /// It cannot be handled, and was stored for a person.
    DeadLettered,
}

/// Why a delivery was not accepted.
#[derive(Debug)]
pub enum NotAccepted {
    /// The same delivery may be accepted later.
    Retry(RetryCause),
    /// The same delivery will not be accepted later either.
    Refused(Refusal),
    /// It is too large to be stored.
    TooLarge(BoxError),
}

/// Why a delivery should be sent again.
#[derive(Debug)]
#[non_exhaustive]
pub enum RetryCause {
    /// Its handler asks for a retry.
    Handler(BoxError),
    /// Its handler, or the dead letter sink, took longer than this.
    Deadline(Duration),
    /// Its handler, or the dead letter sink, panicked.
    Panicked,
    /// The dead letter sink failed.
    DeadLetters(BoxError),
    /// The acceptor does not work now, for example because its store is not available.
    Unavailable(BoxError),
}

/// Why a delivery can never be handled as it is. Also the reason of a [`DeadLetter`](crate::DeadLetter).
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// Its payload could not be read.
    Undecodable(DecodeError),
    /// Its handler rejected it.
    Rejected(BoxError),
    /// The document does not contain the event, and no handler takes it.
    Unhandled,
}

impl fmt::Display for NotAccepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retry(cause) => cause.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::TooLarge(_) => f.write_str("too large to be stored"),
        }
    }
}

impl fmt::Display for RetryCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handler(_) => f.write_str("the handler asks for the event again"),
            Self::Deadline(deadline) => write!(f, "not done within {deadline:?}"),
            Self::Panicked => f.write_str("panicked"),
            Self::DeadLetters(_) => f.write_str("the dead letter sink did not take the event"),
            Self::Unavailable(_) => f.write_str("not available now"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Undecodable(_) => "the payload could not be read",
            Self::Rejected(_) => "the handler rejected the event",
            Self::Unhandled => "the document does not list the event, and the handler has no method for it",
        })
    }
}

/// The cause, if there is a deeper one, is the `source`.
impl Error for NotAccepted {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Retry(cause) => cause.source(),
            Self::Refused(refusal) => refusal.source(),
            Self::TooLarge(error) => Some(error.as_ref()),
        }
    }
}

impl Error for RetryCause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Handler(error) | Self::DeadLetters(error) | Self::Unavailable(error) => Some(error.as_ref()),
            Self::Deadline(_) | Self::Panicked => None,
        }
    }
}

impl Error for Refusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Undecodable(error) => Some(error),
            Self::Rejected(error) => Some(error.as_ref()),
            Self::Unhandled => None,
        }
    }
}

impl<T: Accept + ?Sized> Accept for Arc<T> {
    fn accept(&self, inbound: Inbound) -> BoxFuture<'_, Result<Accepted, NotAccepted>> {
        (**self).accept(inbound)
    }
}

impl<T: Accept + ?Sized> Accept for Box<T> {
    fn accept(&self, inbound: Inbound) -> BoxFuture<'_, Result<Accepted, NotAccepted>> {
        (**self).accept(inbound)
    }
}
