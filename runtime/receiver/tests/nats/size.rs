//! Bodies that are larger than a message of the server: they are answered with 413, not with repeated 503.

use std::sync::Arc;
use std::time::Duration;

use asyncapi_receiver::inbox::{
    Delivery, EventFields, EventId, FieldPath, Inbox, InboxError, Nats, Page, PutOutcome, Reason, ReasonKind,
    Settlement, State,
};
use asyncapi_receiver::{Accept, Accepted, Durable, NotAccepted};
use asyncapi_runtime::{Headers, Inbound};

use crate::server::{Messages, Server};
use crate::{lease, open};

const LIMIT: usize = 8 * 1024 * 1024;

fn of_size(id: &str, bytes: usize) -> Delivery {
    // Characters that need an escape in JSON.
    let headers = Headers::from_iter([("x-quoted", "\"".repeat(60 * 1024))]);
    Delivery::new(EventId::new(id), Inbound::new(vec![1; bytes]).with_headers(headers))
}

#[tokio::test]
async fn the_largest_body_goes_the_whole_way_and_may_become_a_dead_letter() {
    let Some(server) = Server::start_for(Messages::Large) else { return };
    let inbox = open(&server).await;
    assert!(inbox.largest_body() >= LIMIT, "{}", inbox.largest_body());
    let largest = of_size("largest", inbox.largest_body());
    assert!(matches!(inbox.put(largest.clone()).await.unwrap(), PutOutcome::Stored(_)));
    let leased = lease(&inbox, 1).await.remove(0);
    assert_eq!(leased.delivery.inbound().body(), largest.inbound().body());
    let reason = Reason::new(ReasonKind::Rejected, "\u{1}".repeat(100_000));
    inbox.settle(leased.token, Settlement::Dead(reason)).await.unwrap();
    assert_eq!(inbox.requeue_all().await.unwrap(), 1);
    assert_eq!(lease(&inbox, 1).await[0].delivery.inbound().body(), largest.inbound().body());
}

#[tokio::test]
async fn events_too_large_to_store_are_413_without_retry() {
    let Some(server) = Server::start() else { return };
    let inbox = Arc::new(open(&server).await);
    assert!(inbox.largest_body() < LIMIT);
    let put = inbox.put(of_size("e1", LIMIT)).await;
    assert!(matches!(put, Err(InboxError::TooLarge { .. })), "{put:?}");
    let dead = inbox.put_dead(of_size("e1", LIMIT), Reason::new(ReasonKind::NotJson, "no JSON")).await;
    assert!(matches!(dead, Err(InboxError::TooLarge { .. })), "{dead:?}");

    let durable = Durable::new(Arc::clone(&inbox), EventFields::new().with_id(FieldPath::payload("/id")));
    let body = |bytes| Inbound::new(format!(r#"{{"id": "e1", "text": "{}"}}"#, "x".repeat(bytes)));
    assert!(matches!(durable.accept(body(LIMIT)).await, Err(NotAccepted::TooLarge(_))));
    assert_eq!(durable.accept(body(inbox.largest_body() - 100)).await.unwrap(), Accepted::Stored);
}

#[tokio::test]
async fn a_large_message_of_another_client_delays_no_event() {
    let Some(server) = Server::start() else { return };
    let jetstream = server.jetstream().await;
    let lease = Duration::from_millis(500);
    let inbox = Nats::open_with_lease(jetstream.clone(), "webhooks", 1, lease).await.unwrap();
    let full = jetstream.client().max_payload();
    jetstream.publish("webhooks.0", vec![b'x'; full].into()).await.unwrap().await.unwrap();
    let dead = async {
        loop {
            // On a busy machine the server may answer too late. Then it delivers the message again.
            if let Ok(batch) = inbox.lease(32).await {
                assert!(batch.leased.is_empty(), "{batch:?}");
            }
            if let [dead] = inbox.list(Page::of(State::Dead)).await.unwrap().as_slice() {
                return dead.clone();
            }
        }
    };
    let dead = tokio::time::timeout(crate::PATIENCE, dead).await.expect("it is set aside");
    assert_eq!(dead.reason.unwrap().kind(), ReasonKind::Undecodable);
    assert_eq!(inbox.stats().await.unwrap().pending, 0);
}
