//! The inbox in JetStream, the persistent streams of NATS.

mod admin;
mod attempt_log;
mod codec;
mod dead_letters;
mod last_arrival;
mod leases;
mod orphans;
mod partitions;
mod revisions;
mod stream;
mod uptime;

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::context::{GetStreamErrorKind, PublishErrorKind};
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{Context, ErrorCode};
use asyncapi_runtime::{BoxError, BoxFuture};
use bytes::Bytes;
use futures_util::future::try_join_all;
use jiff::Timestamp;
use tokio::sync::Notify;

use super::{
    Batch, Delivery, Entry, EntryId, EventId, Inbox, InboxError, LeaseToken, Page, PurgeCounts, PutOutcome, Reason,
    Retention, Settlement, State, Stats, Stored,
};
use crate::clock::elapsed;
use crate::defaults;
use last_arrival::LastArrival;
use leases::ActiveLease;
use orphans::OrphanTracker;
use partitions::PartitionTracker;
use stream::{PARTITIONS, StreamSeq, dead_subject, partition, subject};
use uptime::UptimeStart;

/// How long the server may take to answer. A killed server never answers, and another one replaces it soon.
const SILENCE: Duration = Duration::from_secs(2);

/// The bytes reserved in a message for the reason of a dead letter. JSON escapes may take six bytes per character.
const REASON_ROOM: usize = 64 * 1024;

/// The bytes reserved in a message for headers: 64 KiB of headers, and their JSON escapes.
const HEAD_ROOM: usize = 192 * 1024;

/// An inbox in NATS JetStream, which several receivers and workers can share.
///
/// It consists of three streams: `NAME`, a work queue with 32 partitions, `NAME_dead`, and `NAME_revisions`. It differs
/// from the other implementations of [`Inbox`]:
///
/// - **Durability depends on the settings of JetStream.** By default a server acknowledges a message before the message
///   is synced to the disk, and syncs every 2 minutes (`sync_interval`). A single server that loses its power loses the
///   messages since the last sync. Run three servers with three replicas, so that a majority has each message, or set
///   `sync_interval: always`. Three servers tolerate the loss of one at a time. Servers of version 2.9 have lost
///   acknowledged messages when a second server was killed before the first had caught up: restart them one by one.
/// - Tested with servers of versions 2.15 and 2.9. Version 2.9 is not recommended: after a leader was killed, some
///   consumers delivered nothing until the servers were restarted.
/// - Duplicates are recognized for 2 hours (`Nats-Msg-Id`), not for 7 days.
/// - Existing streams keep their settings, such as the number of replicas.
/// - Events are ordered in each of the 32 partitions. The hash of the key selects the partition. So at most 32 events
///   are handled at the same time, and an event that waits for its next attempt blocks its partition.
/// - An event whose worker was killed is redelivered when its lease ends, after 2 minutes by default. The worker renews
///   the lease while a handler runs. If the server is unreachable for a complete lease, the worker drops the handler,
///   because the event will be redelivered. Each of the other processes retries, one at a time, the events that were
///   interrupted when a process ended.
/// - Revisions are remembered for 7 days. If they cannot be read, the event is still handled, and its
///   [`Freshness`](asyncapi_runtime::Freshness) is `Unknown`.
/// - The time of the last event is accurate to 10 seconds. If dead letters have a [`Retention`], their age grows only
///   while a worker is connected, is accurate to some minutes, and does not depend on the clocks of the servers.
/// - Events that wait or are leased are listed as ready. Entry ids are even for events in the queue, and odd for dead
///   letters. To find an entry by its event id, all entries before it are read.
/// - A server accepts messages of up to 1 MB by default (`max_payload`). A larger body is answered with 413: see
///   [`largest_body`](Self::largest_body).
///
/// ```no_run
/// use asyncapi_receiver::inbox::{InboxError, Nats};
///
/// # async fn open() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let client = async_nats::connect("nats://127.0.0.1:4222").await?;
/// let jetstream = async_nats::jetstream::new(client);
/// let inbox = Nats::open(jetstream, "webhooks", 3).await?;
/// # Ok(())
/// # }
/// ```
pub struct Nats {
    context: Context,
    name: String,
    queue: Stream,
    dead: Stream,
    revisions: Stream,
    consumers: Vec<PullConsumer>,
    lease: Duration,
    leased: Mutex<HashMap<EntryId, ActiveLease>>,
    ends: Mutex<OrphanTracker>,
    noted: LastArrival,
    began: Mutex<Option<UptimeStart>>,
    partitions: Mutex<PartitionTracker>,
    changed: Notify,
}

