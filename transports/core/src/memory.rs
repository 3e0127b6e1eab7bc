//! A transport in memory, for unit tests.

use std::collections::{BTreeMap, VecDeque};
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use asyncapi_receiver::inbox::{EventId, OrderKey, Reason};
use asyncapi_runtime::request::Request;
use asyncapi_runtime::{BoxFuture, Dispatch, Inbound, Outbound, RequestReply, Transport};
use tokio::sync::{Notify, mpsc};

use crate::{
    Address, Addresses, Consumer, Received, Settle, SettleError, Source, SourceEvent, WildcardSyntax, dead_letter,
};

/// How long a request waits for its reply.
const REPLY_TIME: Duration = Duration::from_secs(10);

/// A broker in memory, for unit tests. It keeps a message until a consumer has settled it, and delivers it to one
/// consumer. Clones share the messages.
///
/// An address with `/` has the wildcards of MQTT, another address those of NATS.
///
/// ```
/// use asyncapi_runtime::{Outbound, Transport};
/// use asyncapi_transport::Memory;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let memory = Memory::new();
/// memory.send(Outbound::json("orders", &serde_json::json!({"id": 1}))?).await?;
/// assert_eq!(memory.queued()[0].channel(), Some("orders"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Memory {
    broker: Arc<Broker>,
}

#[derive(Debug, Default)]
struct Broker {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    queue: VecDeque<Message>,
    /// Delivered and not settled.
    unsettled: BTreeMap<u64, Message>,
    dead: Vec<Outbound>,
    replies: BTreeMap<String, mpsc::UnboundedSender<Inbound>>,
}

#[derive(Clone, Debug)]
struct Message {
    number: u64,
    inbound: Inbound,
    deliveries: u32,
}

/// There was no reply within 10 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoReply;

impl fmt::Display for NoReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no reply within 10 seconds")
    }
}

impl Error for NoReply {}

impl Memory {
    /// A broker without messages.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The messages that no consumer has received, in their order.
    #[must_use]
    pub fn queued(&self) -> Vec<Inbound> {
        self.broker.state().queue.iter().map(|message| message.inbound.clone()).collect()
    }

    /// The dead letters, with the headers of [`dead_letter`].
    #[must_use]
    pub fn dead_letters(&self) -> Vec<Outbound> {
        self.broker.state().dead.clone()
    }

    /// A consumer of the messages of this dispatcher's channels.
    #[must_use]
    pub fn consumer<D: Dispatch + 'static>(&self, dispatch: D) -> Consumer<D> {
        let texts: Vec<&str> = dispatch.subscriptions().iter().map(asyncapi_runtime::Subscription::address).collect();
        let has_levels = texts.iter().any(|text| text.contains('/'));
        let syntax = if has_levels { WildcardSyntax::MQTT } else { WildcardSyntax::NATS };
        let addresses = Addresses::parse(texts, syntax);
        Consumer::new(MemorySource { broker: Arc::clone(&self.broker), addresses }, dispatch)
    }

    /// Delivers every unsettled message again, as a broker does after a broken connection.
    pub fn redeliver(&self) {
        let mut state = self.broker.state();
        let unsettled = std::mem::take(&mut state.unsettled);
        for (_, message) in unsettled.into_iter().rev() {
            state.queue.push_front(message);
        }
        drop(state);
        self.broker.changed.notify_waiters();
    }
}

