//! The stream of dead letters. It is read from its start, since there should be few.

use std::time::Duration;

use super::stream::StreamSeq;
use super::{Nats, codec, stream, unavailable};
use crate::inbox::{Entry, EventId, InboxError, Page, State};

impl Nats {
    pub(super) async fn list_dead(&self, page: Page, entries: &mut Vec<Entry>) -> Result<(), InboxError> {
        let mut from = StreamSeq::first_dead_after(page.after);
        for _ in 0..page.most {
            let Some(message) = stream::next(&self.dead, &self.dead_subject(), from).await? else {
                break;
            };
            from = message.sequence.saturating_add(1);
            // A message that another program published is not a dead letter, so it is skipped.
            if let Ok(letter) = codec::read(&message.payload) {
                entries.push(stream::entry(StreamSeq::Dead(message.sequence), &letter, State::Dead));
            }
        }
        Ok(())
    }

    pub(super) async fn find_dead(&self, id: &EventId) -> Result<Option<u64>, InboxError> {
        stream::find(&self.dead, &self.dead_subject(), id).await
    }

    /// Deletes the dead letters that are older than this. The stream is ordered by the times at which they became dead.
    pub(super) async fn purge_letters(&self, kept: Duration) -> Result<u64, InboxError> {
        let mut purged = 0;
        let lived = self.uptime().await?;
        let now = self.servers_time().await?;
        while let Some(message) = stream::next(&self.dead, &self.dead_subject(), 0).await? {
            // A letter of an earlier version has no uptime. Its age is the smaller of the uptime and the age by server
            // time.
            let by_servers = now.map_or(0, |now| now.saturating_sub(message.time.unix_timestamp()));
            let no_older = lived.min(u64::try_from(by_servers).unwrap_or(0));
            let died = codec::read(&message.payload).ok().and_then(|letter| letter.lived);
            let age = died.map_or(no_older, |died| lived.saturating_sub(died));
            if Duration::from_secs(age) <= kept {
                break;
            }
            self.dead.delete_message(message.sequence).await.map_err(unavailable)?;
            purged += 1;
        }
        Ok(purged)
    }

    /// Moves the dead letter with this sequence number to the queue. Returns whether it exists.
    pub(super) async fn requeue_entry(&self, sequence: u64) -> Result<bool, InboxError> {
        let Some(message) = stream::message(&self.dead, sequence).await? else {
            return Ok(false);
        };
        let delivery = codec::read(&message.payload)?.delivery;
        // A new message id: within two hours, the id of the event would be a duplicate.
        let id = format!("{}:requeued:{sequence}", delivery.id());
        self.publish_event(&delivery, &id).await?;
        self.dead.delete_message(sequence).await.map_err(unavailable)?;
        Ok(true)
    }

    /// Requeues all current dead letters. Stops at the last of them: a letter that dies again is stored behind it.
    pub(super) async fn requeue_each_entry(&self, tell: &(dyn Fn(u64) + Sync)) -> Result<u64, InboxError> {
        let last = stream::state(&self.dead).await?.last_sequence;
        let (mut from, mut revived) = (0, 0);
        while let Some(message) = stream::next(&self.dead, &self.dead_subject(), from).await? {
            if message.sequence > last {
                break;
            }
            from = message.sequence + 1;
            if codec::read(&message.payload).is_ok() {
                revived += u64::from(self.requeue_entry(message.sequence).await?);
                tell(revived);
            }
        }
        Ok(revived)
    }

    fn dead_subject(&self) -> String {
        stream::dead_subject(&self.name)
    }
}
