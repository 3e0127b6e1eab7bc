//! `JetStream`: messages that the server stores.

use std::time::Duration;

use async_nats::jetstream::consumer::pull::{self, Batch};
use async_nats::jetstream::consumer::{AckPolicy, Consumer as PullConsumer};
use async_nats::jetstream::context::ContextBuilder;
use async_nats::jetstream::message::Acker;
use async_nats::jetstream::{AckKind, Context, Message, stream};
use asyncapi_receiver::inbox::{EventId, Reason};
use asyncapi_runtime::request::Request;
use asyncapi_runtime::{BoxFuture, Dispatch, Inbound, Outbound, RequestReply, Transport};
use asyncapi_transport::{
    Addresses, Consumer, Settle, SettleError, Source, SourceEvent, dead_letter, warn_of_unsupported_bindings,
};
use futures_util::StreamExt;
use tokio::time::Instant;

use crate::message::{header_map, received};
use crate::nats::addresses;
use crate::{Nats, NatsError};

/// The default for [`JetStream::with_lease`].
const LEASE: Duration = Duration::from_secs(30);
/// How long the server keeps a request for messages open. After a broken connection, the next request asks the new one.
const PULL_TIME: Duration = Duration::from_secs(1);
/// How much later the client gives up a request that the server has not ended: the connection was broken.
const PULL_GRACE: Duration = Duration::from_secs(1);
/// The delay after a failed request for messages, doubled each time.
const FIRST_DELAY: Duration = Duration::from_millis(100);
const LAST_DELAY: Duration = Duration::from_secs(5);

/// A stream of a `JetStream`, which stores messages until they are acknowledged. Clones share the connection.
///
/// A request is sent and answered through core NATS, and so is a message to an inbox of NATS (`_INBOX.`).
#[derive(Clone, Debug)]
pub struct JetStream {
    nats: Nats,
    context: Context,
    stream: String,
    lease: Duration,
}

impl JetStream {
    /// The stream with this name. The timeout of `nats` is also that of confirmations of the server.
    #[must_use]
    pub fn new(nats: &Nats, stream: impl Into<String>) -> Self {
        let builder = ContextBuilder::new().timeout(nats.timeout()).ack_timeout(nats.timeout());
        let context = builder.build(nats.client().clone());
        Self { nats: nats.clone(), context, stream: stream.into(), lease: LEASE }
    }

    /// Sets how long the server waits for a consumer that has ended until it delivers its messages to another one.
    /// Leases of running consumers are renewed. Default: 30 s.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Subscribes to the channels of this dispatcher as the durable consumer with this name. Processes with the same
    /// name share the messages.
    ///
    /// Creates the stream, if it does not exist, with the subjects of the document, and the stream
    /// `NAME-dead-letters`. Its subjects are `dead-letters.NAME.` and the subject of the message.
    ///
    /// # Errors
    ///
    /// [`NatsError::Subscribe`]: the server has no `JetStream`, or the stream exists without a subject of the document.
    pub async fn consumer<D: Dispatch + 'static>(&self, durable: &str, dispatch: D) -> Result<Consumer<D>, NatsError> {
        let subscriptions = dispatch.subscriptions();
        // The durable consumer is the queue group.
        warn_of_unsupported_bindings(subscriptions, "nats", &["queue"]);
        let addresses = addresses(subscriptions);
        let subjects = addresses.wildcards();
        let stream = self.open(self.stream.clone(), subjects.clone()).await?;
        self.open(format!("{}-dead-letters", self.stream), vec![format!("dead-letters.{}.>", self.stream)]).await?;
        // Servers before 2.10 know one subject only.
        let (filter_subject, filter_subjects) = match &subjects[..] {
            [only] => (only.clone(), Vec::new()),
            _ => (String::new(), subjects),
        };
        let config = pull::Config {
            durable_name: Some(durable.to_owned()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: self.lease,
            filter_subject,
            filter_subjects,
            ..pull::Config::default()
        };
        let created = stream.create_consumer(config.clone()).await;
        let consumer = created.map_err(|error| NatsError::Subscribe(Box::new(error)))?;
        let source = StreamSource {
            jetstream: self.clone(),
            addresses,
            config,
            consumer,
            request: None,
            next_delay: FIRST_DELAY,
        };
        Ok(Consumer::new(source, dispatch))
    }

    async fn open(&self, name: String, subjects: Vec<String>) -> Result<stream::Stream, NatsError> {
        let config = stream::Config { name, subjects, ..stream::Config::default() };
        let opened = self.context.get_or_create_stream(config).await;
        opened.map_err(|error| NatsError::Subscribe(Box::new(error)))
    }
}

struct StreamSource {
    jetstream: JetStream,
    addresses: Addresses,
    config: pull::Config,
    consumer: PullConsumer<pull::Config>,
    /// The open request for messages, and when it is given up.
    request: Option<(Batch, Instant)>,
    next_delay: Duration,
}

