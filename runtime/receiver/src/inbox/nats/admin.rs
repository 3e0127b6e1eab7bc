//! The queries of operators on the queue.

use super::stream::StreamSeq;
use super::{Nats, codec, stream};
use crate::inbox::{Entry, EventId, InboxError, Page, State, Stored};

impl Nats {
    pub(super) async fn list_pending(&self, page: Page, entries: &mut Vec<Entry>) -> Result<(), InboxError> {
        let mut from = StreamSeq::first_pending_after(page.after);
        for _ in 0..page.most {
            let Some(message) = stream::next(&self.queue, &stream::every_subject(&self.name), from).await? else {
                break;
            };
            from = message.sequence.saturating_add(1);
            // A message that another program published is skipped. It becomes a dead letter when it is delivered.
            if let Ok(event) = codec::read(&message.payload) {
                entries.push(stream::entry(StreamSeq::Queue(message.sequence), &event, State::Ready));
            }
        }
        Ok(())
    }

    pub(super) async fn find_pending(&self, id: &EventId) -> Result<Option<u64>, InboxError> {
        stream::find(&self.queue, &stream::every_subject(&self.name), id).await
    }

    pub(super) async fn stored_at(&self, seat: StreamSeq) -> Result<Option<Stored>, InboxError> {
        let (stream, sequence, state) = match seat {
            StreamSeq::Queue(sequence) => (&self.queue, sequence, State::Ready),
            StreamSeq::Dead(sequence) => (&self.dead, sequence, State::Dead),
        };
        let Some(message) = stream::message(stream, sequence).await? else {
            return Ok(None);
        };
        let event = codec::read(&message.payload)?;
        Ok(Some(Stored { entry: stream::entry(seat, &event, state), delivery: Some(event.delivery) }))
    }
}
