//! Tests of the inbox in JetStream. Each test starts a NATS server, and prints `SKIPPED` if none is installed.

mod cluster;
mod interrupted;
mod leader;
mod lease;
mod listed;
mod orphans;
mod port;
mod revisions;
mod server;
mod size;
mod team;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::stream::{RetentionPolicy, StorageType};
use asyncapi_receiver::Worker;
use asyncapi_receiver::inbox::{
    Delivery, DeliveryKind, EventId, Inbox, InboxError, LeasedDelivery, Nats, OrderKey, Page, PurgeCounts, PutOutcome,
    Reason, ReasonKind, Retention, Settlement, State,
};
use asyncapi_receiver::worker::ShutdownOutcome;
use asyncapi_runtime::{Headers, Inbound};
use server::Server;
use team::Team;
use tokio::sync::oneshot;

const PATIENCE: Duration = Duration::from_secs(60);

async fn open(server: &Server) -> Nats {
    Nats::open(server.jetstream().await, "webhooks", 1).await.unwrap()
}

fn event(id: &str, key: &str) -> Delivery {
    Delivery::new(EventId::new(id), Inbound::new(format!(r#"{{"id": "{id}"}}"#))).with_key(OrderKey::new(key))
}

fn reason() -> Reason {
    Reason::new(ReasonKind::Undecodable, "no string").with_pointer("/text")
}

/// Leases until this number of events is leased, because the server may deliver them with a delay.
async fn lease(inbox: &Nats, number: usize) -> Vec<LeasedDelivery> {
    let mut leased = Vec::new();
    let leasing = async {
        while leased.len() < number {
            leased.extend(inbox.lease(number - leased.len()).await.unwrap().leased);
        }
    };
    tokio::time::timeout(PATIENCE, leasing).await.expect("they come");
    leased
}

#[tokio::test]
async fn events_are_delivered_once_and_in_order() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server).await;
    let headers = Headers::from_iter([("X-Event", "note.create")]);
    let first = Inbound::new("{\n\"id\": \"a1\"}").with_headers(headers).with_channel("notes");
    let first = Delivery::new(EventId::new("a1"), first).with_key(OrderKey::new("a")).with_name("note.create");
    assert!(matches!(inbox.put(first.clone()).await.unwrap(), PutOutcome::Stored(_)));
    assert_eq!(inbox.put(first.clone()).await.unwrap(), PutOutcome::Duplicate);
    inbox.put(event("a2", "a")).await.unwrap();

    let head = lease(&inbox, 1).await.remove(0);
    assert_eq!((head.delivery.id(), head.attempt), (first.id(), 1));
    assert_eq!(head.delivery.inbound().body(), first.inbound().body());
    assert_eq!(head.delivery.inbound().header("x-event"), Some("note.create"));
    assert_eq!((head.delivery.name(), head.delivery.inbound().channel()), (Some("note.create"), Some("notes")));
    assert!(inbox.lease(10).await.unwrap().leased.is_empty(), "a2 is behind a1");

    inbox.settle(head.token, Settlement::Retry { after: Duration::from_millis(50) }).await.unwrap();
    let head = lease(&inbox, 1).await.remove(0);
    assert_eq!((head.delivery.id(), head.attempt), (first.id(), 2));
    inbox.settle(head.token, Settlement::Done).await.unwrap();
    assert!(matches!(inbox.settle(head.token, Settlement::Done).await, Err(InboxError::Superseded)));
    assert_eq!(lease(&inbox, 1).await[0].delivery.id().as_str(), "a2");
    assert_eq!(inbox.put(first).await.unwrap(), PutOutcome::Duplicate, "done, and known");
    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.pending, stats.dead), (1, 0));
}

