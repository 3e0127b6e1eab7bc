//! The contract of the trait `Inbox`, tested with each implementation.

use std::time::Duration;

use asyncapi_receiver::inbox::{
    Delivery, EventId, InboxError, Page, PurgeCounts, PutOutcome, Reason, ReasonKind, Retention, Revision, Settlement,
    State,
};
use asyncapi_runtime::{Freshness, Headers, Inbound};

use crate::inboxes::{each, event, event_of};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn rejected() -> Reason {
    Reason::new(ReasonKind::Rejected, "not ours").with_pointer("/data")
}

#[tokio::test]
async fn an_event_is_delivered_as_it_was_put() {
    for case in each() {
        let headers = Headers::from_iter([("X-Text", b"a".to_vec()), ("x-bytes", vec![0xff, 0]), ("x-none", vec![])]);
        let inbound = Inbound::new(&b"\xff\x00 not even text"[..]).with_headers(headers.clone()).with_channel("notes");
        let put = Delivery::new(EventId::new("e1"), inbound).with_name("note.create");
        let put = put.with_received_at("2024-06-01T12:00:00.123Z".parse().unwrap());
        let entry_id = case.put(put.clone()).await;
        let leased = case.lease_one().await;
        assert_eq!((leased.token.entry_id, leased.attempt), (entry_id, 1), "{}", case.name);
        let out = leased.delivery;
        assert_eq!((out.id(), out.name(), out.key()), (put.id(), put.name(), put.key()));
        assert_eq!((out.kind(), out.received_at()), (put.kind(), put.received_at()));
        assert_eq!((out.inbound().body(), out.inbound().channel()), (put.inbound().body(), put.inbound().channel()));
        assert!(out.inbound().headers().iter().eq(headers.iter()), "{}", case.name);
    }
}

#[tokio::test]
async fn long_names_are_cut() {
    let named = |name: &str| event("e1").with_name(name).name().unwrap().to_owned();
    assert_eq!((named("").as_str(), named("note.create").as_str()), ("", "note.create"));
    assert_eq!(named(&"é".repeat(128)).len(), 256);
    assert_eq!(named(&format!("x{}", "é".repeat(200))).len(), 255, "not in the midst of a character");
}

#[test]
fn long_dead_letter_reasons_are_cut() {
    let reason = |pointer: &str| Reason::new(ReasonKind::Rejected, "é".repeat(10_000)).with_pointer(pointer);
    assert_eq!(reason("").message().len(), 4_096);
    assert_eq!(reason("/data/id").pointer(), Some("/data/id"));
    let key = "k".repeat(5_000);
    assert_eq!(reason(&format!("/data/{key}")).pointer(), Some("/data"), "the place around it");
    assert_eq!(reason(&format!("/{key}/{key}")).pointer(), Some(""));
    let deep = reason(&"/0".repeat(100_000));
    assert!(deep.pointer().is_some_and(|pointer| pointer.len() == 4_096 && pointer.ends_with("/0")));
}

#[tokio::test]
async fn one_id_is_one_event_from_put_to_purge() {
    for case in each() {
        let duplicate = async || assert_eq!(case.inbox.put(event("e1")).await.unwrap(), PutOutcome::Duplicate);
        case.put(event("e1")).await;
        duplicate().await;
        let leased = case.lease_one().await;
        duplicate().await;
        case.inbox.settle(leased.token, Settlement::Done).await.unwrap();
        duplicate().await;
        case.clock.pass(7 * DAY);
        let purge = async || case.inbox.purge(Retention::default()).await.unwrap();
        assert_eq!(purge().await, PurgeCounts::default(), "{}: not over yet", case.name);
        duplicate().await;
        case.clock.pass(MINUTE);
        assert_eq!(purge().await, PurgeCounts { done: 1, dead: 0 }, "{}", case.name);
        let last = case.inbox.stats().await.unwrap().last_event;
        assert_eq!(last, Some(7 * DAY + MINUTE), "{}: nothing has come since, and that is known", case.name);
        case.put(event("e1")).await;
    }
}

