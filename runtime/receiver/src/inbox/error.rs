//! The errors of an inbox.

use std::error::Error;
use std::fmt;

use asyncapi_runtime::BoxError;

/// Why an operation of an inbox failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum InboxError {
    /// The store does not work now: a full disk, a lock, a broken connection. It may work later.
    Unavailable(BoxError),
    /// The event is larger than the limit of the store.
    TooLarge {
        /// The size of the event in bytes.
        bytes: usize,
        /// The limit in bytes.
        most: usize,
    },
    /// The store contains data that cannot be read.
    Unreadable(BoxError),
    /// The lease has ended: a process that started later has the event.
    Superseded,
    /// The inbox is closed.
    Closed,
}

impl fmt::Display for InboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge { bytes, most } => {
                return write!(f, "the event has {bytes} bytes, and the limit of the inbox is {most}");
            }
            Self::Unavailable(_) => "the inbox is not available now",
            Self::Unreadable(_) => "the inbox contains data that cannot be read",
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