#[tokio::test]
async fn dead_letters_are_listed_shown_and_requeued() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server).await;
    inbox.put(event("e1", "a")).await.unwrap();
    let leased = lease(&inbox, 1).await;
    inbox.settle(leased[0].token, Settlement::Dead(reason())).await.unwrap();
    inbox.put_dead(event("e2", "b"), reason()).await.unwrap();
    assert_eq!(inbox.put_dead(event("e2", "b"), reason()).await.unwrap(), PutOutcome::Duplicate);

    let dead = inbox.list(Page::of(State::Dead)).await.unwrap();
    let ids: Vec<_> = dead.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["e1", "e2"]);
    assert_eq!(dead[0].reason, Some(reason()));
    assert!(inbox.find(EventId::new("e1")).await.unwrap().unwrap().delivery.is_some());
    assert!(inbox.find(EventId::new("e9")).await.unwrap().is_none());

    assert!(inbox.requeue(EventId::new("e2")).await.unwrap());
    assert!(!inbox.requeue(EventId::new("e2")).await.unwrap());
    assert_eq!(inbox.requeue_all().await.unwrap(), 1);
    let again: BTreeSet<_> = lease(&inbox, 2).await.iter().map(|leased| leased.delivery.id().to_string()).collect();
    assert_eq!(again, BTreeSet::from(["e1".to_owned(), "e2".to_owned()]));
    assert_eq!(inbox.stats().await.unwrap().dead, 0);
}

#[tokio::test]
async fn the_streams_are_as_the_docs_say() {
    let Some(server) = Server::start() else { return };
    let _inbox = open(&server).await;
    let jetstream = server.jetstream().await;
    let mut queue = jetstream.get_stream("webhooks").await.unwrap();
    let info = queue.info().await.unwrap();
    let two_hours = Duration::from_secs(2 * 60 * 60);
    assert_eq!((info.config.duplicate_window, info.config.storage), (two_hours, StorageType::File));
    assert_eq!((info.config.retention, info.state.consumer_count), (RetentionPolicy::WorkQueue, 32));
    let mut dead = jetstream.get_stream("webhooks_dead").await.unwrap();
    let info = dead.info().await.unwrap();
    assert_eq!((info.config.storage, info.config.max_age), (StorageType::File, Duration::ZERO));
}

#[tokio::test]
async fn a_message_that_no_inbox_stored_delays_no_event() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server).await;
    let jetstream = server.jetstream().await;
    for partition in 0..32 {
        let sent = jetstream.publish(format!("webhooks.{partition}"), "a stranger".into()).await.unwrap();
        sent.await.unwrap();
    }
    inbox.put(event("canary:1", "a")).await.unwrap();
    let leased = lease(&inbox, 1).await;
    assert_eq!((leased[0].delivery.id().as_str(), leased[0].delivery.kind()), ("canary:1", DeliveryKind::Event));
    inbox.settle(leased[0].token, Settlement::Done).await.unwrap();
    let burying = async {
        while inbox.stats().await.unwrap().dead < 32 {
            assert!(inbox.lease(32).await.unwrap().leased.is_empty());
        }
    };
    tokio::time::timeout(PATIENCE, burying).await.expect("they are set aside");
    let dead = inbox.list(Page::of(State::Dead)).await.unwrap();
    assert!(dead.iter().all(|letter| letter.reason.as_ref().unwrap().kind() == ReasonKind::Undecodable));
    assert!(inbox.discard(dead[0].id.clone()).await.unwrap());
    assert!(!inbox.discard(dead[0].id.clone()).await.unwrap());
    assert_eq!(inbox.purge(Retention::default()).await.unwrap(), PurgeCounts::default());
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let at_once = Retention { dead: Some(Duration::ZERO), ..Retention::default() };
    assert_eq!(inbox.purge(at_once).await.unwrap(), PurgeCounts { done: 0, dead: 31 });
}

#[tokio::test]
async fn dead_letters_age_only_while_the_inbox_is_used() {
    const DAY: u64 = 24 * 60 * 60;
    let Some(server) = Server::start() else { return };
    let month = Retention { dead: Some(Duration::from_secs(30 * DAY)), ..Retention::default() };
    let lived = async |days: u64| {
        let jetstream = server.jetstream().await;
        let written = jetstream.publish("webhooks_revisions.lived", (days * DAY).to_string().into());
        written.await.unwrap().await.unwrap();
        open(&server).await
    };
    open(&server).await.put_dead(event("first", "a"), reason()).await.unwrap();
    lived(29).await.put_dead(event("second", "a"), reason()).await.unwrap();
    // On the clock of the server, less than a second has passed.
    for (days, gone) in [(29, 0), (31, 1), (31, 0), (60, 1)] {
        let inbox = lived(days).await;
        assert_eq!(inbox.purge(month).await.unwrap(), PurgeCounts { done: 0, dead: gone }, "after {days} days");
    }
}

