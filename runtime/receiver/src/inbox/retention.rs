//! How long an inbox keeps done events and dead letters.

use std::time::Duration;

use crate::defaults;

/// How long an inbox keeps done events and dead letters.
///
/// Only time in which a process has the inbox open counts, so that a change of the system clock does not make entries
/// older. NATS servers delete ids themselves; there, this is for dead letters only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Retention {
    /// The ids of done events: the deduplication horizon. Default: 7 days.
    pub done: Duration,
    /// Dead letters; `None` to keep them until they are requeued or discarded. Default: `None`, since each one needs
    /// the attention of a person.
    pub dead: Option<Duration>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { done: defaults::HORIZON, dead: defaults::DEAD_LETTER_RETENTION }
    }
}

/// The number of entries that a purge has deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PurgeCounts {
    /// Ids of done events.
    pub done: u64,
    /// Dead letters.
    pub dead: u64,
}
