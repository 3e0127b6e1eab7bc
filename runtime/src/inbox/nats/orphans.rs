//! What stays in the queue though the server gives it to nobody any more.
//!
//! Where the leader of a stream is killed just as the end of an event is written down, some servers (2.9 among them) keep
//! the message and forget that anybody waits for it. It would count as pending for ever, and were its end not written
//! down, it would be lost.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;

use super::stream::{self, PARTITIONS, subject};
use super::{Nats, SILENCE, codec, unavailable, with_timeout};
use crate::inbox::InboxError;

/// How many ends are remembered, to tell an event that is done from one that has to be handled again.
const REMEMBERED: usize = 1 << 16;

/// How long may be looked for it: others wait to be leased.
const AT_MOST: Duration = Duration::from_millis(500);

/// What is known of the queue beyond what the server says.
#[derive(Debug, Default)]
pub(super) struct OrphanTracker {
    /// The numbers of the events that ended here, the last ones.
    ended: VecDeque<u64>,
    /// Since when a number has been seen in the queue with nobody to have it.
    left: BTreeMap<u64, Instant>,
    /// When that was last looked for.
    looked: Option<Instant>,
}

impl OrphanTracker {
    pub(super) fn remember(&mut self, sequence: u64) {
        if self.ended.len() == REMEMBERED {
            self.ended.pop_front();
        }
        self.ended.push_back(sequence);
    }

    /// Whether it is to be looked for now, which it then is.
    fn is_due(&mut self, every: Duration) -> bool {
        let is_due = self.looked.is_none_or(|looked| looked.elapsed() >= every);
        if is_due {
            self.looked = Some(Instant::now());
        }
        is_due
    }
}

impl Nats {
    /// Looks for what is left behind, once in the time of a lease. Where no server answers, the next time does.
    pub(super) async fn find_orphans(&self) {
        if self.ends().is_due(self.lease)
            && let Err(error) = self.requeue_orphans().await
        {
            tracing::debug!(%error, "what a server may have forgotten was not looked for");
        }
    }

    /// Removes what is done and has been left behind for longer than a lease, and has the rest handled again.
    async fn requeue_orphans(&self) -> Result<(), InboxError> {
        let mut left = BTreeMap::new();
        let looking = try_join_all((0..PARTITIONS).map(|partition| self.left_in(partition)));
        for (partition, found) in with_timeout(AT_MOST, looking).await?.into_iter().enumerate() {
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

    /// The numbers of a partition's events that were given to somebody, while nobody has any.
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
        tracing::warn!(partition, sequence, is_done, "the server had forgotten an event in the queue");
        if !is_done && let Ok(event) = codec::read(&message.payload) {
            // Not the event's own id: within two hours that would be a duplicate.
            let id = format!("{}:left:{sequence}", event.delivery.id());
            self.publish_event(&event.delivery, &id).await?;
        }
        self.queue.delete_message(sequence).await.map_err(unavailable)?;
        Ok(())
    }
}
