use std::time::Duration;

use crate::defaults;

/// How long an inbox keeps what is over.
///
/// That is a time in which a process has it open, so that a clock that was set by a day makes nothing a day older. Over NATS
/// the servers forget ids by themselves, and it is for dead letters only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Retention {
    /// The ids of done events: the deduplication horizon. Default: 7 days.
    pub done: Duration,
    /// Dead letters; `None` for as long as nobody requeues or discards them. Default: `None`, since each is work
    /// that somebody has to do.
    pub dead: Option<Duration>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { done: defaults::HORIZON, dead: defaults::DEAD_LETTER_RETENTION }
    }
}

/// What a purge has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PurgeCounts {
    /// The ids of so many done events.
    pub done: u64,
    /// So many dead letters.
    pub dead: u64,
}
