//! The transport in memory passes the tests too.

use std::time::Duration;

use asyncapi_runtime::{Dispatch, Inbound};
use asyncapi_transport::Memory;
use asyncapi_transport_conformance::{Fixture, Separator, TestConsumer};

struct InMemory(Memory);

impl Fixture for InMemory {
    type Transport = Memory;

    const SEPARATOR: Separator = Separator::Slash;

    async fn start() -> Option<Self> {
        Some(Self(Memory::new()))
    }

    async fn transport(&self) -> Memory {
        self.0.clone()
    }

    async fn consumer(&self, dispatch: Box<dyn Dispatch>) -> TestConsumer {
        self.0.consumer(dispatch)
    }

    async fn dead_letters(&self, number: usize) -> Vec<Inbound> {
        while self.0.dead_letters().len() < number {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let letters = self.0.dead_letters().into_iter();
        letters
            .map(|letter| {
                let (channel, headers, body) = letter.into_parts();
                Inbound::new(body).with_channel(channel).with_headers(headers)
            })
            .collect()
    }

    /// The connection breaks, and every unsettled message is delivered again.
    async fn kill_and_start_again(&mut self) {
        self.0.redeliver();
    }
}

asyncapi_transport_conformance::tests!(InMemory);