impl Nats {
    /// Opens the inbox with this name, or creates it with this number of replicas: 1, 3 or 5.
    ///
    /// # Errors
    ///
    /// JetStream is unavailable, or a stream with this name exists and is not an inbox.
    pub async fn open(context: Context, name: &str, replicas: usize) -> Result<Self, InboxError> {
        Self::open_with_lease(context, name, replicas, defaults::NATS_LEASE).await
    }

    /// Like [`open`](Self::open), with this lease: an event is redelivered if its worker is silent for as long.
    /// Default: 2 min.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn open_with_lease(
        context: Context,
        name: &str,
        replicas: usize,
        lease: Duration,
    ) -> Result<Self, InboxError> {
        let queue = context.get_or_create_stream(stream::queue(name, replicas)).await.map_err(unavailable)?;
        Self::attach(context, name, queue, lease).await
    }

    /// Opens the inbox with this name. `None` if it does not exist.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub async fn open_existing(context: Context, name: &str) -> Result<Option<Self>, InboxError> {
        let queue = match context.get_stream(name).await {
            Ok(queue) => queue,
            Err(error) if is_absent(error.kind()) => return Ok(None),
            Err(error) => return Err(unavailable(error)),
        };
        Self::attach(context, name, queue, defaults::NATS_LEASE).await.map(Some)
    }

    /// Opens the streams and consumers that belong to this queue. Creates those that do not exist.
    async fn attach(context: Context, name: &str, queue: Stream, lease: Duration) -> Result<Self, InboxError> {
        let replicas = queue.cached_info().config.num_replicas;
        let dead = context.get_or_create_stream(stream::dead(name, replicas)).await.map_err(unavailable)?;
        let revisions = context.get_or_create_stream(stream::revisions(name, replicas)).await.map_err(unavailable)?;
        let consumers = (0..PARTITIONS).map(async |partition| {
            let config = stream::consumer(name, partition, lease);
            let durable = config.durable_name.clone().unwrap_or_default();
            queue.get_or_create_consumer(&durable, config).await.map_err(unavailable)
        });
        // In parallel, because in a cluster the servers take some time to agree on each consumer.
        let consumers = try_join_all(consumers).await?;
        // Existing consumers keep their lease.
        let spans = consumers.iter().map(|consumer: &PullConsumer| consumer.cached_info().config.ack_wait);
        let lease = spans.min().unwrap_or(lease);
        let inbox = Self {
            context,
            name: name.to_owned(),
            queue,
            dead,
            revisions,
            consumers,
            lease,
            leased: Mutex::default(),
            ends: Mutex::default(),
            noted: LastArrival::never(),
            began: Mutex::default(),
            partitions: Mutex::default(),
            changed: Notify::new(),
        };
        let (largest, usual) = (inbox.largest_body(), defaults::BODY_LIMIT);
        if largest < usual {
            tracing::warn!(
                largest,
                usual,
                "larger bodies are answered with 413: max_payload of the NATS server is too small"
            );
        }
        Ok(inbox)
    }

    /// The largest body, in bytes, that is stored whatever its headers are: `max_payload` of the server less 256 KiB.
    /// A larger body may be answered with 413, as [`InboxError::TooLarge`].
    #[must_use]
    pub fn largest_body(&self) -> usize {
        self.largest_event().saturating_sub(HEAD_ROOM)
    }

    /// The number of servers that have a copy of the inbox.
    #[must_use]
    pub fn replicas(&self) -> usize {
        self.queue.cached_info().config.num_replicas
    }

    fn largest_event(&self) -> usize {
        self.context.client().max_payload().saturating_sub(REASON_ROOM)
    }

    /// Publishes a message and waits until the server has stored it. Returns its sequence number; `None` for a
    /// duplicate.
    async fn publish(&self, subject: String, id: &str, frame: Bytes) -> Result<Option<u64>, InboxError> {
        let bytes = frame.len();
        let mut headers = async_nats::HeaderMap::new();
        // Hashed, because an event id may contain characters that a header must not contain.
        headers.insert(NATS_MESSAGE_ID, EventId::of_body(id.as_bytes()).as_str());
        let sent = self.context.publish_with_headers(subject, headers, frame).await;
        let sent = sent.map_err(|error| match error.kind() {
            PublishErrorKind::MaxPayloadExceeded => {
                InboxError::TooLarge { bytes, most: self.context.client().max_payload() }
            }
            _ => unavailable(error),
        })?;
        let stored = sent.await.map_err(unavailable)?;
        Ok((!stored.duplicate).then_some(stored.sequence))
    }

    async fn publish_event(&self, delivery: &Delivery, id: &str) -> Result<PutOutcome, InboxError> {
        let frame = codec::write(delivery);
        self.check_size(frame.len())?;
        let partition = partition(delivery);
        let put = self.publish(subject(&self.name, partition), id, frame).await;
        self.partitions().record_likely(partition);
        self.changed.notify_one();
        Ok(put?.map_or(PutOutcome::Duplicate, |sequence| PutOutcome::Stored(StreamSeq::Queue(sequence).entry_id())))
    }

    /// Checks that a message has space for the event and for the reason that it gets if it becomes a dead letter.
    fn check_size(&self, bytes: usize) -> Result<(), InboxError> {
        let most = self.largest_event();
        if bytes > most { Err(InboxError::TooLarge { bytes, most }) } else { Ok(()) }
    }

    async fn dead_letter(
        &self,
        delivery: &Delivery,
        attempts: u32,
        reason: &Reason,
        id: &str,
    ) -> Result<PutOutcome, InboxError> {
        // Without it, the age of the letter is the smaller of two: the uptime of the inbox and the age by server
        // clocks.
        let lived = self.uptime().await.ok();
        let frame = codec::write_letter(delivery, attempts, reason, lived);
        let put = self.publish(dead_subject(&self.name), id, frame).await?;
        Ok(put.map_or(PutOutcome::Duplicate, |sequence| PutOutcome::Stored(StreamSeq::Dead(sequence).entry_id())))
    }
}

