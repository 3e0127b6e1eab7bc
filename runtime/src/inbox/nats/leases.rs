//! Events between their lease and their end.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::message::{AckKind, Message};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::join_all;

use super::frame;
use super::history::{Ending, History};
use super::left_behind::Ends;
use super::revisions::Resource;
use super::stream::{PARTITIONS, Seat};
use super::{Nats, SILENCE, unavailable, within};
use crate::Inbound;
use crate::inbox::{Batch, Delivery, EventId, InboxError, Leased, Reason, ReasonKind, Receipt, Settlement, Ticket};

/// How long a server is asked for the next event of a partition that somebody works on. One that has none says
/// so at once.
const BUSY: Duration = Duration::from_millis(50);

/// An event that is leased here.
#[derive(Clone)]
pub(super) struct Held {
    partition: usize,
    message: Message,
    /// How often it was delivered by then. A later lease of the same event has another number.
    fence: u64,
    history: History,
    /// Whether it was worked on when a process ended.
    interrupted: bool,
    /// Where its revision is to be written down once it is done.
    resource: Option<Resource>,
    /// When it was leased, or its lease renewed: before the server heard of it.
    since: Instant,
}

impl Nats {
    pub(super) async fn lease_some(&self, most: usize) -> Result<Batch, InboxError> {
        self.look_for_what_is_left().await;
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let (mut leased, mut failed) = (Vec::new(), None);
        // In turns, so that none is always last; and no more than are wanted at a time.
        let busy: Vec<_> = self.leased().values().map(|held| held.partition).collect();
        let partitions = (0..PARTITIONS).cycle().skip(turn % PARTITIONS).take(PARTITIONS);
        let mut partitions = partitions.filter(|partition| !busy.contains(partition));
        while leased.len() < most {
            let some: Vec<_> = partitions.by_ref().take(most - leased.len()).collect();
            if some.is_empty() {
                break;
            }
            for taken in join_all(some.into_iter().map(|partition| self.take(partition))).await {
                match taken {
                    Ok(taken) => leased.extend(taken),
                    Err(error) => failed = Some(error),
                }
            }
        }
        match failed {
            // Those that were taken are to be handled all the same.
            Some(error) if !leased.is_empty() => tracing::warn!(%error, "a partition could not be read"),
            Some(error) => return Err(error),
            None => {}
        }
        leased.sort_by_key(|leased| leased.ticket.receipt);
        Ok(Batch { leased, next: None })
    }

    /// The next event of a partition, if it has one that nobody works on.
    async fn take(&self, partition: usize) -> Result<Option<Leased>, InboxError> {
        let since = Instant::now();
        let next = async {
            let batch = self.consumers[partition].fetch().max_messages(1).expires(BUSY).messages().await;
            Ok(batch.map_err(unavailable)?.next().await)
        };
        let Some(message) = within(SILENCE, next).await? else {
            return Ok(None);
        };
        let message = message.map_err(InboxError::Unavailable)?;
        let Ok(frame::Frame { delivery, .. }) = frame::read(&message.payload) else {
            return self.bury_stranger(&message).await.map(|()| None);
        };
        let info = message.info().map_err(InboxError::Unreadable)?;
        let (sequence, delivered) = (info.stream_sequence, info.delivered);
        let (fence, receipt) = (delivered.unsigned_abs(), Seat::Queue(sequence).receipt());
        let history = self.history(sequence, fence).await;
        let (attempt, interrupted) = (history.attempt(fence), history.is_interrupted(fence));
        let (resource, freshness) = self.look_up(&delivery).await;
        let held = Held { partition, message, fence, history, interrupted, resource, since };
        if let Err(held) = self.hold(receipt, held) {
            self.write_history(sequence, held.history, fence, Ending::GivenBack).await;
            acknowledge(&held.message, AckKind::Nak(Some(self.wait_for_another()))).await?;
            return Ok(None);
        }
        let ticket = Ticket { receipt, fence };
        Ok(Some(Leased { ticket, delivery, attempt, freshness }))
    }

    /// Of those that were worked on when a process ended one at a time: it may be what ended that, and would take the
    /// others with it again. What it cannot be held beside is given back.
    fn hold(&self, receipt: Receipt, held: Held) -> Result<(), Box<Held>> {
        let mut leased = self.leased();
        if held.interrupted && leased.values().any(|other| other.interrupted) {
            return Err(Box::new(held));
        }
        leased.insert(receipt, held);
        Ok(())
    }

