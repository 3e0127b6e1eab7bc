//! Which partitions have events to fetch.
//!
//! A fetch from a partition without an event takes as long as its time limit, so only partitions are asked that may have
//! one: those in which this process has put an event or seen another one, and those that a search has found. A search is
//! one request for all partitions.

use std::time::{Duration, Instant};

use super::stream::PARTITIONS;

/// The time between two searches while this process has events.
const SEARCH_WHILE_BUSY: Duration = Duration::from_secs(1);

/// The time between two searches while it has none.
const SEARCH_WHILE_IDLE: Duration = Duration::from_millis(100);

/// How long a partition is not asked after it had no event to deliver, most often because another process has leased
/// its first event.
const EMPTY_PAUSE: Duration = Duration::from_millis(250);

/// What this process knows about the partitions.
#[derive(Debug, Default)]
pub(super) struct PartitionTracker {
    partitions: [Partition; PARTITIONS],
    turn: usize,
    searched: Option<Instant>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Partition {
    /// Whether it may have an event.
    likely: bool,
    /// It is not asked before this time.
    not_before: Option<Instant>,
}

impl Partition {
    fn is_due(self, now: Instant) -> bool {
        self.likely && self.not_before.is_none_or(|not_before| not_before <= now)
    }
}

impl PartitionTracker {
    /// Up to this number of partitions to ask, without the busy ones. Each call starts with another partition.
    pub(super) fn candidates(&mut self, most: usize, busy: &[usize], now: Instant) -> Vec<usize> {
        self.turn = (self.turn + 1) % PARTITIONS;
        let partitions = (0..PARTITIONS).cycle().skip(self.turn).take(PARTITIONS);
        let due = partitions.filter(|number| self.partitions[*number].is_due(now) && !busy.contains(number));
        due.take(most).collect()
    }

    /// Whether a search is due; if so, it counts as done.
    pub(super) fn search_is_due(&mut self, has_leased: bool, now: Instant) -> bool {
        let every = if has_leased { SEARCH_WHILE_BUSY } else { SEARCH_WHILE_IDLE };
        let is_due = self.searched.is_none_or(|searched| now.duration_since(searched) >= every);
        if is_due {
            self.searched = Some(now);
        }
        is_due
    }

    /// The time until a partition that is not busy is asked again.
    pub(super) fn next(&self, busy: &[usize], now: Instant) -> Option<Duration> {
        let idle = self.partitions.iter().enumerate().filter(|(number, _)| !busy.contains(number));
        let waiting = idle.filter(|(_, partition)| partition.likely).filter_map(|(_, partition)| partition.not_before);
        waiting.map(|not_before| not_before.saturating_duration_since(now)).min()
    }

    /// There may be an event in this partition.
    pub(super) fn record_likely(&mut self, partition: usize) {
        self.partitions[partition].likely = true;
    }

    /// An event came from this partition, and this many are behind it.
    pub(super) fn record_delivered(&mut self, partition: usize, behind: u64) {
        self.partitions[partition] = Partition { likely: behind > 0, not_before: None };
    }

    /// No event came from this partition.
    pub(super) fn record_empty(&mut self, partition: usize, now: Instant) {
        self.partitions[partition] = Partition { likely: false, not_before: now.checked_add(EMPTY_PAUSE) };
    }

    /// The first event of this partition is delivered again after this time.
    pub(super) fn record_delayed(&mut self, partition: usize, after: Duration, now: Instant) {
        self.partitions[partition] = Partition { likely: true, not_before: now.checked_add(after) };
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, EMPTY_PAUSE, Instant, PartitionTracker};

    #[test]
    fn only_partitions_that_may_have_an_event_are_asked() {
        let (mut tracker, now) = (PartitionTracker::default(), Instant::now());
        assert!(tracker.candidates(32, &[], now).is_empty());
        assert!(tracker.search_is_due(false, now));
        assert!(!tracker.search_is_due(false, now));
        for partition in [3, 4, 5] {
            tracker.record_likely(partition);
        }
        assert_eq!(tracker.candidates(32, &[4], now).len(), 2);
        assert_eq!(tracker.candidates(1, &[], now).len(), 1);
        tracker.record_delivered(3, 7);
        tracker.record_delivered(4, 0);
        tracker.record_delayed(5, Duration::from_secs(9), now);
        assert_eq!(tracker.candidates(32, &[], now), [3]);
        assert_eq!(tracker.next(&[], now), Some(Duration::from_secs(9)));
        assert_eq!(tracker.next(&[5], now), None);
        tracker.record_empty(3, now);
        tracker.record_likely(3);
        assert!(tracker.candidates(32, &[], now).is_empty(), "not at once");
        assert_eq!(tracker.candidates(32, &[], now + EMPTY_PAUSE), [3]);
    }
}
