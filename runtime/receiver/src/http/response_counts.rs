//! Counts the responses of a receiver, by outcome.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::outcome::Outcome;

/// The number of responses with each outcome since the receiver was created.
///
/// Watch `too_large`: a body above the limit is never accepted, however often the sender repeats it.
#[derive(Clone, Default)]
pub struct ResponseCounts {
    counts: Arc<[AtomicU64; Outcome::ALL.len()]>,
}

impl ResponseCounts {
    /// The name of each outcome, its HTTP status, and its count.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u16, u64)> {
        let counts = Outcome::ALL.iter().zip(self.counts.iter());
        counts.map(|(answer, count)| (answer.as_str(), answer.status().as_u16(), count.load(Ordering::Relaxed)))
    }

    /// The count of the outcome with this name, such as `stored` or `too_large`; 0 for an unknown name.
    #[must_use]
    pub fn get(&self, name: &str) -> u64 {
        self.iter().find(|(known, ..)| *known == name).map_or(0, |(.., count)| count)
    }

    pub(crate) fn count(&self, outcome: Outcome) {
        let counters = Outcome::ALL.iter().zip(self.counts.iter());
        if let Some((_, counter)) = counters.into_iter().find(|(known, _)| **known == outcome) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for ResponseCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(word, _, count)| (word, count))).finish()
    }
}
