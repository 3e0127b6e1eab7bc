//! Leases of events: take, renew, settle.

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::jetstream::message::{AckKind, Message};
use asyncapi_runtime::Inbound;
use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::{StreamExt, TryStreamExt};

use super::attempt_log::{AttemptLog, Ending};
use super::orphans::OrphanTracker;
use super::partitions::PartitionTracker;
use super::revisions::Resource;
use super::stream::{self, PARTITIONS, StreamSeq};
use super::{Nats, SILENCE, codec, unavailable, with_timeout};
use crate::inbox::{
    Batch, Delivery, EntryId, EventId, InboxError, LeaseToken, LeasedDelivery, Reason, ReasonKind, Settlement,
};

/// The time limit of a fetch from a partition with a leased event. A server without an event for it responds at once.
const FETCH_TIMEOUT: Duration = Duration::from_millis(50);

/// An event that this process has leased.
#[derive(Clone)]
pub(super) struct ActiveLease {
    partition: usize,
    message: Message,
    /// The delivery count, as a fencing token: each later lease of the event has a larger one.
    fence: u64,
    attempt_log: AttemptLog,
    /// Whether an earlier attempt was interrupted.
    interrupted: bool,
    /// The resource whose revision is stored when the event is done.
    resource: Option<Resource>,
    /// When it was leased or last renewed, before the request to the server.
    since: Instant,
}

