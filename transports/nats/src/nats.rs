//! Core NATS.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, Subscriber};
use asyncapi_receiver::inbox::Reason;
use asyncapi_runtime::request::Request;
use asyncapi_runtime::{BoxFuture, Dispatch, Inbound, Outbound, RequestReply, Subscription, Transport};
use asyncapi_transport::{
    Addresses, Consumer, Credentials, Settle, SettleError, Source, SourceEvent, WildcardSyntax, dead_letter,
    warn_of_unsupported_bindings,
};
use futures_util::StreamExt;
use futures_util::stream::SelectAll;

use crate::NatsError;
use crate::message::{header_map, inbound, received};

/// The default for [`Nats::with_timeout`].
const TIMEOUT: Duration = Duration::from_secs(5);

/// A connection to NATS. It reconnects by itself. Clones share it.
///
/// Messages are not stored: what is sent without a subscriber is lost. See [`JetStream`](crate::JetStream).
#[derive(Clone, Debug)]
pub struct Nats {
    client: Client,
    timeout: Duration,
}

impl Nats {
    /// Connects to a server: its URL, as the function of the generated module `servers` returns it, or several
    /// separated by commas.
    ///
    /// # Errors
    ///
    /// [`NatsError::Connect`].
    pub async fn connect(url: &str, credentials: Credentials) -> Result<Self, NatsError> {
        let options = match credentials {
            Credentials::UserPassword { user, password } => ConnectOptions::with_user_and_password(user, password),
            Credentials::Token(token) => ConnectOptions::with_token(token),
            _ => ConnectOptions::new(),
        };
        let urls: Vec<&str> = url.split(',').map(str::trim).collect();
        let client = options.connect(urls).await.map_err(|error| NatsError::Connect(Box::new(error)))?;
        Ok(Self::new(client))
    }

    /// Uses this connection, for options that [`connect`](Self::connect) does not have, such as certificates.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client, timeout: TIMEOUT }
    }

    /// Sets how long a request waits for its reply. Default: 5 s.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The connection.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Subscribes to the channels of this dispatcher. The binding `queue` of NATS is the queue group: of all consumers
    /// with the same group, one receives a message.
    ///
    /// A message is lost if the process ends before it is handled. Dead letters are published to `dead-letters.` and
    /// the subject.
    ///
    /// # Errors
    ///
    /// [`NatsError::Subscribe`]: an address of the document is not a subject.
    pub async fn consumer<D: Dispatch + 'static>(&self, dispatch: D) -> Result<Consumer<D>, NatsError> {
        let subscriptions = dispatch.subscriptions();
        warn_of_unsupported_bindings(subscriptions, "nats", &["queue"]);
        let addresses = addresses(subscriptions);
        let mut subscribers = SelectAll::new();
        for subject in addresses.wildcards() {
            subscribers.push(self.subscribe(&subject, subscriptions).await?);
        }
        // The server has the subscriptions when this returns.
        self.client.flush().await.map_err(|error| NatsError::Subscribe(Box::new(error)))?;
        let source = NatsSource { nats: self.clone(), addresses, subscribers };
        Ok(Consumer::new(source, dispatch))
    }

    async fn subscribe(&self, subject: &str, subscriptions: &[Subscription]) -> Result<Subscriber, NatsError> {
        let of_subject = |subscription: &&Subscription| {
            addresses(&[**subscription]).wildcards().first().is_some_and(|wildcard| wildcard == subject)
        };
        let mut queues = subscriptions.iter().filter(of_subject).filter_map(|known| known.binding("nats queue"));
        let subscribed = match queues.next() {
            Some(queue) => self.client.queue_subscribe(subject.to_owned(), queue.to_owned()).await,
            None => self.client.subscribe(subject.to_owned()).await,
        };
        subscribed.map_err(|error| NatsError::Subscribe(Box::new(error)))
    }
}

/// The addresses of these channels as subjects.
pub(crate) fn addresses(subscriptions: &[Subscription]) -> Addresses {
    Addresses::parse(subscriptions.iter().map(Subscription::address), WildcardSyntax::NATS)
}

struct NatsSource {
    nats: Nats,
    addresses: Addresses,
    subscribers: SelectAll<Subscriber>,
}

impl Source for NatsSource {
    fn next(&mut self, _: usize) -> BoxFuture<'_, SourceEvent> {
        Box::pin(async {
            let Some(message) = self.subscribers.next().await else { return SourceEvent::Closed };
            let settle = Unstored { nats: self.nats.clone(), subject: message.subject.to_string() };
            SourceEvent::Received(received(message, &self.addresses, settle))
        })
    }
}

/// Core NATS knows no acknowledgements.
struct Unstored {
    nats: Nats,
    subject: String,
}

impl Settle for Unstored {
    fn acknowledge(&self) -> BoxFuture<'_, Result<(), SettleError>> {
        Box::pin(async { Ok(()) })
    }

    fn dead_letter<'a>(&'a self, inbound: &'a Inbound, reason: &'a Reason) -> BoxFuture<'a, Result<(), SettleError>> {
        let letter = dead_letter::message(format!("dead-letters.{}", self.subject), inbound, reason);
        Box::pin(async move { self.nats.send(letter).await.map_err(SettleError::unavailable) })
    }

    fn release(&self) -> BoxFuture<'_, Result<(), SettleError>> {
        Box::pin(async { Err(SettleError::Stale) })
    }
}

/// Completes when the message is written to the connection.
impl Transport for Nats {
    type Error = NatsError;

    async fn send(&self, outbound: Outbound) -> Result<(), NatsError> {
        let (subject, headers, body) = outbound.into_parts();
        let published = self.client.publish_with_headers(subject, header_map(&headers), body).await;
        published.map_err(|error| NatsError::Send(Box::new(error)))?;
        // A client that is dropped loses what it has not written.
        self.client.flush().await.map_err(|error| NatsError::Send(Box::new(error)))
    }
}

impl RequestReply for Nats {
    async fn request(&self, request: Request) -> Result<Inbound, NatsError> {
        let inbox = request.reply_address().map_or_else(|| self.client.new_inbox(), str::to_owned);
        let subscribed = self.client.subscribe(inbox.clone()).await;
        let mut replies = subscribed.map_err(|error| NatsError::Send(Box::new(error)))?;
        let (subject, headers, body) = request.outbound(&inbox).into_parts();
        let sent = self.client.publish_with_reply_and_headers(subject, inbox, header_map(&headers), body).await;
        sent.map_err(|error| NatsError::Send(Box::new(error)))?;
        let answered = async {
            while let Some(message) = replies.next().await {
                let reply = inbound(message);
                if request.is_answered_by(&reply) {
                    return Some(reply);
                }
            }
            None
        };
        tokio::time::timeout(self.timeout, answered).await.ok().flatten().ok_or(NatsError::NoReply)
    }
}
