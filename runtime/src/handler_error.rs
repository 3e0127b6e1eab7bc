use std::error::Error;
use std::fmt;

use crate::{BoxError, DecodeError};

/// How a handler says that an event was not handled, and whether trying it again can help.
///
/// Any error becomes [`Retry`](Self::Retry) by `?`, since most failures pass: a database that is down, a call
/// that timed out. To turn an event away for good takes a word: [`HandlerError::reject`].
///
/// Receivers log the error's text. Keep payloads out of it.
///
/// ```
/// use asyncapi_runtime::HandlerError;
///
/// fn handle(amount: &str) -> Result<(), HandlerError> {
///     let amount: i64 = amount.parse()?; // a ParseIntError, so: try again
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
// It does not implement `Error` itself: the blanket `From` below would then overlap with `From<T> for T`.
#[derive(Debug)]
pub enum HandlerError {
    /// It may work later: hand the event over again.
    Retry(BoxError),
    /// It will never work: set the event aside.
    Reject(BoxError),
    /// Nobody was there to handle it: the document does not list it, and the team wrote nothing for such events.
    /// See [`UnknownEvent::unhandled`](crate::UnknownEvent::unhandled).
    Unhandled {
        /// The JSON pointer to the name that is not listed, if a payload told it.
        pointer: Option<String>,
    },
}

impl HandlerError {
    /// It may work later. Takes an error or a text.
    pub fn retry(error: impl Into<BoxError>) -> Self {
        Self::Retry(error.into())
    }

    /// It will never work. Takes an error or a text.
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

/// Why an event was not handled: its payload could not be read, or its handler said so.
#[derive(Debug)]
pub enum DispatchError {
    /// The payload could not be read. Trying again cannot help.
    Undecodable(DecodeError),
    /// The handler did not handle it, and says whether trying again can help.
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
