//! `JetStream`, which stores messages.

use std::time::Duration;

use asyncapi_runtime::{Dispatch, Inbound};
use asyncapi_transport_conformance::{Fixture, Separator, TestConsumer};
use asyncapi_transport_nats::JetStream;
use futures_util::StreamExt;

use crate::Server;
use crate::core::inbound;

struct Stored(Server);

impl Fixture for Stored {
    type Transport = JetStream;

    const SEPARATOR: Separator = Separator::Dot;

    async fn start() -> Option<Self> {
        Server::start().await.map(Self)
    }

    async fn transport(&self) -> JetStream {
        JetStream::new(&self.0.connect().await, "ORDERS").with_lease(Duration::from_secs(2))
    }

    async fn consumer(&self, dispatch: Box<dyn Dispatch>) -> TestConsumer {
        self.transport().await.consumer("team", dispatch).await.unwrap()
    }

    async fn dead_letters(&self, number: usize) -> Vec<Inbound> {
        let context = async_nats::jetstream::new(self.0.connect().await.client().clone());
        let stream = context.get_stream("ORDERS-dead-letters").await.unwrap();
        let config = async_nats::jetstream::consumer::pull::Config::default();
        let messages = stream.create_consumer(config).await.unwrap().messages().await.unwrap();
        messages.take(number).map(|message| inbound(&message.unwrap())).collect().await
    }

    async fn kill_and_start_again(&mut self) {
        self.0.process.kill_and_start_again().await;
    }
}

asyncapi_transport_conformance::tests!(Stored);