#[tokio::test]
async fn pending_events_are_never_removed() {
    for case in each() {
        for id in ["waiting", "leased", "requeued"] {
            case.put(event(id)).await;
        }
        let leased = case.lease(3).await;
        let [waiting, _, rejected_once] = leased.as_slice() else { panic!("{}: three", case.name) };
        case.inbox.settle(waiting.token, Settlement::Retry { after: DAY }).await.unwrap();
        case.inbox.settle(rejected_once.token, Settlement::Dead(rejected())).await.unwrap();
        assert!(case.inbox.requeue(EventId::new("requeued")).await.unwrap());
        for id in ["ready", "held"] {
            case.put(event_of(id, "k")).await;
        }
        case.clock.pass(1_000 * DAY);
        let soon = Retention { done: Duration::ZERO, dead: Some(Duration::ZERO) };
        assert_eq!(case.inbox.purge(soon).await.unwrap(), PurgeCounts::default(), "{}", case.name);
        assert_eq!(case.inbox.stats().await.unwrap().pending, 5, "{}", case.name);
    }
}

#[tokio::test]
async fn dead_letters_are_kept_until_discarded_or_for_the_retention() {
    for case in each() {
        for id in ["e1", "e2", "e3"] {
            case.inbox.put_dead(event(id), rejected()).await.unwrap();
        }
        case.put(event("pending")).await;
        assert!(case.inbox.discard(EventId::new("e1")).await.unwrap(), "{}", case.name);
        for id in ["e1", "pending", "missing"] {
            assert!(!case.inbox.discard(EventId::new(id)).await.unwrap(), "{}: {id} is no dead letter", case.name);
        }
        case.clock.pass(1_000 * DAY);
        case.inbox.put_dead(event("new"), rejected()).await.unwrap();
        assert_eq!(case.inbox.purge(Retention::default()).await.unwrap(), PurgeCounts::default(), "{}", case.name);
        let month = Retention { dead: Some(30 * DAY), ..Retention::default() };
        assert_eq!(case.inbox.purge(month).await.unwrap(), PurgeCounts { done: 0, dead: 2 }, "{}", case.name);
        let left = case.inbox.list(Page::first()).await.unwrap();
        assert_eq!(left.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["pending", "new"], "{}", case.name);
    }
}

#[tokio::test]
async fn done_events_have_no_payload_and_are_not_delivered() {
    for case in each() {
        case.put(event("e1")).await;
        let leased = case.lease_one().await;
        assert!(case.lease_ids().await.is_empty(), "{}: leased once", case.name);
        case.inbox.settle(leased.token, Settlement::Done).await.unwrap();
        assert!(case.lease_ids().await.is_empty(), "{}", case.name);
        let shown = case.inbox.find(EventId::new("e1")).await.unwrap().unwrap();
        assert_eq!((shown.entry.state, shown.entry.body_bytes), (State::Done, 0));
        assert!(shown.delivery.is_none());
    }
}

#[tokio::test]
async fn a_retry_waits_and_counts_as_an_attempt() {
    for case in each() {
        case.put(event("e1")).await;
        let first = case.lease_one().await;
        case.inbox.settle(first.token, Settlement::Retry { after: MINUTE }).await.unwrap();
        let batch = case.inbox.lease(10).await.unwrap();
        assert!(batch.leased.is_empty(), "{}: too early", case.name);
        assert_eq!(batch.next, Some(MINUTE));
        case.clock.pass(MINUTE);
        assert_eq!(case.lease_one().await.attempt, 2, "{}", case.name);
    }
}

#[tokio::test]
async fn released_events_count_no_attempt() {
    for case in each() {
        case.put(event("e1")).await;
        let first = case.lease_one().await;
        case.inbox.settle(first.token, Settlement::Released).await.unwrap();
        assert_eq!(case.lease_one().await.attempt, 1, "{}", case.name);
    }
}

