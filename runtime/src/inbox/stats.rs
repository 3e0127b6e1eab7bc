use std::time::Duration;

/// How much there is in an inbox, and how old.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stats {
    /// Events that are still to be handled, however they stand.
    pub pending: u64,
    /// Events that are set aside.
    pub dead: u64,
    /// How long ago the oldest pending event was put. `None` if none is pending.
    pub oldest_pending: Option<Duration>,
    /// How long ago the last event of a sender was put. `None` if none ever was.
    pub last_event: Option<Duration>,
}
