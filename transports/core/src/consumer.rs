//! The consumer: receives messages, runs their handlers, and settles them.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use asyncapi_receiver::Worker;
use asyncapi_receiver::inbox::OrderKey;
use asyncapi_receiver::worker::{RetryPolicy, ShutdownOutcome, UnknownEventPolicy, WorkerHealth};
use asyncapi_runtime::{Dispatch, FieldPath};

use crate::unsettled::Unsettled;
use crate::{Received, Source, SourceEvent};

/// The default for [`Consumer::with_in_flight`].
pub const IN_FLIGHT: usize = 256;
/// How long the consumer tries to give messages back to the broker after the drain.
const RELEASE_TIME: Duration = Duration::from_secs(5);
/// Renewals in the time of one lease.
const RENEWALS_PER_LEASE: u32 = 3;

/// Receives messages from a broker, runs their handlers, and settles them. Each transport makes one from a dispatcher.
///
/// It is a [`Worker`] of `asyncapi-receiver` whose inbox is the broker, so the same table holds:
///
/// | what happens | result for the message |
/// |---|---|
/// | the handler returns `Ok` | acknowledged |
/// | the handler asks for a retry, takes longer than 60 seconds, or panics | tried again later, up to 8 attempts; not acknowledged meanwhile |
/// | the same at the last attempt | a dead letter, `exhausted` |
/// | the payload cannot be decoded | a dead letter, `undecodable` or `not_json`, with the JSON pointer of the error |
/// | the handler rejects it | a dead letter, `rejected` |
/// | the document does not contain it, and no handler takes it | a dead letter, `unknown` |
/// | the process ends, or the connection breaks | delivered again by the broker, if the broker stores messages |
///
/// **Guarantees**, with a broker that stores messages until they are acknowledged: each message is handled at least
/// once or becomes a dead letter with a reason. Messages with the same key are handled one after the other, in the
/// order of the broker. The key is the address of the message if its channel has parameters or wildcards, or the protocol's own key;
/// [`with_key_in`](Self::with_key_in) sets another one. Messages without a key are handled in any order.
///
/// **Not guaranteed**: exactly once. Make handlers idempotent.
pub struct Consumer<D> {
    worker: Worker<D>,
    unsettled: Arc<Unsettled>,
    source: Box<dyn Source>,
    key: Option<FieldPath>,
    in_flight: usize,
    received: Arc<AtomicU64>,
}

/// Numbers about a consumer, for metrics.
#[derive(Clone)]
pub struct ConsumerHealth {
    worker: WorkerHealth,
    unsettled: Arc<Unsettled>,
    received: Arc<AtomicU64>,
}

impl ConsumerHealth {
    /// The counts of attempts and of settlements, and the heartbeat.
    #[must_use]
    pub fn worker(&self) -> &WorkerHealth {
        &self.worker
    }

    /// How many messages were received since the start. A message that is delivered again counts again.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// How many messages are received and not settled now.
    #[must_use]
    pub fn unsettled(&self) -> usize {
        self.unsettled.len()
    }
}

impl fmt::Debug for ConsumerHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsumerHealth")
            .field("worker", &self.worker)
            .field("received", &self.received())
            .field("unsettled", &self.unsettled())
            .finish()
    }
}

