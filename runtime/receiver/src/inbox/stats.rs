//! Numbers about the content of an inbox.

use std::time::Duration;

/// The number of events in an inbox, and their ages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stats {
    /// Events that are neither done nor dead.
    pub pending: u64,
    /// Dead letters.
    pub dead: u64,
    /// The time since the oldest pending event was stored; `None` if no event is pending.
    pub oldest_pending: Option<Duration>,
    /// The time since the last event of a sender was stored; `None` if none ever was.
    pub last_event: Option<Duration>,
}
