//! The errors of handlers and of dispatch.

use std::error::Error;
use std::fmt;

use crate::{BoxError, DecodeError};

/// Why a handler did not handle an event, and whether another attempt can help.
///
/// `?` converts any error to [`Retry`](Self::Retry), since most failures are temporary. Use [`HandlerError::reject`]
/// for an event that can never be handled.
///
/// Receivers log the text of the error. Keep payloads out of it.
///
/// ```
/// use asyncapi_runtime::HandlerError;
///
/// fn handle(amount: &str) -> Result<(), HandlerError> {
///     let amount: i64 = amount.parse()?; // a ParseIntError: `Retry`
///     if amount < 0 {
///         return Err(HandlerError::reject("a negative amount"));
///     }
///     Ok(())
/// }
///
/// assert!(matches!(handle("seven"), Err(HandlerError::Retry(_))));
/// assert!(matches!(handle("-7"), Err(HandlerError::Reject(_))));
/// ```
//
// It does not implement `Error`: the blanket `From` below would overlap with `From<T> for T`.
#[derive(Debug)]
pub enum HandlerError {
    /// Another attempt may work.
    Retry(BoxError),
    /// No attempt will work: make the event a dead letter.
    Reject(BoxError),
    /// There is no handler: the document does not contain the event, and the handler for unknown events does not take
    /// it. See [`UnknownEvent::unhandled`](crate::UnknownEvent::unhandled).
    Unhandled {
        /// The JSON pointer of the unknown name, if it is in the payload.
        pointer: Option<String>,
    },
}

impl HandlerError {
    /// [`Retry`](Self::Retry) with an error or a text.
    pub fn retry(error: impl Into<BoxError>) -> Self {
        Self::Retry(error.into())
    }

    /// [`Reject`](Self::Reject) with an error or a text.
    pub fn reject(error: impl Into<BoxError>) -> Self {
        Self::Reject(error.into())
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self::Retry(Box::new(error))
    }
}

impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retry(error) => write!(f, "to be tried again: {error}"),
            Self::Reject(error) => write!(f, "rejected: {error}"),
            Self::Unhandled { .. } => f.write_str("not listed in the document, and not handled"),
        }
    }
}

/// Why an event was not handled.
#[derive(Debug)]
pub enum DispatchError {
    /// The payload could not be decoded. Another attempt cannot help.
    Undecodable(DecodeError),
    /// The handler failed.
    Handler(HandlerError),
}

impl From<DecodeError> for DispatchError {
    fn from(error: DecodeError) -> Self {
        Self::Undecodable(error)
    }
}

impl From<HandlerError> for DispatchError {
    fn from(error: HandlerError) -> Self {
        Self::Handler(error)
    }
}

impl fmt::Display for DispatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undecodable(error) => write!(f, "undecodable: {error}"),
            Self::Handler(error) => error.fmt(f),
        }
    }
}

/// `Display` contains the error itself, so `source` is the cause of that error.
impl Error for DispatchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Undecodable(error) => error.source(),
            Self::Handler(HandlerError::Retry(error) | HandlerError::Reject(error)) => error.source(),
            Self::Handler(HandlerError::Unhandled { .. }) => None,
        }
    }
}