impl<D: Dispatch + 'static> Consumer<D> {
    /// A consumer of the messages of this source, with the defaults of a [`Worker`].
    #[must_use]
    pub fn new(source: impl Source + 'static, dispatch: D) -> Self {
        let unsettled = Arc::new(Unsettled::default());
        Self {
            // The broker's own connection shows whether it works, so there are no canaries.
            worker: Worker::new(Arc::clone(&unsettled), dispatch).with_canary(None),
            unsettled,
            source: Box::new(source),
            key: None,
            in_flight: IN_FLIGHT,
            received: Arc::default(),
        }
    }

    /// Sets the number of handlers that run at the same time, at least 1. Default: 16.
    #[must_use]
    pub fn with_concurrency(mut self, handlers: usize) -> Self {
        self.worker = self.worker.with_concurrency(handlers);
        self
    }

    /// Sets how many messages are received and not settled at most, at least 1. Messages that wait for a retry are
    /// among them. Default: 256.
    #[must_use]
    pub fn with_in_flight(mut self, messages: usize) -> Self {
        self.in_flight = messages.max(1);
        self
    }

    /// Sets the time limit for a handler. Default: 60 s.
    #[must_use]
    pub fn with_handler_deadline(mut self, deadline: Duration) -> Self {
        self.worker = self.worker.with_handler_deadline(deadline);
        self
    }

    /// Sets how often and when a failed message is tried again. Default: 8 attempts, 1 s to 10 min apart.
    #[must_use]
    pub fn with_retry_policy(mut self, retries: RetryPolicy) -> Self {
        self.worker = self.worker.with_retry_policy(retries);
        self
    }

    /// Sets the time limit for running handlers after the stop. Default: 30 s.
    #[must_use]
    pub fn with_drain(mut self, drain: Duration) -> Self {
        self.worker = self.worker.with_drain(drain);
        self
    }

    /// Sets what becomes of messages that the document does not contain. Default: [`UnknownEventPolicy::Handle`].
    #[must_use]
    pub fn with_unknown_event_policy(mut self, unknown: UnknownEventPolicy) -> Self {
        self.worker = self.worker.with_unknown_event_policy(unknown);
        self
    }

    /// Sets the field whose value is the key for the order. A message without it has the key of the protocol.
    #[must_use]
    pub fn with_key_in(mut self, field: FieldPath) -> Self {
        self.key = Some(field);
        self
    }

    /// Numbers about this consumer, for metrics. Take them before [`run`](Self::run).
    #[must_use]
    pub fn health(&self) -> ConsumerHealth {
        ConsumerHealth {
            worker: self.worker.health(),
            unsettled: Arc::clone(&self.unsettled),
            received: Arc::clone(&self.received),
        }
    }

    /// Consumes until `stop` completes or the source is closed. Then it receives no more messages, waits for the
    /// running handlers within the drain, and gives the other messages back to the broker.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) -> ShutdownOutcome {
        let Self { worker, unsettled, mut source, key, in_flight, received } = self;
        let lease = source.lease_duration();
        let receiving = async {
            loop {
                unsettled.fewer_than(in_flight).await;
                let room = in_flight.saturating_sub(unsettled.len()).max(1);
                match source.next(room).await {
                    SourceEvent::Received(message) => {
                        received.fetch_add(1, Ordering::Relaxed);
                        unsettled.insert(with_key(message, key.as_ref()));
                    }
                    SourceEvent::Reset => unsettled.reset(),
                    SourceEvent::Closed => break,
                }
            }
            // Messages that are not settled yet can be handled still.
            unsettled.fewer_than(1).await;
        };
        // The worker stops when this completes.
        let feed = async {
            tokio::select! {
                () = receiving => {}
                () = stop => {}
            }
        };
        let renew = async {
            while let Some(lease) = lease {
                tokio::time::sleep(lease / RENEWALS_PER_LEASE).await;
                unsettled.renew_all().await;
            }
            std::future::pending::<()>().await;
        };
        let outcome = {
            let (mut working, mut renew) = (pin!(worker.run(feed)), pin!(renew));
            tokio::select! {
                outcome = &mut working => outcome,
                () = &mut renew => ShutdownOutcome::Superseded,
            }
        };
        // The broker must not deliver to this subscription what is given back.
        drop(source);
        if tokio::time::timeout(RELEASE_TIME, unsettled.release_all()).await.is_err() {
            tracing::warn!("some messages were not given back to the broker; it delivers them again later");
        }
        outcome
    }
}

/// The message with the key in this field, if it has one.
fn with_key(message: Received, field: Option<&FieldPath>) -> Received {
    let key = match field {
        Some(FieldPath::Header(name)) => message.inbound.header(name).map(str::to_owned),
        Some(FieldPath::Payload(pointer)) => message.inbound.peek_id(pointer).ok().flatten(),
        None => None,
    };
    match key {
        Some(key) => message.with_key(OrderKey::new(key)),
        None => message,
    }
}

impl<D> fmt::Debug for Consumer<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consumer")
            .field("worker", &self.worker)
            .field("in_flight", &self.in_flight)
            .finish_non_exhaustive()
    }
}
