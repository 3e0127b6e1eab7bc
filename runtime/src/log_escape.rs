use std::error::Error;
use std::fmt;

use crate::DecodeError;

/// An error and its causes in a line, less what a decode error among the causes quotes of the payload.
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
