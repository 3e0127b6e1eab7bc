//! Core NATS, which stores nothing.

use std::time::Duration;

use async_nats::{HeaderMap, Subscriber};
use asyncapi_runtime::{Dispatch, Headers, Inbound};
use asyncapi_transport_conformance::{Fixture, Separator, TestConsumer};
use asyncapi_transport_nats::Nats;
use futures_util::StreamExt;
use tokio::sync::Mutex;

use crate::Server;

struct Core {
    server: Server,
    dead_letters: Mutex<Subscriber>,
}

impl Fixture for Core {
    type Transport = Nats;

    const SEPARATOR: Separator = Separator::Dot;

    async fn start() -> Option<Self> {
        let server = Server::start().await?;
        let nats = server.connect().await;
        let dead_letters = nats.client().subscribe("dead-letters.>").await.unwrap();
        nats.client().flush().await.unwrap();
        Some(Self { server, dead_letters: Mutex::new(dead_letters) })
    }

    async fn transport(&self) -> Nats {
        self.server.connect().await
    }

    async fn consumer(&self, dispatch: Box<dyn Dispatch>) -> TestConsumer {
        self.server.connect().await.consumer(dispatch).await.unwrap()
    }

    async fn dead_letters(&self, number: usize) -> Vec<Inbound> {
        let mut subscriber = self.dead_letters.lock().await;
        let mut letters = Vec::new();
        while letters.len() < number {
            let message = tokio::time::timeout(Duration::from_secs(60), subscriber.next()).await.unwrap().unwrap();
            letters.push(inbound(&message));
        }
        letters
    }

    async fn kill_and_start_again(&mut self) {
        self.server.process.kill_and_start_again().await;
    }
}

pub(crate) fn inbound(message: &async_nats::Message) -> Inbound {
    let headers = message.headers.iter().flat_map(HeaderMap::iter);
    let headers = headers.flat_map(|(name, values)| values.iter().map(|value| (name.to_string(), value.to_string())));
    Inbound::new(message.payload.clone()).with_headers(headers.collect::<Headers>())
}

asyncapi_transport_conformance::tests!(Core, unstored);
