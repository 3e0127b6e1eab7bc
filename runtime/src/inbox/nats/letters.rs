//! The stream of dead letters, which is read from its beginning: there should not be many.

use std::time::Duration;

use jiff::Timestamp;

use super::{Nats, read, stream, unavailable};
use crate::clock::elapsed;
use crate::inbox::{Delivery, Entry, EventId, InboxError, Reason, Receipt, State};

/// A dead letter.
pub(super) struct Letter {
    pub(super) receipt: Receipt,
    pub(super) delivery: Delivery,
    pub(super) reason: Option<Reason>,
}

impl Letter {
    pub(super) fn entry(&self) -> Entry {
        stream::entry(self.receipt, &self.delivery, State::Dead, self.reason.clone())
    }
}

impl Nats {
    /// The dead letters after this one, until `wanted` has had enough.
    pub(super) async fn dead_letters(
        &self,
        after: Receipt,
        mut wanted: impl FnMut(Letter) -> bool + Send,
    ) -> Result<(), InboxError> {
        let state = stream::state(&self.dead).await?;
        let first = state.first_sequence.max(after.0.saturating_add(1));
        for sequence in first..=state.last_sequence {
            let Some(message) = stream::message(&self.dead, sequence).await? else {
                continue;
            };
            let (delivery, reason) = read(&message.payload)?;
            if !wanted(Letter { receipt: Receipt(sequence), delivery, reason }) {
                break;
            }
        }
        Ok(())
    }

    pub(super) async fn dead_letter(&self, id: &EventId) -> Result<Option<Letter>, InboxError> {
        let mut found = None;
        let is_it = |letter: Letter| {
            if letter.delivery.id() == id {
                found = Some(letter);
            }
            found.is_none()
        };
        self.dead_letters(Receipt(0), is_it).await.map(|()| found)
    }

    /// Removes those that are older than this. They are in the order of their deaths.
    pub(super) async fn purge_letters(&self, kept: Duration) -> Result<u64, InboxError> {
        let state = stream::state(&self.dead).await?;
        let now = Timestamp::now().as_millisecond();
        let mut purged = 0;
        for sequence in state.first_sequence..=state.last_sequence {
            let Some(message) = stream::message(&self.dead, sequence).await? else {
                continue;
            };
            if elapsed(message.time.unix_timestamp().saturating_mul(1_000), now) <= kept {
                break;
            }
            self.dead.delete_message(sequence).await.map_err(unavailable)?;
            purged += 1;
        }
        Ok(purged)
    }

    pub(super) async fn revive(&self, letter: &Letter) -> Result<(), InboxError> {
        // Not the event's own id: within two hours that would be a duplicate.
        let id = format!("{}:requeued:{}", letter.delivery.id(), letter.receipt);
        self.publish_event(&letter.delivery, &id).await?;
        self.dead.delete_message(letter.receipt.0).await.map_err(unavailable).map(|_| ())
    }
}
