//! The inbox in a JetStream.

mod leases;
mod letters;
mod stream;

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::{Context, stream::Stream};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use tokio::sync::Notify;

use super::{
    Batch, Delivery, Entry, EventId, Inbox, InboxError, Page, Purged, Put, Reason, Receipt, Retention, Settlement,
    State, Stats, Stored, Ticket, json_lines,
};
use crate::clock::elapsed;
use crate::{BoxError, BoxFuture, defaults};
use leases::Held;
use letters::Letter;
use stream::{DEAD_SUFFIX, PARTITIONS, partition, subject};

/// How long a server may take to answer. One that was killed never does, and another has its part soon after.
const SILENCE: Duration = Duration::from_secs(2);

/// An inbox in a JetStream of NATS, that several receivers and workers share.
///
/// It is two streams: `NAME`, a work queue in 32 partitions, and `NAME_dead`. What it promises less than a
/// [`Inbox`] does otherwise:
///
/// - **Durable is what JetStream says it is.** By default a server acknowledges what it has written and syncs its
///   disk every 2 minutes (`sync_interval`), so a single server that loses its power loses what it acknowledged.
///   Run three servers and set three replicas, so that a majority has it; or set `sync_interval: always`.
/// - Duplicates are known for 2 hours (`Nats-Msg-Id`), not for 7 days.
/// - Streams that are there already keep their settings, the number of replicas among them.
/// - Order is kept in each of the 32 partitions, by the hash of the key. So at most 32 events are handled at
///   once, and one that waits for its next attempt holds up every event of its partition.
/// - An event whose worker was killed comes again after the lease, 2 minutes by default; the worker renews it for as
///   long as a handler runs. Where the server cannot be reached for a whole lease, the handler is dropped, since the
///   event comes again. The attempts that were given back count too.
/// - [`Freshness`] is not known, and headers that are no UTF-8 are mended.
/// - A server takes messages of 1 MB unless told otherwise: set `max_payload` above the largest body, with room
///   for headers and escapes, or that body is refused with a 503 for as long as it is sent.
///
/// ```no_run
/// use asyncapi_runtime::inbox::{InboxError, Nats};
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
    consumers: Vec<PullConsumer>,
    lease: Duration,
    leased: Mutex<HashMap<u64, Held>>,
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
        let dead = context.get_or_create_stream(stream::dead(name, replicas)).await.map_err(unavailable)?;
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
        let (leased, turn, changed) = (Mutex::default(), AtomicUsize::new(0), Notify::new());
        Ok(Self { context, name: name.to_owned(), queue, dead, consumers, lease, leased, turn, changed })
    }

    /// Publishes, and waits until the server has it.
    async fn publish(&self, subject: String, id: &str, line: String) -> Result<Put, InboxError> {
        let mut headers = async_nats::HeaderMap::new();
        // An id may hold what a header may not.
        headers.insert("Nats-Msg-Id", EventId::of_body(id.as_bytes()).as_str());
        let sent = self.context.publish_with_headers(subject, headers, line.into()).await.map_err(unavailable)?;
        let stored = sent.await.map_err(unavailable)?;
        Ok(if stored.duplicate { Put::Duplicate } else { Put::Stored(Receipt(stored.sequence)) })
    }

    async fn publish_event(&self, delivery: &Delivery, id: &str) -> Result<Put, InboxError> {
        let line = json_lines::line(State::Ready, 0, None, delivery).to_string();
        let put = self.publish(subject(&self.name, partition(delivery)), id, line).await;
        self.changed.notify_one();
        put
    }

    async fn bury(&self, delivery: &Delivery, attempts: u32, reason: &Reason, id: &str) -> Result<Put, InboxError> {
        let line = json_lines::line(State::Dead, attempts, Some(reason), delivery).to_string();
        self.publish(format!("{}{DEAD_SUFFIX}", self.name), id, line).await
    }
}

fn read(payload: &[u8]) -> Result<(Delivery, Option<Reason>), InboxError> {
    let text = std::str::from_utf8(payload).map_err(|error| InboxError::Unreadable(error.into()))?;
    json_lines::parse(text).map_err(|problem| InboxError::Unreadable(problem.into()))
}

/// What comes of this, if it does in time.
async fn within<T>(time: Duration, work: impl Future<Output = Result<T, InboxError>>) -> Result<T, InboxError> {
    tokio::time::timeout(time, work).await.unwrap_or_else(|elapsed| Err(unavailable(elapsed)))
}

fn unavailable(error: impl Into<BoxError>) -> InboxError {
    InboxError::Unavailable(error.into())
}

