use std::error::Error;
use std::fmt;

use crate::BoxError;

/// Why an inbox did not do as it was asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum InboxError {
    /// The store is not there now: a full disk, a lock, a broken connection. It may be later.
    Unavailable(BoxError),
    /// The event is larger than what the store can ever take.
    TooLarge {
        /// The bytes that it would take.
        bytes: usize,
        /// The bytes that there may be.
        most: usize,
    },
    /// The store holds something that cannot be read.
    Unreadable(BoxError),
    /// The lease is over: a process that started later has the event now.
    Superseded,
    /// The inbox is closed.
    Closed,
}

impl fmt::Display for InboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge { bytes, most } => {
                return write!(f, "the event takes {bytes} bytes, and the inbox {most} at most");
            }
            Self::Unavailable(_) => "the inbox is not available now",
            Self::Unreadable(_) => "the inbox holds something that cannot be read",
            Self::Superseded => "another process works on the inbox now",
            Self::Closed => "the inbox is closed",
        })
    }
}

/// The cause, if there is one, is the `source`.
impl Error for InboxError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unavailable(error) | Self::Unreadable(error) => Some(error.as_ref()),
            Self::TooLarge { .. } | Self::Superseded | Self::Closed => None,
        }
    }
}
