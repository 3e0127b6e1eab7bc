//! Finds messages that are in the queue but that the server does not deliver any more.
//!
//! If the leader of a stream is killed while an acknowledgement is stored, some servers (such as 2.9) keep the message
//! and never deliver it again. It would be pending forever, and if its end was not recorded, the event would be lost.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;

use super::stream::{self, PARTITIONS, subject};
use super::{Nats, SILENCE, codec, unavailable, with_timeout};
use crate::inbox::InboxError;

/// The number of ended events to remember, which must not be handled again.
const MAX_REMEMBERED: usize = 1 << 16;

/// The time limit of the search, since leases wait for it.
const SEARCH_TIMEOUT: Duration = Duration::from_millis(500);

/// What this process knows about the queue.
#[derive(Debug, Default)]
pub(super) struct OrphanTracker {
    /// The sequence numbers of the last events that ended in this process.
    ended: VecDeque<u64>,
    /// When a message without a consumer was first seen, by sequence number.
    left: BTreeMap<u64, Instant>,
    /// When the last search was.
    looked: Option<Instant>,
}

impl OrphanTracker {
    pub(super) fn remember(&mut self, sequence: u64) {
        if self.ended.len() == MAX_REMEMBERED {
            self.ended.pop_front();
        }
        self.ended.push_back(sequence);
    }

    /// Whether a search is due; if so, it counts as done.
    fn is_due(&mut self, every: Duration) -> bool {
        let is_due = self.looked.is_none_or(|looked| looked.elapsed() >= every);
        if is_due {
            self.looked = Some(Instant::now());
        }
        is_due
    }
}

impl Nats {
    /// Searches for orphans, once per lease duration. A failed search is repeated later.
    pub(super) async fn find_orphans(&self) {
        if self.ends().is_due(self.lease)
            && let Err(error) = self.requeue_orphans().await
        {
            tracing::debug!(%error, "the search for orphaned messages failed");
        }
    }

    /// Deletes done orphans that are older than a lease, and requeues the others.
    async fn requeue_orphans(&self) -> Result<(), InboxError> {
        let mut left = BTreeMap::new();
        let looking = try_join_all((0..PARTITIONS).map(|partition| self.left_in(partition)));
        for (partition, found) in with_timeout(SEARCH_TIMEOUT, looking).await?.into_iter().enumerate() {
            for sequence in found {
                let since = self.ends().left.get(&sequence).copied().unwrap_or_else(Instant::now);
                if since.elapsed() > self.lease {
                    with_timeout(SILENCE, self.take_up(partition, sequence)).await?;
                } else {
                    left.insert(sequence, since);
                }
            }
        }
        self.ends().left = left;
        Ok(())
    }

    /// The delivered messages of a partition without pending acknowledgements.
    async fn left_in(&self, partition: usize) -> Result<Vec<u64>, InboxError> {
        let consumer = self.consumers[partition].get_info().await.map_err(unavailable)?;
        let mut left = Vec::new();
        if consumer.num_ack_pending > 0 {
            return Ok(left);
        }
        let mut from = 0;
        while let Some(message) = stream::next(&self.queue, &subject(&self.name, partition), from).await? {
            if message.sequence > consumer.delivered.stream_sequence {
                break;
            }
            from = message.sequence + 1;
            left.push(message.sequence);
        }
        Ok(left)
    }

    async fn take_up(&self, partition: usize, sequence: u64) -> Result<(), InboxError> {
        let Some(message) = stream::message(&self.queue, sequence).await? else { return Ok(()) };
        let is_done = self.ends().ended.contains(&sequence);
        tracing::warn!(partition, sequence, is_done, "the server did not deliver an event in the queue any more");
        if !is_done && let Ok(event) = codec::read(&message.payload) {
            // A new id: the id of the event would be a duplicate within two hours.
            let id = format!("{}:left:{sequence}", event.delivery.id());
            self.publish_event(&event.delivery, &id).await?;
        }
        self.queue.delete_message(sequence).await.map_err(unavailable)?;
        Ok(())
    }
}