impl Broker {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, outbound: Outbound) {
        let (channel, headers, body) = outbound.into_parts();
        let inbound = Inbound::new(body).with_channel(channel.clone()).with_headers(headers);
        let mut state = self.state();
        if let Some(reply) = state.replies.get(&channel) {
            // If this fails, the caller no longer waits.
            let _sent = reply.send(inbound);
            return;
        }
        state.last += 1;
        let number = state.last;
        state.queue.push_back(Message { number, inbound, deliveries: 0 });
        drop(state);
        self.changed.notify_waiters();
    }

    /// The next message for these addresses.
    fn take(&self, addresses: &Addresses) -> Option<(Message, bool)> {
        let mut state = self.state();
        for index in 0..state.queue.len() {
            let address = state.queue.get(index).and_then(|message| message.inbound.channel());
            let found = address.and_then(|address| addresses.find(address));
            let Some(is_pattern) = found.map(Address::is_pattern) else { continue };
            let mut message = state.queue.remove(index)?;
            message.deliveries += 1;
            state.unsettled.insert(message.number, message.clone());
            return Some((message, is_pattern));
        }
        None
    }
}

struct MemorySource {
    broker: Arc<Broker>,
    addresses: Addresses,
}

impl Source for MemorySource {
    fn next(&mut self, _: usize) -> BoxFuture<'_, SourceEvent> {
        Box::pin(async {
            loop {
                let changed = self.broker.changed.notified();
                if let Some((message, is_pattern)) = self.broker.take(&self.addresses) {
                    let address = message.inbound.channel().unwrap_or_default().to_owned();
                    let settle = MemorySettle { broker: Arc::clone(&self.broker), number: message.number };
                    let mut received = Received::new(message.inbound, settle)
                        .with_id(EventId::new(message.number.to_string()))
                        .with_earlier_attempts(message.deliveries - 1);
                    if is_pattern {
                        received = received.with_key(OrderKey::new(address));
                    }
                    return SourceEvent::Received(received);
                }
                changed.await;
            }
        })
    }
}

struct MemorySettle {
    broker: Arc<Broker>,
    number: u64,
}

impl Settle for MemorySettle {
    fn acknowledge(&self) -> BoxFuture<'_, Result<(), SettleError>> {
        Box::pin(async {
            let mut state = self.broker.state();
            let unsettled = state.unsettled.remove(&self.number);
            // It may be delivered again already.
            state.queue.retain(|message| message.number != self.number);
            unsettled.map(|_| ()).ok_or(SettleError::Stale)
        })
    }

    fn dead_letter<'a>(&'a self, inbound: &'a Inbound, reason: &'a Reason) -> BoxFuture<'a, Result<(), SettleError>> {
        Box::pin(async move {
            self.acknowledge().await?;
            let letter = dead_letter::message(inbound.channel().unwrap_or_default(), inbound, reason);
            self.broker.state().dead.push(letter);
            Ok(())
        })
    }

    fn release(&self) -> BoxFuture<'_, Result<(), SettleError>> {
        Box::pin(async {
            let mut state = self.broker.state();
            let message = state.unsettled.remove(&self.number).ok_or(SettleError::Stale)?;
            let index = state.queue.partition_point(|queued| queued.number < message.number);
            state.queue.insert(index, message);
            drop(state);
            self.broker.changed.notify_waiters();
            Ok(())
        })
    }
}

impl Transport for Memory {
    type Error = NoReply;

    async fn send(&self, outbound: Outbound) -> Result<(), NoReply> {
        self.broker.send(outbound);
        Ok(())
    }
}

impl RequestReply for Memory {
    async fn request(&self, request: Request) -> Result<Inbound, NoReply> {
        let (sender, mut replies) = mpsc::unbounded_channel();
        let address = {
            let mut state = self.broker.state();
            state.last += 1;
            let address = request.reply_address().map_or_else(|| format!("replies.{}", state.last), str::to_owned);
            state.replies.insert(address.clone(), sender);
            address
        };
        self.broker.send(request.outbound(&address));
        let answered = async {
            while let Some(reply) = replies.recv().await {
                if request.is_answered_by(&reply) {
                    return Ok(reply);
                }
            }
            Err(NoReply)
        };
        let reply = tokio::time::timeout(REPLY_TIME, answered).await.unwrap_or(Err(NoReply));
        self.broker.state().replies.remove(&address);
        reply
    }
}
