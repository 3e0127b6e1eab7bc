use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::outcome::Outcome;

/// How often each answer was given since the process started.
///
/// A count of `too_large` that grows is an alarm: a body above the limit never comes through, however often its
/// sender tries.
#[derive(Clone, Default)]
pub struct ResponseCounts {
    counts: Arc<[AtomicU64; Outcome::ALL.len()]>,
}

impl ResponseCounts {
    /// Each answer as a word, its HTTP status, and how often it was given.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u16, u64)> {
        let counts = Outcome::ALL.iter().zip(self.counts.iter());
        counts.map(|(answer, count)| (answer.as_str(), answer.status().as_u16(), count.load(Ordering::Relaxed)))
    }

    /// How often an answer was given, by its word, such as `stored` or `too_large`.
    #[must_use]
    pub fn of(&self, word: &str) -> u64 {
        self.iter().find(|(known, ..)| *known == word).map_or(0, |(.., count)| count)
    }

    pub(crate) fn count(&self, answer: Outcome) {
        let counters = Outcome::ALL.iter().zip(self.counts.iter());
        if let Some((_, counter)) = counters.into_iter().find(|(known, _)| **known == answer) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for ResponseCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(word, _, count)| (word, count))).finish()
    }
}
