//! Transports that send messages.

use std::error::Error;
use std::fmt;

use crate::Outbound;

/// Sends messages for publishers, for example with the client of a broker or an HTTP client.
///
/// ```
/// use std::convert::Infallible;
/// use std::sync::Mutex;
///
/// use asyncapi_runtime::{Outbound, Transport};
///
/// /// Stores the messages, for tests.
/// #[derive(Default)]
/// struct Sent(Mutex<Vec<Outbound>>);
///
/// impl Transport for Sent {
///     type Error = Infallible;
///
///     async fn send(&self, outbound: Outbound) -> Result<(), Infallible> {
///         self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(outbound);
///         Ok(())
///     }
/// }
/// ```
pub trait Transport: Send + Sync {
    /// The error of this transport.
    type Error: Error + Send + Sync + 'static;

    /// Sends a message. Completes when the transport has taken it; its guarantees are those of the transport.
    fn send(&self, outbound: Outbound) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Why a message was not published.
#[derive(Debug)]
pub enum PublishError<E> {
    /// The payload cannot be serialized as JSON. Nothing was sent.
    Encode(serde_json::Error),
    /// The transport failed.
    Transport(E),
}

impl<E> From<serde_json::Error> for PublishError<E> {
    fn from(error: serde_json::Error) -> Self {
        Self::Encode(error)
    }
}

impl<E> fmt::Display for PublishError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encode(_) => "the payload could not be written as JSON",
            Self::Transport(_) => "the transport did not take the message",
        })
    }
}

/// The cause is the `source`.
impl<E: Error + 'static> Error for PublishError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            Self::Transport(error) => Some(error),
        }
    }
}
