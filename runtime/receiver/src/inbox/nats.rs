//! The inbox in a JetStream.

mod admin;
mod attempt_log;
mod codec;
mod dead_letters;
mod last_arrival;
mod leases;
mod orphans;
mod revisions;
mod stream;
mod uptime;

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
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
use stream::{PARTITIONS, StreamSeq, dead_subject, partition, subject};
use uptime::UptimeStart;

/// How long a server may take to answer. One that was killed never does, and another has its part soon after.
const SILENCE: Duration = Duration::from_secs(2);

/// The room that is left in a message for the reason of a dead letter, whose signs may take six bytes each.
const REASON_ROOM: usize = 64 * 1024;

/// The room for headers beside a body, 64 KiB of them with what escapes them.
const HEAD_ROOM: usize = 192 * 1024;

/// An inbox in a JetStream of NATS, that several receivers and workers share.
///
/// It is three streams: `NAME`, a work queue in 32 partitions, `NAME_dead`, and `NAME_revisions`. What it promises less
/// than a [`Inbox`] does otherwise:
///
/// - **Durable is what JetStream says it is.** By default a server acknowledges what it has written and syncs its
///   disk every 2 minutes (`sync_interval`), so a single server that loses its power loses what it acknowledged.
///   Run three servers and set three replicas, so that a majority has it; or set `sync_interval: always`.
///   Three bear the loss of one at a time: where a second is killed while the first still catches up, what a majority
///   had acknowledged was seen to be lost (servers of 2.9), so restart them one after the other.
/// - Tried with servers of 2.15, and of 2.9. Those of 2.9 are not advised: after a leader was killed, some of their
///   consumers were seen to hand out nothing more until the servers were started again.
/// - Duplicates are known for 2 hours (`Nats-Msg-Id`), not for 7 days.
/// - Streams that are there already keep their settings, the number of replicas among them.
/// - Order is kept in each of the 32 partitions, by the hash of the key. So at most 32 events are handled at
///   once, and one that waits for its next attempt holds up every event of its partition.
/// - An event whose worker was killed comes again after the lease, 2 minutes by default; the worker renews it for as
///   long as a handler runs. Where the server cannot be reached for a whole lease, the handler is dropped, since the
///   event comes again. What a process did not survive is tried one at a time by each of the others.
/// - Revisions are remembered for 7 days. Where they cannot be read, an event is handled all the same, and its
///   [`Freshness`](asyncapi_runtime::Freshness) is not known. Headers that are no UTF-8 are mended.
/// - When the last event came is known to 10 seconds. Dead letters, should there be a [`Retention`] for them, grow old only
///   while somebody works on the inbox, to some minutes, whatever the clocks of the servers are set to.
/// - What waits or is worked on is listed as ready. Receipts are even for what is to be handled, and odd for dead
///   letters, which are numbered for themselves. One is found by its id by reading all that are before it.
/// - A server takes messages of 1 MB unless told otherwise (`max_payload`), and what is larger is answered 413, as
///   all that is too large: see [`largest_body`](Self::largest_body).
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
    turn: AtomicUsize,
    changed: Notify,
}

impl Nats {
    /// Opens the inbox of this name, or makes one with so many replicas: 1, 3 or 5.
    ///
    /// # Errors
    ///
    /// JetStream is not there, or has streams of that name that are no inbox.
    pub async fn open(context: Context, name: &str, replicas: usize) -> Result<Self, InboxError> {
        Self::open_with_lease(context, name, replicas, defaults::NATS_LEASE).await
    }

    /// The same, with another time after which an event whose worker is silent comes again. Default: 2 min.
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

    /// Opens the inbox of this name, if there is one.
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

    /// What belongs to this queue, made where it is not there.
    async fn attach(context: Context, name: &str, queue: Stream, lease: Duration) -> Result<Self, InboxError> {
        let replicas = queue.cached_info().config.num_replicas;
        let dead = context.get_or_create_stream(stream::dead(name, replicas)).await.map_err(unavailable)?;
        let revisions = context.get_or_create_stream(stream::revisions(name, replicas)).await.map_err(unavailable)?;
        let consumers = (0..PARTITIONS).map(async |partition| {
            let config = stream::consumer(name, partition, lease);
            let durable = config.durable_name.clone().unwrap_or_default();
            queue.get_or_create_consumer(&durable, config).await.map_err(unavailable)
        });
        // Of several servers each takes a while to agree with the others.
        let consumers = try_join_all(consumers).await?;
        // Those that were there have kept theirs.
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
            turn: AtomicUsize::new(0),
            changed: Notify::new(),
        };
        let (largest, usual) = (inbox.largest_body(), defaults::BODY_LIMIT);
        if largest < usual {
            tracing::warn!(largest, usual, "larger bodies are answered 413 for what max_payload of the NATS server is");
        }
        Ok(inbox)
    }

    /// How many bytes a body may have and be stored for certain, by the server's `max_payload`, whatever its headers
    /// are: some 256 KiB less than that. What is larger may be answered 413, as [`InboxError::TooLarge`].
    #[must_use]
    pub fn largest_body(&self) -> usize {
        self.largest_event().saturating_sub(HEAD_ROOM)
    }

    /// How many servers keep a copy of it.
    #[must_use]
    pub fn replicas(&self) -> usize {
        self.queue.cached_info().config.num_replicas
    }

    fn largest_event(&self) -> usize {
        self.context.client().max_payload().saturating_sub(REASON_ROOM)
    }

    /// Publishes, and waits until the server has it. The number of the message, unless its id is known.
    async fn publish(&self, subject: String, id: &str, frame: Bytes) -> Result<Option<u64>, InboxError> {
        let bytes = frame.len();
        let mut headers = async_nats::HeaderMap::new();
        // An id may hold what a header may not.
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
        let put = self.publish(subject(&self.name, partition(delivery)), id, frame).await;
        self.changed.notify_one();
        Ok(put?.map_or(PutOutcome::Duplicate, |sequence| PutOutcome::Stored(StreamSeq::Queue(sequence).entry_id())))
    }

    /// Whether an event, and the reason that it may need as a dead letter, fit into a message.
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
        // Where that is not known, it is as old as the inbox and as it is by the clocks of the servers, whichever is less.
        let lived = self.uptime().await.ok();
        let frame = codec::write_letter(delivery, attempts, reason, lived);
        let put = self.publish(dead_subject(&self.name), id, frame).await?;
        Ok(put.map_or(PutOutcome::Duplicate, |sequence| PutOutcome::Stored(StreamSeq::Dead(sequence).entry_id())))
    }
}

fn is_absent(kind: GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

/// What comes of this, if it does in time.
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
            // By the clock here, unless the servers' is ahead of it: then by that, as of their last message.
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

    /// Writes down how far time has come, by which dead letters are old. All else is where it stays.
    fn checkpoint(&self) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(self.persist_uptime())
    }

    /// Dead letters only: the server forgets ids by itself.
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