impl Inbox for Nats {
    fn put(&self, delivery: Delivery) -> BoxFuture<'_, Result<Put, InboxError>> {
        Box::pin(async move { self.publish_event(&delivery, delivery.id().as_str()).await })
    }

    fn quarantine(&self, delivery: Delivery, reason: Reason) -> BoxFuture<'_, Result<Put, InboxError>> {
        Box::pin(async move { self.bury(&delivery, 0, &reason, delivery.id().as_str()).await })
    }

    fn lease(&self, most: usize) -> BoxFuture<'_, Result<Batch, InboxError>> {
        Box::pin(self.lease_some(most))
    }

    fn lease_span(&self) -> Option<Duration> {
        Some(self.lease)
    }

    fn renew(&self, ticket: Ticket) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(self.renew_lease(ticket))
    }

    fn settle(&self, ticket: Ticket, settlement: Settlement) -> BoxFuture<'_, Result<(), InboxError>> {
        Box::pin(self.end_lease(ticket, settlement))
    }

    fn ready(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.changed.notified())
    }

    /// Events that are not dead are listed as ready, whoever has them.
    fn list(&self, page: Page) -> BoxFuture<'_, Result<Vec<Entry>, InboxError>> {
        Box::pin(async move {
            let mut entries = Vec::new();
            match page.state {
                None | Some(State::Dead) if page.most > 0 => {
                    let keep = |letter: Letter| {
                        entries.push(letter.entry());
                        entries.len() < page.most
                    };
                    self.dead_letters(page.after, keep).await?;
                }
                Some(State::Ready) => {
                    let state = stream::state(&self.queue).await?;
                    let first = state.first_sequence.max(page.after.0.saturating_add(1));
                    for sequence in first..=state.last_sequence {
                        if entries.len() == page.most {
                            break;
                        }
                        if let Some(message) = stream::message(&self.queue, sequence).await? {
                            let (delivery, _) = read(&message.payload)?;
                            entries.push(stream::entry(Receipt(sequence), &delivery, State::Ready, None));
                        }
                    }
                }
                _ => {}
            }
            Ok(entries)
        })
    }

    /// Dead letters only.
    fn show(&self, id: EventId) -> BoxFuture<'_, Result<Option<Stored>, InboxError>> {
        Box::pin(async move {
            let letter = self.dead_letter(&id).await?;
            Ok(letter.map(|letter| Stored { entry: letter.entry(), delivery: Some(letter.delivery) }))
        })
    }

    fn requeue(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        Box::pin(async move {
            let letter = self.dead_letter(&id).await?;
            if let Some(letter) = &letter {
                self.revive(letter).await?;
            }
            Ok(letter.is_some())
        })
    }

    fn requeue_all(&self) -> BoxFuture<'_, Result<u64, InboxError>> {
        Box::pin(async move {
            let mut letters = Vec::new();
            let keep = |letter: Letter| {
                letters.push((letter.receipt, letter.delivery.id().clone()));
                true
            };
            self.dead_letters(Receipt(0), keep).await?;
            for (receipt, _) in &letters {
                if let Some(message) = stream::message(&self.dead, receipt.0).await? {
                    let (delivery, reason) = read(&message.payload)?;
                    self.revive(&Letter { receipt: *receipt, delivery, reason }).await?;
                }
            }
            Ok(letters.len() as u64)
        })
    }

    fn stats(&self) -> BoxFuture<'_, Result<Stats, InboxError>> {
        Box::pin(async move {
            let (queue, dead) = (stream::state(&self.queue).await?, stream::state(&self.dead).await?);
            let now = Timestamp::now().as_millisecond();
            let age = |second: i64| elapsed(second.saturating_mul(1_000), now);
            Ok(Stats {
                pending: queue.messages,
                dead: dead.messages,
                oldest_pending: (queue.messages > 0).then(|| age(queue.first_timestamp.unix_timestamp())),
                // Canaries are events to a server.
                last_event: (queue.last_sequence > 0).then(|| age(queue.last_timestamp.unix_timestamp())),
            })
        })
    }

    fn discard(&self, id: EventId) -> BoxFuture<'_, Result<bool, InboxError>> {
        Box::pin(async move {
            match self.dead_letter(&id).await? {
                Some(letter) => self.dead.delete_message(letter.receipt.0).await.map_err(unavailable),
                None => Ok(false),
            }
        })
    }

    /// Dead letters only: the server forgets ids by itself.
    fn purge(&self, retention: Retention) -> BoxFuture<'_, Result<Purged, InboxError>> {
        Box::pin(async move {
            let dead = match retention.dead {
                Some(kept) => self.purge_letters(kept).await?,
                None => 0,
            };
            Ok(Purged { done: 0, dead })
        })
    }
}

impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nats").field("name", &self.name).finish_non_exhaustive()
    }
}
