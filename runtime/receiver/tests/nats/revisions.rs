//! Gaps and stale events are reported, even if another worker handled the earlier events.

use std::time::Duration;

use async_nats::jetstream::stream::StorageType;
use asyncapi_receiver::inbox::{Delivery, Inbox, Nats, Reason, ReasonKind, Revision, Settlement};
use asyncapi_runtime::Freshness;

use crate::server::Server;
use crate::{event, lease, open};

fn revision(id: &str, number: i64, before: Option<i64>) -> Delivery {
    event(id, "a key / with > signs * of subjects").with_revision(Revision { number, before })
}

async fn handle(inbox: &Nats, delivery: Delivery, settlement: Settlement) -> Freshness {
    inbox.put(delivery).await.unwrap();
    let leased = lease(inbox, 1).await.remove(0);
    inbox.settle(leased.token, settlement).await.unwrap();
    leased.freshness
}

#[tokio::test]
async fn revisions_tell_gaps_and_stale_events() {
    let Some(server) = Server::start() else { return };
    // Each event is handled by another worker.
    let mut seen = Vec::new();
    for delivery in [
        revision("e1", 1, None),
        revision("e2", 2, Some(1)),
        revision("e5", 5, Some(4)),
        revision("e3", 3, Some(2)),
        revision("e6", 6, None),
        event("none", "a key / with > signs * of subjects"),
        revision("x7", 7, Some(6)),
        event("other", "another").with_revision(Revision { number: 1, before: None }),
    ] {
        seen.push(handle(&open(&server).await, delivery, Settlement::Done).await);
    }
    let expected = [
        Freshness::Unknown,
        Freshness::InSequence,
        Freshness::Gap { handled: 2 },
        Freshness::Stale { handled: 5 },
        Freshness::InSequence,
        Freshness::Unknown,
        Freshness::InSequence,
        Freshness::Unknown,
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn unhandled_events_are_not_remembered() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server).await;
    handle(&inbox, revision("e1", 1, None), Settlement::Done).await;
    let dead = Settlement::Dead(Reason::new(ReasonKind::Rejected, "not ours"));
    assert_eq!(handle(&inbox, revision("e2", 2, Some(1)), dead).await, Freshness::InSequence);
    let after = handle(&inbox, revision("e3", 3, Some(2)), Settlement::Retry { after: Duration::ZERO }).await;
    assert_eq!(after, Freshness::Gap { handled: 1 }, "e2 is a dead letter");
    let again = lease(&inbox, 1).await.remove(0);
    assert_eq!((again.attempt, again.freshness), (2, Freshness::Gap { handled: 1 }));
}

#[tokio::test]
async fn revisions_are_kept_for_the_documented_time() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server).await;
    for number in 1..=3 {
        handle(&inbox, revision(&number.to_string(), number, None), Settlement::Done).await;
    }
    let mut stream = server.jetstream().await.get_stream("webhooks_revisions").await.unwrap();
    let config = &stream.info().await.unwrap().config;
    let week = Duration::from_secs(7 * 24 * 60 * 60);
    assert_eq!((config.max_age, config.storage, config.max_messages_per_subject), (week, StorageType::File, 1));
}