#[tokio::test]
async fn a_ticket_can_be_used_once() {
    for case in each() {
        case.put(event("e1")).await;
        let leased = case.lease_one().await;
        case.inbox.settle(leased.token, Settlement::Done).await.unwrap();
        for settlement in [Settlement::Done, Settlement::Released, Settlement::Dead(rejected())] {
            let again = case.inbox.settle(leased.token, settlement).await;
            assert!(matches!(again, Err(InboxError::Superseded)), "{}: {again:?}", case.name);
        }
    }
}

#[tokio::test]
async fn events_of_a_key_wait_while_an_earlier_one_waits() {
    for case in each() {
        for (id, key) in [("a1", "a"), ("a2", "a"), ("b1", "b"), ("a3", "a")] {
            case.put(event_of(id, key)).await;
        }
        case.put(event("free1")).await;
        case.put(event("free2")).await;
        let head = case.lease_one().await;
        assert_eq!(head.delivery.id().as_str(), "a1");
        assert_eq!(case.lease_ids().await, ["b1", "free1", "free2"], "{}", case.name);
        case.inbox.settle(head.token, Settlement::Retry { after: MINUTE }).await.unwrap();
        assert!(case.lease_ids().await.is_empty(), "{}: a1 waits, and a2 behind it", case.name);
        case.clock.pass(MINUTE);
        let head = case.lease_one().await;
        case.inbox.settle(head.token, Settlement::Done).await.unwrap();
        let next = case.lease_one().await;
        assert_eq!(next.delivery.id().as_str(), "a2", "{}", case.name);
        case.inbox.settle(next.token, Settlement::Dead(rejected())).await.unwrap();
        assert_eq!(case.lease_ids().await, ["a3"], "{}: the dead hold up nothing", case.name);
    }
}

#[tokio::test]
async fn dead_letters_are_listed_shown_and_requeued() {
    for case in each() {
        for id in ["e1", "e2", "e3"] {
            case.put(event(id)).await;
        }
        for leased in case.lease(2).await {
            case.inbox.settle(leased.token, Settlement::Dead(rejected())).await.unwrap();
        }
        let put = case.inbox.put_dead(event("e4"), rejected()).await.unwrap();
        assert!(matches!(put, PutOutcome::Stored(_)), "{}", case.name);
        assert_eq!(case.inbox.put(event("e4")).await.unwrap(), PutOutcome::Duplicate);
        let dead = case.inbox.list(Page::of(State::Dead)).await.unwrap();
        let ids: Vec<_> = dead.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, ["e1", "e2", "e4"], "{}", case.name);
        assert_eq!(dead[0].reason, Some(rejected()));
        let rest = case.inbox.list(Page::of(State::Dead).after(dead[0].entry_id)).await.unwrap();
        assert_eq!(rest, dead[1..], "{}", case.name);
        let shown = case.inbox.find(EventId::new("e1")).await.unwrap().unwrap();
        assert_eq!(shown.delivery.unwrap().inbound().body(), event("e1").inbound().body());

        assert!(case.inbox.requeue(EventId::new("e2")).await.unwrap());
        assert!(!case.inbox.requeue(EventId::new("e2")).await.unwrap(), "{}: no longer dead", case.name);
        assert!(!case.inbox.requeue(EventId::new("e9")).await.unwrap());
        assert_eq!(case.lease_ids().await, ["e2", "e3"], "{}", case.name);
        assert_eq!(case.inbox.requeue_all().await.unwrap(), 2, "{}", case.name);
        let again = case.lease(10).await;
        assert!(again.iter().all(|leased| leased.attempt == 1), "{}: all attempts before it", case.name);
        assert_eq!(again.len(), 2);
    }
}

#[tokio::test]
async fn more_dead_letters_than_fit_a_step_are_requeued_once_each() {
    for case in each() {
        for number in 0..1_201 {
            case.inbox.put_dead(event_of(&number.to_string(), "one"), rejected()).await.unwrap();
        }
        assert_eq!(case.inbox.requeue_all().await.unwrap(), 1_201, "{}", case.name);
        assert_eq!(case.lease_ids().await, ["0"], "{}", case.name);
    }
}

