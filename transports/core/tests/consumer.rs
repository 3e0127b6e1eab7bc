//! What the consumer does with a broker whose connection breaks, and which does not take a settlement at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use asyncapi_receiver::inbox::{EventId, OrderKey, Reason};
use asyncapi_receiver::{Accept, Accepted, NotAccepted, Refusal};
use asyncapi_runtime::{
    BoxFuture, Context, DecodeError, Dispatch, DispatchError, HandlerError, Inbound, Outbound, Route, Subscription,
    Transport,
};
use asyncapi_transport::{
    Consumer, ConsumerHealth, Memory, Received, Settle, SettleError, ShutdownOutcome, Source, SourceEvent, StoreFirst,
    dead_letter,
};
use tokio::sync::{Semaphore, mpsc};

/// A source whose events the test sends. It closes when the test drops the sender.
struct Script(mpsc::UnboundedReceiver<SourceEvent>);

impl Source for Script {
    fn next(&mut self, _: usize) -> BoxFuture<'_, SourceEvent> {
        Box::pin(async { self.0.recv().await.unwrap_or(SourceEvent::Closed) })
    }
}

/// Counts acknowledgements, and refuses the first ones.
#[derive(Clone, Default)]
struct Acknowledgements {
    taken: Arc<AtomicU32>,
    refused_first: Arc<AtomicU32>,
}

impl Acknowledgements {
    fn taken(&self) -> u32 {
        self.taken.load(Ordering::SeqCst)
    }
}

impl Settle for Acknowledgements {
    fn acknowledge(&self) -> BoxFuture<'_, Result<(), SettleError>> {
        Box::pin(async {
            let left = self.refused_first.load(Ordering::SeqCst);
            if left > 0 {
                self.refused_first.store(left - 1, Ordering::SeqCst);
                return Err(SettleError::unavailable("not now"));
            }
            self.taken.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    }

    fn dead_letter<'a>(&'a self, _: &'a Inbound, _: &'a Reason) -> BoxFuture<'a, Result<(), SettleError>> {
        self.acknowledge()
    }

    fn release(&self) -> BoxFuture<'_, Result<(), SettleError>> {
        Box::pin(async { Ok(()) })
    }
}

/// Reports the start of each handler, and waits for a permit.
struct Gate {
    started: mpsc::UnboundedSender<String>,
    permits: Arc<Semaphore>,
}

impl Dispatch for Gate {
    fn route(&self, _: &Inbound) -> Result<Route, DecodeError> {
        Ok(Route::Unknown(None))
    }

    fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
        Box::pin(async move {
            self.started.send(cx.inbound().text()?.to_owned()).map_err(HandlerError::retry)?;
            self.permits.acquire().await.map_err(HandlerError::retry)?.forget();
            Ok(())
        })
    }
}

struct Test {
    events: mpsc::UnboundedSender<SourceEvent>,
    started: mpsc::UnboundedReceiver<String>,
    permits: Arc<Semaphore>,
    health: ConsumerHealth,
    running: tokio::task::JoinHandle<ShutdownOutcome>,
}

impl Test {
    async fn everything_is_received(&self, messages: u64) {
        while self.health.received() < messages {
            tokio::task::yield_now().await;
        }
    }
}

fn start() -> Test {
    let (events, script) = mpsc::unbounded_channel();
    let (sender, started) = mpsc::unbounded_channel();
    let permits = Arc::new(Semaphore::new(0));
    let consumer = Consumer::new(Script(script), Gate { started: sender, permits: Arc::clone(&permits) });
    let health = consumer.health();
    Test { events, started, permits, health, running: tokio::spawn(consumer.run(std::future::pending())) }
}

fn message(body: &str, settle: &Acknowledgements) -> Received {
    Received::new(Inbound::new(body.to_owned()), settle.clone()).with_key(OrderKey::new("key"))
}

#[tokio::test]
async fn a_message_of_a_broken_connection_is_not_settled_and_comes_again_in_its_order() {
    let mut test = start();
    let (before, after) = (Acknowledgements::default(), Acknowledgements::default());
    test.events.send(SourceEvent::Received(message("1", &before))).unwrap();
    test.events.send(SourceEvent::Received(message("2", &before))).unwrap();
    assert_eq!(test.started.recv().await.unwrap(), "1");

    test.events.send(SourceEvent::Reset).unwrap();
    test.events.send(SourceEvent::Received(message("1", &after))).unwrap();
    test.events.send(SourceEvent::Received(message("2", &after))).unwrap();
    test.everything_is_received(4).await;
    drop(test.events);
    test.permits.add_permits(3);
    assert_eq!(test.running.await.unwrap(), ShutdownOutcome::Drained);
    let mut rest = Vec::new();
    test.started.recv_many(&mut rest, 10).await;
    assert_eq!(rest, ["1", "2"], "both are delivered again");
    assert_eq!((before.taken(), after.taken()), (0, 2));
}

#[tokio::test]
async fn a_message_that_comes_again_while_it_is_handled_is_handled_once() {
    let mut test = start();
    let (first, second) = (Acknowledgements::default(), Acknowledgements::default());
    let received = |settle| SourceEvent::Received(message("1", settle).with_id(EventId::new("id")));
    test.events.send(received(&first)).unwrap();
    assert_eq!(test.started.recv().await.unwrap(), "1");
    test.events.send(received(&second)).unwrap();
    test.everything_is_received(2).await;
    drop(test.events);
    test.permits.add_permits(2);
    test.running.await.unwrap();
    assert_eq!(test.started.recv().await, None, "the handler ran once");
    assert_eq!((first.taken(), second.taken()), (0, 1), "the broker waits for the last delivery");
}

#[tokio::test]
async fn an_acknowledgement_that_fails_is_repeated() {
    let test = start();
    let settle = Acknowledgements::default();
    settle.refused_first.store(1, Ordering::SeqCst);
    test.events.send(SourceEvent::Received(message("1", &settle))).unwrap();
    drop(test.events);
    test.permits.add_permits(2);
    test.running.await.unwrap();
    assert_eq!((settle.taken(), test.permits.available_permits()), (1, 1), "the handler ran once");
}

/// Stores what has a body, and refuses the rest.
struct Bodies(mpsc::UnboundedSender<Inbound>);

impl Accept for Bodies {
    fn accept(&self, inbound: Inbound) -> BoxFuture<'_, Result<Accepted, NotAccepted>> {
        Box::pin(async move {
            if inbound.body().is_empty() {
                return Err(NotAccepted::Refused(Refusal::Rejected("no body".into())));
            }
            self.0.send(inbound).map_err(|error| NotAccepted::Refused(Refusal::Rejected(Box::new(error))))?;
            Ok(Accepted::Stored)
        })
    }
}

#[tokio::test]
async fn messages_can_be_stored_first() {
    const SUBSCRIPTIONS: &[Subscription] = &[Subscription::new("orders.{customer}")];
    let memory = Memory::new();
    memory.send(Outbound::new("orders.ada", "{}")).await.unwrap();
    memory.send(Outbound::new("orders.bob", "")).await.unwrap();
    let (sender, mut stored) = mpsc::unbounded_channel();
    let consumer = memory.consumer(StoreFirst::new(Bodies(sender), SUBSCRIPTIONS));
    let refused = async {
        while memory.dead_letters().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    consumer.run(refused).await;
    assert_eq!(stored.recv().await.unwrap().channel(), Some("orders.ada"));
    let letter = &memory.dead_letters()[0];
    assert_eq!(letter.channel(), "orders.bob");
    assert_eq!(letter.headers().get_str(dead_letter::REASON_HEADER), Some("rejected"));
}