impl Nats {
    pub(super) async fn lease_some(&self, most: usize) -> Result<Batch, InboxError> {
        self.find_orphans().await;
        let (mut leased, mut failed) = (Vec::new(), None);
        self.take_from_candidates(most, &mut leased, &mut failed).await;
        let is_busy = !self.leased().is_empty();
        if leased.len() < most && self.partitions().search_is_due(is_busy, Instant::now()) {
            match self.search_partitions().await {
                Ok(()) => self.take_from_candidates(most, &mut leased, &mut failed).await,
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            // The events of the other partitions are already leased, so they are returned.
            Some(error) if !leased.is_empty() => tracing::warn!(%error, "a partition could not be read"),
            Some(error) => return Err(error),
            None => {}
        }
        leased.sort_by_key(|leased| leased.token.entry_id);
        let next = self.partitions().next(&self.busy_partitions(), Instant::now());
        Ok(Batch { leased, next })
    }

    /// Leases events from the partitions that may have one, until there are `most`. One request for each partition, all
    /// at once.
    async fn take_from_candidates(
        &self,
        most: usize,
        leased: &mut Vec<LeasedDelivery>,
        failed: &mut Option<InboxError>,
    ) {
        let busy = self.busy_partitions();
        let candidates = self.partitions().candidates(most.saturating_sub(leased.len()), &busy, Instant::now());
        for taken in join_all(candidates.into_iter().map(|partition| self.take(partition))).await {
            match taken {
                Ok(taken) => leased.extend(taken),
                Err(error) => *failed = Some(error),
            }
        }
    }

    /// Finds the partitions that contain messages, with one request.
    async fn search_partitions(&self) -> Result<(), InboxError> {
        let search = async {
            let subjects = self.queue.info_with_subjects(stream::every_subject(&self.name)).await;
            subjects.map_err(unavailable)?.try_collect::<Vec<_>>().await.map_err(unavailable)
        };
        let found = with_timeout(SILENCE, search).await?;
        let mut partitions = self.partitions();
        for (subject, _) in found {
            let number = subject.rsplit('.').next().and_then(|number| number.parse().ok());
            if let Some(partition) = number.filter(|number| *number < PARTITIONS) {
                partitions.record_likely(partition);
            }
        }
        Ok(())
    }

    fn busy_partitions(&self) -> Vec<usize> {
        self.leased().values().map(|held| held.partition).collect()
    }

    pub(super) fn partitions(&self) -> MutexGuard<'_, PartitionTracker> {
        self.partitions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leases the next event of a partition, if there is one.
    async fn take(&self, partition: usize) -> Result<Option<LeasedDelivery>, InboxError> {
        let since = Instant::now();
        let next = async {
            let batch = self.consumers[partition].fetch().max_messages(1).expires(FETCH_TIMEOUT).messages().await;
            Ok(batch.map_err(unavailable)?.next().await)
        };
        let Some(message) = with_timeout(SILENCE, next).await? else {
            self.partitions().record_empty(partition, Instant::now());
            return Ok(None);
        };
        let message = message.map_err(InboxError::Unavailable)?;
        let Ok(codec::WireMessage { delivery, .. }) = codec::read(&message.payload) else {
            return self.dead_letter_foreign_message(&message).await.map(|()| None);
        };
        let info = message.info().map_err(InboxError::Unreadable)?;
        let (sequence, delivered, behind) = (info.stream_sequence, info.delivered, info.pending);
        self.partitions().record_delivered(partition, behind);
        let (fence, entry_id) = (delivered.unsigned_abs(), StreamSeq::Queue(sequence).entry_id());
        let attempt_log = self.attempt_log(sequence, fence).await;
        let (attempt, interrupted) = (attempt_log.attempt(fence), attempt_log.is_interrupted(fence));
        let (resource, freshness) = self.look_up(&delivery).await;
        let held = ActiveLease { partition, message, fence, attempt_log, interrupted, resource, since };
        if let Err(held) = self.hold(entry_id, held) {
            self.write_attempt_log(sequence, held.attempt_log, fence, Ending::GivenBack).await;
            let backoff = self.retry_backoff(attempt);
            acknowledge(&held.message, AckKind::Nak(Some(backoff))).await?;
            self.partitions().record_delayed(partition, backoff, Instant::now());
            return Ok(None);
        }
        let token = LeaseToken { entry_id, fence };
        Ok(Some(LeasedDelivery { token, delivery, attempt, freshness }))
    }

    /// Stores a lease. Only one interrupted event is leased at a time, since it may crash the process again; another
    /// one is returned.
    fn hold(&self, entry_id: EntryId, held: ActiveLease) -> Result<(), Box<ActiveLease>> {
        let mut leased = self.leased();
        if held.interrupted && leased.values().any(|other| other.interrupted) {
            return Err(Box::new(held));
        }
        leased.insert(entry_id, held);
        Ok(())
    }

    /// Moves a message that another program published to the dead letters. Otherwise it would block its partition
    /// forever.
    async fn dead_letter_foreign_message(&self, message: &Message) -> Result<(), InboxError> {
        let sequence = message.info().map_err(InboxError::Unreadable)?.stream_sequence;
        let id = format!("unreadable:{sequence}");
        let stranger = |body| Delivery::new(EventId::new(&id), Inbound::new(body));
        let reason = Reason::new(ReasonKind::Undecodable, "no inbox has put this into the stream");
        tracing::warn!(reason = %reason.kind(), receipt = %StreamSeq::Queue(sequence).entry_id(), "dead letter");
        let kept = self.dead_letter(&stranger(message.payload.clone()), 0, &reason, &id).await;
        if let Err(InboxError::TooLarge { .. }) = kept {
            let reason =
                Reason::new(reason.kind(), "no inbox has put this into the stream, and it is too large to keep");
            self.dead_letter(&stranger(Bytes::new()), 0, &reason, &id).await?;
        } else {
            kept?;
        }
        message.double_ack().await.map_err(InboxError::Unavailable)
    }

    pub(super) async fn renew_lease(&self, token: LeaseToken) -> Result<(), InboxError> {
        let held = self.held(token)?;
        let since = Instant::now();
        if since.duration_since(held.since) >= self.lease {
            // The lease has expired, so the server may already have delivered the event to another worker.
            self.leased().remove(&token.entry_id);
            return Err(InboxError::Superseded);
        }
        acknowledge(&held.message, AckKind::Progress).await?;
        if let Some(held) = self.leased().get_mut(&token.entry_id) {
            held.since = since;
        }
        Ok(())
    }

    pub(super) async fn end_lease(&self, token: LeaseToken, settlement: Settlement) -> Result<(), InboxError> {
        let ActiveLease { partition, message, resource, since, attempt_log, .. } = self.held(token)?;
        let sequence = match StreamSeq::of(token.entry_id) {
            StreamSeq::Queue(sequence) | StreamSeq::Dead(sequence) => sequence,
        };
        let ack = match settlement {
            Settlement::Done => {
                // Stored before the acknowledgement. If the process ends between both, the event is handled again, and
                // its freshness shows that it was handled before.
                if let Some(resource) = &resource {
                    self.note(resource).await?;
                }
                AckKind::Ack
            }
            Settlement::Retry { after } => {
                self.write_attempt_log(sequence, attempt_log, token.fence, Ending::Failed).await;
                AckKind::Nak(Some(after))
            }
            Settlement::Released => {
                self.write_attempt_log(sequence, attempt_log, token.fence, Ending::GivenBack).await;
                AckKind::Nak(None)
            }
            Settlement::Dead(reason) => {
                let delivery = codec::read(&message.payload)?.delivery;
                let attempts = attempt_log.attempt(token.fence);
                let id = format!("{}:dead:{}", delivery.id(), token.entry_id);
                self.dead_letter(&delivery, attempts, &reason, &id).await?;
                AckKind::Ack
            }
        };
        let has_ended = matches!(ack, AckKind::Ack);
        let delay = if let AckKind::Nak(delay) = ack { Some(delay.unwrap_or_default()) } else { None };
        if let Err(error) = acknowledge(&message, ack).await {
            return Err(self.if_still_leased(token, since, error));
        }
        if has_ended {
            self.ends().remember(sequence);
        }
        if let Some(delay) = delay {
            self.partitions().record_delayed(partition, delay, Instant::now());
        }
        self.leased().remove(&token.entry_id);
        self.changed.notify_one();
        if has_ended && token.fence > 1 {
            self.forget_attempt_log(sequence).await;
        }
        Ok(())
    }

    /// The error for a failed acknowledgement. If the lease has expired, it is removed and the error is `Superseded`: a
    /// server that has forgotten the lease never answers, so a retry would block the partition forever.
    fn if_still_leased(&self, token: LeaseToken, since: Instant, error: InboxError) -> InboxError {
        if since.elapsed() <= self.lease {
            return error;
        }
        tracing::warn!(%error, receipt = %token.entry_id, "the acknowledgement was too late, so the event is redelivered");
        self.leased().remove(&token.entry_id);
        InboxError::Superseded
    }

    pub(super) fn ends(&self) -> MutexGuard<'_, OrphanTracker> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The events that this process has leased.
    pub(super) fn leased_here(&self) -> Vec<EntryId> {
        self.leased().keys().copied().collect()
    }

    fn leased(&self) -> MutexGuard<'_, HashMap<EntryId, ActiveLease>> {
        self.leased.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self, token: LeaseToken) -> Result<ActiveLease, InboxError> {
        let held = self.leased().get(&token.entry_id).filter(|held| held.fence == token.fence).cloned();
        held.ok_or(InboxError::Superseded)
    }
}

/// Sends an acknowledgement, and waits until the server has confirmed it.
async fn acknowledge(message: &Message, kind: AckKind) -> Result<(), InboxError> {
    with_timeout(SILENCE, async { message.double_ack_with(kind).await.map_err(InboxError::Unavailable) }).await
}
