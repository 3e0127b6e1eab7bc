//! Events in the queue that the server does not deliver any more. Some servers do so after a leader was killed.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, pull};
use asyncapi_receiver::inbox::{Inbox, Nats, Settlement};
use tokio::time::sleep;

use crate::server::Server;
use crate::{event, lease};

const LEASE: Duration = Duration::from_millis(300);

/// An inbox whose server delivers each event only once. An event whose lease has expired remains in the queue.
async fn forgetful(server: &Server) -> Nats {
    let context = server.jetstream().await;
    let inbox = Nats::open_with_lease(context.clone(), "webhooks", 1, LEASE).await.unwrap();
    let stream = context.get_stream("webhooks").await.unwrap();
    for partition in 0..32 {
        let config = pull::Config {
            durable_name: Some(format!("partition_{partition}")),
            filter_subject: format!("webhooks.{partition}"),
            ack_policy: AckPolicy::Explicit,
            ack_wait: LEASE,
            max_ack_pending: 1,
            max_deliver: 1,
            ..pull::Config::default()
        };
        stream.create_consumer(config).await.unwrap();
    }
    inbox
}

async fn pending(inbox: &Nats) -> u64 {
    inbox.stats().await.unwrap().pending
}

#[tokio::test]
async fn unfinished_events_are_delivered_again() {
    let Some(server) = Server::start() else { return };
    let inbox = forgetful(&server).await;
    inbox.put(event("a", "a")).await.unwrap();
    let lost = lease(&inbox, 1).await.remove(0);
    sleep(LEASE * 2).await;
    let inbox = Nats::open_with_lease(server.jetstream().await, "webhooks", 1, LEASE).await.unwrap();
    assert!(inbox.lease(1).await.unwrap().leased.is_empty(), "the server has forgotten it");
    let again = lease(&inbox, 1).await.remove(0);
    assert_eq!(again.delivery.id(), lost.delivery.id());
    assert_eq!(pending(&inbox).await, 1);
}

#[tokio::test]
async fn pending_and_leased_events_are_not_removed() {
    let Some(server) = Server::start() else { return };
    let inbox = Nats::open_with_lease(server.jetstream().await, "webhooks", 1, LEASE).await.unwrap();
    for id in ["a", "b"] {
        inbox.put(event(id, "the same key")).await.unwrap();
    }
    let first = lease(&inbox, 1).await.remove(0);
    inbox.settle(first.token, Settlement::Retry { after: LEASE * 200 }).await.unwrap();
    // Longer than the time after which an undelivered event is requeued.
    for _ in 0..5 {
        assert!(inbox.lease(1).await.unwrap().leased.is_empty());
        sleep(LEASE).await;
    }
    assert_eq!(pending(&inbox).await, 2);
}