fn is_absent(kind: GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

/// Runs the work. Returns `Unavailable` if it takes longer than `time`.
async fn with_timeout<T>(time: Duration, work: impl Future<Output = Result<T, InboxError>>) -> Result<T, InboxError> {
    tokio::time::timeout(time, work).await.unwrap_or_else(|elapsed| Err(unavailable(elapsed)))
}

fn unavailable(error: impl Into<BoxError>) -> InboxError {
    InboxError::Unavailable(error.into())
}

impl Inbox for Nats {
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        Box::pin(async move {
            let put = self.publish_event(&delivery, delivery.id().as_str()).await?;
            self.note_arrival(&delivery, put).await;
            Ok(put)
        })
    }

    fn put_dead(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<PutOutcome, InboxError>> {
        Box::pin(async move {
            self.check_size(delivery.inbound().body().len())?;
            let put = self.dead_letter(&delivery, 0, &reason, delivery.id().as_str()).await?;
            self.note_arrival(&delivery, put).await;
            Ok(put)
        })
    }

    fn lease(&self, most: usize) -> BoxFuture<'_, Result<Batch, InboxError>> {
        Box::pin(self.lease_some(most))
    }

    fn lease_duration(&self) -> Option<Duration> {
        Some(self.lease)
    }

    fn renew(&self, token: LeaseToken) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(self.renew_lease(token))
    }

    fn settle(&self, token: LeaseToken, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(self.end_lease(token, settlement))
    }

    fn ready(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.changed.notified())
    }

    fn list(&self, page: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>> {
        Box::pin(async move {
            let mut entries = Vec::new();
            if matches!(page.state, None | Some(State::Ready)) {
                self.list_pending(page, &mut entries).await?;
            }
            if matches!(page.state, None | Some(State::Dead)) {
                self.list_dead(page, &mut entries).await?;
            }
            entries.sort_by_key(|entry: &Entry| entry.entry_id);
            entries.truncate(page.most);
            Ok(entries)
        })
    }

    fn get(&self, entry_id: EntryId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        Box::pin(self.stored_at(StreamSeq::of(entry_id)))
    }

    fn find(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        Box::pin(async move {
            let seat = match self.find_dead(&id).await? {
                Some(sequence) => Some(StreamSeq::Dead(sequence)),
                None => self.find_pending(&id).await?.map(StreamSeq::Queue),
            };
            match seat {
                Some(seat) => self.stored_at(seat).await,
                None => Ok(None),
            }
        })
    }

    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        Box::pin(async move {
            match self.find_dead(&id).await? {
                Some(sequence) => self.requeue_entry(sequence).await,
                None => Ok(false),
            }
        })
    }

    fn requeue_all_with_progress<'a>(
        &'a self,
        tell: &'a (dyn Fn(u64) + Sync),
    ) -> BoxFuture<'a, Result<u64, InboxError>> {
        Box::pin(self.requeue_each_entry(tell))
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>> {
        Box::pin(async move {
            let (queue, dead) = (stream::state(&self.queue).await?, stream::state(&self.dead).await?);
            let millis = |second: i64| second.saturating_mul(1_000);
            // The local clock, unless the server clock is ahead: then the time of the last message.
            let now = Timestamp::now().as_millisecond().max(millis(queue.last_timestamp.unix_timestamp()));
            let oldest = elapsed(millis(queue.first_timestamp.unix_timestamp()), now);
            Ok(Stats {
                pending: queue.messages,
                dead: dead.messages,
                oldest_pending: (queue.messages > 0).then_some(oldest),
                last_event: self.last_arrival().await?,
            })
        })
    }

    fn discard(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        Box::pin(async move {
            match self.find_dead(&id).await? {
                Some(sequence) => self.dead.delete_message(sequence).await.map_err(unavailable),
                None => Ok(false),
            }
        })
    }

    /// Stores a small message, in a stream of its own.
    fn check_writable(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(async move {
            let sent = self.context.publish(stream::probe_subject(&self.name), Bytes::new());
            with_timeout(SILENCE, async { sent.await.map_err(unavailable)?.await.map_err(unavailable) }).await?;
            Ok(())
        })
    }

    /// Stores the uptime, from which the age of dead letters is computed. Everything else is stored already.
    fn checkpoint(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(self.persist_uptime())
    }

    /// Deletes dead letters only. The server deletes the ids of handled events by itself.
    fn purge(&self, retention: Retention) -> BoxFuture<'_, Result<PurgeCounts, InboxError>> {
        Box::pin(async move {
            self.flush_last_arrival().await?;
            self.persist_uptime().await?;
            let dead = match retention.dead {
                Some(kept) => self.purge_letters(kept).await?,
                None => 0,
            };
            Ok(PurgeCounts { done: 0, dead })
        })
    }
}

impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let leased = self.leased_here();
        f.debug_struct("Nats").field("name", &self.name).field("leased", &leased).finish_non_exhaustive()
    }
}