impl StreamSource {
    /// Opens the durable consumer again: a server that was killed may have lost it.
    async fn open_again(&mut self) {
        let (config, stream) = (self.config.clone(), self.jetstream.stream.clone());
        match self.jetstream.context.create_consumer_on_stream(config, stream).await {
            Ok(consumer) => self.consumer = consumer,
            Err(error) => tracing::warn!(reason = %error, "the consumer could not be opened again yet"),
        }
    }

    /// The next message of the open request, or of a new one for this many messages.
    async fn next_message(&mut self, room: usize) -> Option<Result<Message, async_nats::Error>> {
        let (batch, given_up) = match &mut self.request {
            Some(request) => request,
            none => {
                let request = self.consumer.batch().max_messages(room).expires(PULL_TIME);
                match request.messages().await {
                    Ok(batch) => none.insert((batch, Instant::now() + PULL_TIME + PULL_GRACE)),
                    Err(error) => return Some(Err(Box::new(error))),
                }
            }
        };
        let lost = || Some(Err("the server has not ended the request".into()));
        let message = tokio::time::timeout_at(*given_up, batch.next()).await.unwrap_or_else(|_| lost());
        if !matches!(message, Some(Ok(_))) {
            self.request = None;
        }
        message
    }
}

impl Source for StreamSource {
    fn next(&mut self, room: usize) -> BoxFuture<'_, SourceEvent> {
        Box::pin(async move {
            loop {
                match self.next_message(room).await {
                    Some(Ok(message)) => {
                        self.next_delay = FIRST_DELAY;
                        return SourceEvent::Received(self.received(message));
                    }
                    None => self.next_delay = FIRST_DELAY,
                    Some(Err(error)) => {
                        tracing::warn!(reason = %error, "no messages from the server now");
                        tokio::time::sleep(self.next_delay).await;
                        self.open_again().await;
                        self.next_delay = (self.next_delay * 2).min(LAST_DELAY);
                    }
                }
            }
        })
    }

    fn lease_duration(&self) -> Option<Duration> {
        Some(self.jetstream.lease)
    }
}

impl StreamSource {
    fn received(&self, message: Message) -> asyncapi_transport::Received {
        let info = message.info().ok().map(|info| (info.stream_sequence, info.delivered));
        let (message, acker) = message.split();
        let settle = Stored { jetstream: self.jetstream.clone(), acker, subject: message.subject.to_string() };
        let received = received(message, &self.addresses, settle);
        let Some((sequence, deliveries)) = info else { return received };
        let earlier = u32::try_from(deliveries.saturating_sub(1)).unwrap_or(0);
        received.with_id(EventId::new(sequence.to_string())).with_earlier_attempts(earlier)
    }
}

struct Stored {
    jetstream: JetStream,
    acker: Acker,
    subject: String,
}

impl Settle for Stored {
    fn acknowledge(&self) -> BoxFuture<'_, Result<(), SettleError>> {
        Box::pin(async { self.acker.double_ack().await.map_err(SettleError::unavailable) })
    }

    fn dead_letter<'a>(&'a self, inbound: &'a Inbound, reason: &'a Reason) -> BoxFuture<'a, Result<(), SettleError>> {
        let address = format!("dead-letters.{}.{}", self.jetstream.stream, self.subject);
        let letter = dead_letter::message(address, inbound, reason);
        Box::pin(async move {
            self.jetstream.send(letter).await.map_err(SettleError::unavailable)?;
            self.acker.double_ack_with(AckKind::Term).await.map_err(SettleError::unavailable)
        })
    }

    fn release(&self) -> BoxFuture<'_, Result<(), SettleError>> {
        Box::pin(async { self.acker.double_ack_with(AckKind::Nak(None)).await.map_err(SettleError::unavailable) })
    }

    fn renew(&self) -> BoxFuture<'_, Result<(), SettleError>> {
        Box::pin(async { self.acker.ack_with(AckKind::Progress).await.map_err(SettleError::unavailable) })
    }
}

/// Completes when the server has stored the message.
impl Transport for JetStream {
    type Error = NatsError;

    async fn send(&self, outbound: Outbound) -> Result<(), NatsError> {
        if outbound.channel().starts_with("_INBOX.") {
            return self.nats.send(outbound).await;
        }
        let (subject, headers, body) = outbound.into_parts();
        let published = self.context.publish_with_headers(subject, header_map(&headers), body).await;
        let confirmed = published.map_err(|error| NatsError::Send(Box::new(error)))?.await;
        confirmed.map(|_| ()).map_err(|error| NatsError::Send(Box::new(error)))
    }
}

impl RequestReply for JetStream {
    async fn request(&self, request: Request) -> Result<Inbound, NatsError> {
        self.nats.request(request).await
    }
}