    /// What somebody else has published there would hold up its partition for ever.
    async fn bury_stranger(&self, message: &Message) -> Result<(), InboxError> {
        let sequence = message.info().map_err(InboxError::Unreadable)?.stream_sequence;
        let id = format!("unreadable:{sequence}");
        let stranger = |body| Delivery::new(EventId::new(&id), Inbound::new(body));
        let reason = Reason::new(ReasonKind::Undecodable, "no inbox has put this into the stream");
        tracing::warn!(reason = %reason.kind(), receipt = %Seat::Queue(sequence).receipt(), "dead letter");
        let kept = self.bury(&stranger(message.payload.clone()), 0, &reason, &id).await;
        if let Err(InboxError::TooLarge { .. }) = kept {
            let reason =
                Reason::new(reason.kind(), "no inbox has put this into the stream, and it is too large to keep");
            self.bury(&stranger(Bytes::new()), 0, &reason, &id).await?;
        } else {
            kept?;
        }
        message.double_ack().await.map_err(InboxError::Unavailable)
    }

    pub(super) async fn renew_lease(&self, ticket: Ticket) -> Result<(), InboxError> {
        let held = self.held(ticket)?;
        let since = Instant::now();
        if since.duration_since(held.since) >= self.lease {
            // The server has heard nothing for so long that it gives the event to whoever asks.
            self.leased().remove(&ticket.receipt);
            return Err(InboxError::Superseded);
        }
        acknowledge(&held.message, AckKind::Progress).await?;
        if let Some(held) = self.leased().get_mut(&ticket.receipt) {
            held.since = since;
        }
        Ok(())
    }

    pub(super) async fn end_lease(&self, ticket: Ticket, settlement: Settlement) -> Result<(), InboxError> {
        let Held { message, resource, since, history, .. } = self.held(ticket)?;
        let sequence = match Seat::of(ticket.receipt) {
            Seat::Queue(sequence) | Seat::Dead(sequence) => sequence,
        };
        let ack = match settlement {
            Settlement::Done => {
                // Before the end of the event: should this be all that is written down, a handler that runs again is
                // told that it has.
                if let Some(resource) = &resource {
                    self.note(resource).await?;
                }
                AckKind::Ack
            }
            Settlement::Retry { after } => {
                self.write_history(sequence, history, ticket.fence, Ending::Failed).await;
                AckKind::Nak(Some(after))
            }
            Settlement::Released => {
                self.write_history(sequence, history, ticket.fence, Ending::GivenBack).await;
                AckKind::Nak(None)
            }
            Settlement::Dead(reason) => {
                let delivery = frame::read(&message.payload)?.delivery;
                let attempts = history.attempt(ticket.fence);
                let id = format!("{}:dead:{}", delivery.id(), ticket.receipt);
                self.bury(&delivery, attempts, &reason, &id).await?;
                AckKind::Ack
            }
        };
        let has_ended = matches!(ack, AckKind::Ack);
        if let Err(error) = acknowledge(&message, ack).await {
            return Err(self.unless_over(ticket, since, error));
        }
        if has_ended {
            self.ends().remember(sequence);
        }
        self.leased().remove(&ticket.receipt);
        self.changed.notify_one();
        if has_ended && ticket.fence > 1 {
            self.forget_history(sequence).await;
        }
        Ok(())
    }

    /// Why the end could not be written down. Once the lease is over that is because it is: a server that has forgotten
    /// the lease never answers, and would hold up the partition for ever.
    fn unless_over(&self, ticket: Ticket, since: Instant, error: InboxError) -> InboxError {
        if since.elapsed() <= self.lease {
            return error;
        }
        tracing::warn!(%error, receipt = %ticket.receipt, "the end was not heard in time, so the event comes again");
        self.leased().remove(&ticket.receipt);
        InboxError::Superseded
    }

    pub(super) fn ends(&self) -> MutexGuard<'_, Ends> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is worked on here.
    pub(super) fn leased_here(&self) -> Vec<Receipt> {
        self.leased().keys().copied().collect()
    }

    fn leased(&self) -> MutexGuard<'_, HashMap<Receipt, Held>> {
        self.leased.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self, ticket: Ticket) -> Result<Held, InboxError> {
        let held = self.leased().get(&ticket.receipt).filter(|held| held.fence == ticket.fence).cloned();
        held.ok_or(InboxError::Superseded)
    }
}

/// Says so, and waits until the server has heard it.
async fn acknowledge(message: &Message, kind: AckKind) -> Result<(), InboxError> {
    within(SILENCE, async { message.double_ack_with(kind).await.map_err(InboxError::Unavailable) }).await
}
