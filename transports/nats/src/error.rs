//! The errors of this transport.

use std::error::Error;
use std::fmt;

use asyncapi_runtime::BoxError;

/// Why NATS could not be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum NatsError {
    /// No connection: the address is wrong, the server is not there, or it refuses the credentials.
    Connect(BoxError),
    /// The server refuses the stream or the consumer. If the stream exists, it has to have the subjects of the
    /// document.
    Subscribe(BoxError),
    /// The message was not sent, or the server has not confirmed it.
    Send(BoxError),
    /// There was no reply in time.
    NoReply,
}

impl fmt::Display for NatsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(_) => f.write_str("no connection to the NATS server"),
            Self::Subscribe(error) => write!(f, "the NATS server refuses the subscription: {error}"),
            Self::Send(_) => f.write_str("the NATS server has not confirmed the message"),
            Self::NoReply => f.write_str("no reply in time"),
        }
    }
}

/// The cause is the `source`.
impl Error for NatsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Connect(error) | Self::Subscribe(error) | Self::Send(error) => Some(error.as_ref()),
            Self::NoReply => None,
        }
    }
}
