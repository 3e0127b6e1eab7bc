//! Errors as text for logs, without payload data.

use std::error::Error;
use std::fmt;

use asyncapi_runtime::DecodeError;

/// Displays an error and its causes in one line. Of a [`DecodeError`] among the causes it shows only the pointer and
/// the kind, since the message may quote the payload.
pub(crate) struct Escaped<'a>(pub(crate) &'a dyn Error);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            match error.downcast_ref::<DecodeError>() {
                Some(undecodable) => write!(f, ": {undecodable:?}")?,
                None => write!(f, ": {error}")?,
            }
            cause = error.source();
        }
        Ok(())
    }
}
