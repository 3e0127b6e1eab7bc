//! Transports that send a request and wait for its reply.

use std::error::Error;
use std::fmt;

use crate::request::Request;
use crate::{DecodeError, Inbound, Transport};

/// A transport that sends a request and waits for the reply.
///
/// [`Transport`] is enough for messages without a reply.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::convert::Infallible;
///
/// use asyncapi_runtime::request::Request;
/// use asyncapi_runtime::{Inbound, Outbound, RequestReply, Transport};
///
/// /// Replies to each request itself, for tests.
/// struct Echo;
///
/// impl Transport for Echo {
///     type Error = Infallible;
///
///     async fn send(&self, _: Outbound) -> Result<(), Infallible> {
///         Ok(())
///     }
/// }
///
/// impl RequestReply for Echo {
///     async fn request(&self, request: Request) -> Result<Inbound, Infallible> {
///         let address = request.reply_address().unwrap_or("an address that the transport chooses").to_owned();
///         // Subscribe first, then send.
///         let (_, headers, body) = request.outbound(&address).into_parts();
///         let reply = Inbound::new(body).with_channel(address).with_headers(headers);
///         // Ignore other messages from this address.
///         assert!(request.is_answered_by(&reply));
///         Ok(reply)
///     }
/// }
/// ```
pub trait RequestReply: Transport {
    /// Sends a request and waits for its reply, with the timeout of this transport.
    ///
    /// For a shorter timeout, drop the future.
    ///
    /// # Errors
    ///
    /// The request could not be sent, or the timeout has passed.
    fn request(&self, request: Request) -> impl Future<Output = Result<Inbound, Self::Error>> + Send;
}

/// Why a request failed.
#[derive(Debug)]
pub enum RequestError<E> {
    /// The payload cannot be serialized as JSON, or cannot contain the correlation id or the reply address. Nothing was
    /// sent.
    Encode(serde_json::Error),
    /// The transport failed, or there was no reply.
    Transport(E),
    /// The reply could not be decoded.
    Decode(DecodeError),
}

impl<E> From<serde_json::Error> for RequestError<E> {
    fn from(error: serde_json::Error) -> Self {
        Self::Encode(error)
    }
}

impl<E> From<DecodeError> for RequestError<E> {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl<E> fmt::Display for RequestError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encode(_) => "the request could not be written as JSON",
            Self::Transport(_) => "the transport returned no reply",
            Self::Decode(_) => "the reply could not be decoded",
        })
    }
}

/// The cause is the `source`.
impl<E: Error + 'static> Error for RequestError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            Self::Transport(error) => Some(error),
            Self::Decode(error) => Some(error),
        }
    }
}