#[tokio::test]
async fn revisions_tell_gaps_and_stale_events() {
    for case in each() {
        let revision = |id: &str, number, before| event_of(id, "a").with_revision(Revision { number, before });
        let mut seen = Vec::new();
        for delivery in [
            revision("e1", 1, None),
            revision("e2", 2, Some(1)),
            revision("e5", 5, Some(4)),
            revision("e3", 3, Some(2)),
            revision("e6", 6, None),
            event_of("none", "a"),
            revision("x7", 7, Some(6)),
        ] {
            case.put(delivery).await;
            let leased = case.lease_one().await;
            seen.push(leased.freshness);
            case.inbox.settle(leased.token, Settlement::Done).await.unwrap();
        }
        let expected = [
            Freshness::Unknown,
            Freshness::InSequence,
            Freshness::Gap { handled: 2 },
            Freshness::Stale { handled: 5 },
            Freshness::InSequence,
            Freshness::Unknown,
            Freshness::InSequence,
        ];
        assert_eq!(seen, expected, "{}", case.name);
    }
}

#[tokio::test]
async fn stats_have_counts_and_ages() {
    for case in each() {
        let empty = case.inbox.stats().await.unwrap();
        assert_eq!((empty.pending, empty.dead), (0, 0));
        assert_eq!((empty.oldest_pending, empty.last_event), (None, None), "{}", case.name);
        case.put(event_of("e1", "a")).await;
        case.clock.pass(MINUTE);
        case.put(event_of("e2", "a")).await;
        case.inbox.put_dead(event("e3"), rejected()).await.unwrap();
        case.clock.pass(MINUTE);
        case.put(Delivery::canary(1)).await;
        let stats = case.inbox.stats().await.unwrap();
        assert_eq!((stats.pending, stats.dead), (3, 1), "{}", case.name);
        assert_eq!((stats.oldest_pending, stats.last_event), (Some(2 * MINUTE), Some(MINUTE)), "{}", case.name);
        let leased = case.lease(10).await;
        for leased in leased {
            case.inbox.settle(leased.token, Settlement::Done).await.unwrap();
        }
        let stats = case.inbox.stats().await.unwrap();
        assert_eq!((stats.pending, stats.oldest_pending), (1, Some(MINUTE)), "{}: e2 is left", case.name);
    }
}

#[tokio::test]
async fn a_canary_leaves_no_entry_in_the_inbox() {
    for case in each() {
        case.put(Delivery::canary(7)).await;
        let leased = case.lease_one().await;
        case.inbox.settle(leased.token, Settlement::Done).await.unwrap();
        assert_eq!(case.inbox.list(Page::first()).await.unwrap(), [], "{}", case.name);
        let next = case.put(event("e1")).await;
        assert!(next > leased.token.entry_id, "{}: its receipt is not given again", case.name);
    }
}

#[tokio::test]
async fn a_put_wakes_waiting_workers() {
    for case in each() {
        let inbox = case.inbox.clone();
        let waiting = tokio::spawn(async move { inbox.ready().await });
        case.put(event("e1")).await;
        tokio::time::timeout(MINUTE, waiting).await.expect(case.name).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_ids_five_times_at_once_are_a_thousand_events() {
    for case in each() {
        let mut puts = tokio::task::JoinSet::new();
        for number in 0..5_000 {
            let inbox = case.inbox.clone();
            puts.spawn(async move { inbox.put(event(&(number % 1_000).to_string())).await.unwrap() });
        }
        let puts = puts.join_all().await;
        let stored = puts.iter().filter(|put| matches!(put, PutOutcome::Stored(_))).count();
        assert_eq!((stored, case.lease(5_000).await.len()), (1_000, 1_000), "{}", case.name);
    }
}