#[tokio::test]
async fn files_that_are_no_dead_letters_hide_none() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server).await;
    let jetstream = server.jetstream().await;
    let strange = jetstream.publish("webhooks_dead", "strange".into());
    strange.await.unwrap().await.unwrap();
    inbox.put_dead(event("e1", "a"), reason()).await.unwrap();
    let dead = inbox.list(Page::of(State::Dead)).await.unwrap();
    assert_eq!(dead.iter().map(|letter| letter.id.as_str()).collect::<Vec<_>>(), ["e1"]);
    assert_eq!(inbox.requeue_all().await.unwrap(), 1);
    assert_eq!(lease(&inbox, 1).await[0].delivery.id().as_str(), "e1");
}

#[tokio::test]
async fn a_canary_does_not_count_as_an_event() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server).await;
    inbox.put(Delivery::canary(1)).await.unwrap();
    assert_eq!(inbox.stats().await.unwrap().last_event, None);
    let quarantined = inbox.put_dead(event("d1", "a"), reason()).await.unwrap();
    assert!(matches!(quarantined, PutOutcome::Stored(_)));
    let known = async {
        loop {
            if let Some(age) = inbox.stats().await.unwrap().last_event {
                return age;
            }
        }
    };
    let first = tokio::time::timeout(PATIENCE, known).await.expect("it is written down");
    tokio::time::sleep(Duration::from_millis(50)).await;
    inbox.put(Delivery::canary(2)).await.unwrap();
    inbox.purge(Retention::default()).await.unwrap();
    assert!(open(&server).await.stats().await.unwrap().last_event > Some(first), "it grows, whoever asks");
}

#[tokio::test]
async fn a_clock_that_was_a_day_ahead_does_not_hide_a_silent_sender() {
    let Some(server) = Server::start() else { return };
    let inbox = open(&server).await;
    let tomorrow = jiff::Timestamp::now().as_millisecond() + 24 * 60 * 60 * 1_000;
    let jetstream = server.jetstream().await;
    let noted = jetstream.publish("webhooks_revisions.last_event", tomorrow.to_string().into());
    noted.await.unwrap().await.unwrap();
    assert_eq!(inbox.stats().await.unwrap().last_event, Some(Duration::ZERO));
    // A worker calls this when it starts.
    inbox.purge(Retention::default()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(inbox.stats().await.unwrap().last_event > Some(Duration::ZERO));
}

#[tokio::test]
async fn acknowledged_events_survive_a_killed_server() {
    let Some(mut server) = Server::start() else { return };
    let inbox = open(&server).await;
    for number in 0..200 {
        inbox.put(event(&number.to_string(), &number.to_string())).await.unwrap();
    }
    server.kill_and_start_again();
    let inbox = open(&server).await;
    assert_eq!(inbox.stats().await.unwrap().pending, 200);
}

#[tokio::test]
async fn without_a_server_nothing_is_stored() {
    let Some(mut server) = Server::start() else { return };
    let inbox = open(&server).await;
    server.kill();
    let put = tokio::time::timeout(Duration::from_millis(500), inbox.put(event("e1", "a"))).await;
    assert!(!matches!(put, Ok(Ok(_))), "{put:?}");
}

#[tokio::test]
async fn two_hundred_ids_five_times_are_two_hundred_completions_by_two_workers() {
    let Some(server) = Server::start() else { return };
    let inbox = Arc::new(open(&server).await);
    let mut senders = tokio::task::JoinSet::new();
    for number in 0..1_000 {
        let inbox = Arc::clone(&inbox);
        senders.spawn(async move {
            let id = (number % 200).to_string();
            inbox.put(event(&id, &id)).await.unwrap()
        });
    }
    let puts = senders.join_all().await;
    assert_eq!(puts.iter().filter(|put| matches!(put, PutOutcome::Stored(_))).count(), 200);

    let team = Arc::new(Team::default());
    let mut workers = Vec::new();
    for inbox in [inbox, Arc::new(open(&server).await)] {
        let worker = Worker::new(inbox, Arc::clone(&team)).with_canary(None);
        let (stop, stopped) = oneshot::channel::<()>();
        workers.push((stop, tokio::spawn(worker.run(async { stopped.await.unwrap_or(()) }))));
    }
    let working = async {
        while team.done().len() < 200 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, working).await.expect("all are done");
    for (stop, worker) in workers {
        drop(stop);
        assert_eq!(worker.await.unwrap(), ShutdownOutcome::Drained);
    }
    assert!(team.done().values().all(|times| *times == 1), "{:?}", team.done());
    assert_eq!(open(&server).await.stats().await.unwrap().pending, 0);
}
