use std::error::Error;
use std::fmt;

use crate::request::Request;
use crate::{DecodeError, Inbound, Transport};

/// A transport that can ask: it sends a request, and waits for the reply.
///
/// Beside [`Transport`], which is enough for everything that nobody waits for.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::convert::Infallible;
///
/// use asyncapi_runtime::request::Request;
/// use asyncapi_runtime::{Inbound, Outbound, RequestReply, Transport};
///
/// /// Answers everything itself, for tests.
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
///         let address = request.reply_address().unwrap_or("an inbox of this transport's own").to_owned();
///         // Listen there, and only then send.
///         let (_, headers, body) = request.outbound(&address).into_parts();
///         let reply = Inbound::new(body).with_channel(address).with_headers(headers);
///         // What comes by the address and is not the reply is somebody else's.
///         assert!(request.is_answered_by(&reply));
///         Ok(reply)
///     }
/// }
/// ```
pub trait RequestReply: Transport {
    /// Sends a request and waits for its reply, as long as this transport waits for one.
    ///
    /// Whoever has less patience drops the future, by a timeout of his own.
    ///
    /// # Errors
    ///
    /// The transport did not take the request, or no longer waits for the reply.
    fn request(&self, request: Request) -> impl Future<Output = Result<Inbound, Self::Error>> + Send;
}

/// Why a request has no reply.
#[derive(Debug)]
pub enum RequestError<E> {
    /// The payload has no JSON form, or no room for what the reply needs. Nothing was sent.
    Encode(serde_json::Error),
    /// The transport did not take the request, or brought no reply.
    Transport(E),
    /// The reply is not what the document says.
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
            Self::Transport(_) => "the transport brought no reply",
            Self::Decode(_) => "the reply could not be read",
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
