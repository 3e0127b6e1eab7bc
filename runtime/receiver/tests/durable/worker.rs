//! The worker: the state of an event after each outcome of an attempt.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use asyncapi_receiver::inbox::{Delivery, EventId, Inbox, Memory, Page, ReasonKind, Settlement, Sqlite};
use asyncapi_receiver::worker::{CircuitBreaker, RetryPolicy, ShutdownOutcome, UnknownEventPolicy};
use asyncapi_receiver::{Accept, Accepted, Clock, Durable, Worker};
use asyncapi_runtime::{Freshness, Inbound};

use crate::kit::{Case, body, each, event_fields};
use crate::team::Team;

const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test]
async fn stored_events_are_handled_once() {
    for case in each() {
        for number in 0..100 {
            case.put(&body(&number.to_string(), "fine")).await;
        }
        let running = Case::run(case.worker());
        case.settled().await;
        assert_eq!(running.stop().await, ShutdownOutcome::Drained);
        let done = case.team.done();
        assert_eq!((done.len(), done.values().sum::<u32>()), (100, 100), "{}", case.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_ids_five_times_at_once_are_a_thousand_completions() {
    for case in each() {
        let running = Case::run(case.worker());
        let durable = Arc::new(Durable::new(Arc::clone(&case.inbox), event_fields()));
        let mut senders = tokio::task::JoinSet::new();
        for number in 0..5_000 {
            let durable = Arc::clone(&durable);
            let inbound = Inbound::new(body(&(number % 1_000).to_string(), "fine"));
            senders.spawn(async move { durable.accept(inbound).await.unwrap() });
        }
        let accepted = senders.join_all().await;
        assert_eq!(accepted.iter().filter(|accepted| **accepted == Accepted::Stored).count(), 1_000);
        assert_eq!(accepted.iter().filter(|accepted| **accepted == Accepted::Duplicate).count(), 4_000);
        case.settled().await;
        let health = running.health.clone();
        running.stop().await;
        assert_eq!(health.counts().done, 1_000, "{}", case.name);
        assert!(case.team.done().values().all(|times| *times == 1), "{}", case.name);
        assert_eq!(case.team.done().len(), 1_000);
    }
}

#[tokio::test]
async fn every_tenth_panics_and_all_are_done() {
    for case in each() {
        for number in 0..100 {
            let name = if number % 10 == 0 { "panicking_once" } else { "fine" };
            case.put(&body(&number.to_string(), name)).await;
        }
        let running = Case::run(case.worker());
        case.settled().await;
        let health = running.health.clone();
        running.stop().await;
        let counts = health.counts();
        assert_eq!((counts.done, counts.panicked, counts.dead), (100, 10, 0), "{}", case.name);
    }
}

#[tokio::test]
async fn undecodable_events_become_dead_letters_with_a_pointer() {
    for case in each() {
        let durable = Durable::new(Arc::clone(&case.inbox), event_fields());
        let accept = async |body: &str| durable.accept(Inbound::new(body.to_owned())).await.unwrap();
        // The sender gets the same answer for all of them.
        assert_eq!(accept(r#"{"id": "poison", "name": "fine", "text": 7}"#).await, Accepted::Stored);
        assert_eq!(accept(&body("rejected", "rejected")).await, Accepted::Stored);
        assert_eq!(accept(&body("good", "fine")).await, Accepted::Stored);
        assert_eq!(accept("{").await, Accepted::DeadLettered);
        assert_eq!(accept("{").await, Accepted::Duplicate);
        let running = Case::run(case.worker());
        case.settled().await;
        running.stop().await;
        let dead = case.dead().await;
        let seen: Vec<_> =
            dead.iter().map(|(id, reason)| (id.as_str(), reason.kind(), reason.pointer())).take(2).collect();
        let expected = [("poison", ReasonKind::Undecodable, Some("/text")), ("rejected", ReasonKind::Rejected, None)];
        assert_eq!(seen, expected, "{}", case.name);
        assert_eq!(dead[1].1.message(), "not ours");
        assert_eq!((dead[2].1.kind(), dead.len()), (ReasonKind::NotJson, 3));
        assert!(dead[2].0.starts_with("sha256:"), "{}", case.name);
        assert!(case.team.done().contains_key("good"));
    }
}

#[tokio::test]
async fn failed_events_are_retried_and_become_dead_letters() {
    let retries = RetryPolicy::new(3, Duration::from_secs(1), Duration::from_secs(5));
    for case in each() {
        for name in ["failing_twice", "failing", "panicking", "stuck", "stuck_once"] {
            case.put(&body(name, name)).await;
        }
        let worker = case.worker().with_retry_policy(retries).with_handler_deadline(Duration::from_secs(6));
        let running = Case::run(worker);
        case.settled().await;
        let health = running.health.clone();
        running.stop().await;
        let counts = health.counts();
        assert_eq!((counts.done, counts.dead, counts.timed_out, counts.panicked), (2, 3, 4, 3), "{}", case.name);
        let dead = case.dead().await;
        for (id, message) in
            [("failing", "database down"), ("panicking", "as the test asks"), ("stuck", "not done within")]
        {
            let reason = &dead.iter().find(|(dead, _)| dead == id).expect(id).1;
            assert_eq!(reason.kind(), ReasonKind::Exhausted);
            assert!(reason.message().contains(message), "{}: {}", case.name, reason.message());
        }
        let attempts = case.team.seen().iter().filter(|seen| seen.id == "failing").count();
        assert_eq!(attempts, 3, "{}", case.name);
    }
}

#[test]
fn every_retry_delay_can_be_waited_for() {
    for (first, last) in [
        (Duration::ZERO, Duration::ZERO),
        (Duration::ZERO, Duration::MAX),
        (Duration::from_nanos(1), Duration::MAX),
        (Duration::MAX, Duration::MAX),
        (Duration::MAX, Duration::ZERO),
    ] {
        for attempts in [0, 1, 2, 3, 8, u32::MAX] {
            let retries = RetryPolicy::new(attempts, first, last);
            for attempt in [0, 1, 2, 7, u32::MAX - 1, u32::MAX] {
                let delay = retries.delay_after(attempt);
                assert_eq!(delay.is_some(), attempt < attempts.max(1), "{attempt} of {attempts}");
                assert!(delay.is_none_or(|delay| delay <= last.max(first)), "{delay:?}");
            }
        }
    }
    let delays: Vec<_> = (1..=25).filter_map(|attempt| RetryPolicy::default().delay_after(attempt)).collect();
    assert_eq!(delays.len(), 24, "{delays:?}");
    assert!(delays[0] >= Duration::from_millis(750) && delays[0] <= Duration::from_secs(1), "{delays:?}");
    assert!(delays[23] >= 9 * HOUR && delays[23] <= 12 * HOUR, "{delays:?}");
    assert!(delays.iter().sum::<Duration>() >= 24 * HOUR, "an outage of a day costs no event: {delays:?}");
}

#[test]
fn events_that_failed_together_are_retried_at_different_times() {
    for attempt in 1..8 {
        let delays: HashSet<_> = (0..32).filter_map(|_| RetryPolicy::default().delay_after(attempt)).collect();
        assert!(delays.len() > 16, "after attempt {attempt}: {delays:?}");
    }
}

#[tokio::test]
async fn a_dead_letter_is_handled_after_its_handler_is_fixed() {
    for case in each() {
        case.put(&body("failing_twice", "failing_twice")).await;
        let hasty = RetryPolicy::new(1, Duration::ZERO, Duration::ZERO);
        let running = Case::run(case.worker().with_retry_policy(hasty));
        case.settled().await;
        assert_eq!(case.dead().await.len(), 1);
        running.stop().await;
        assert_eq!(case.inbox.requeue_all().await.unwrap(), 1);
        let patient = RetryPolicy::new(3, Duration::from_secs(1), Duration::from_secs(1));
        let running = Case::run(case.worker().with_retry_policy(patient));
        case.settled().await;
        running.stop().await;
        assert_eq!(case.team.done().len(), 1, "{}", case.name);
    }
}

#[tokio::test]
async fn events_of_a_key_are_handled_in_order_despite_failures() {
    for case in each() {
        for number in 0..60 {
            let name = ["slow", "failing_twice", "panicking_once", "fine"][number % 4];
            let key = number % 3;
            case.put(&format!(r#"{{"id": "{number}", "name": "{name}", "key": "{key}", "rev": {number}}}"#)).await;
        }
        let running = Case::run(case.worker());
        case.settled().await;
        running.stop().await;
        let mut last = [None; 3];
        for seen in case.team.seen() {
            let number: usize = seen.id.parse().unwrap();
            assert!(last[number % 3] <= Some(number), "{}: {number} after {last:?}", case.name);
            last[number % 3] = Some(number);
            assert!(!matches!(seen.freshness, Freshness::Stale { .. }));
        }
        assert_eq!(case.team.done().len(), 60, "{}", case.name);
    }
}

#[tokio::test]
async fn handlers_learn_of_gaps_and_stale_events() {
    for case in each() {
        for (id, rev) in [("a", 1), ("b", 4), ("c", 2)] {
            case.put(&format!(r#"{{"id": "{id}", "name": "fine", "key": "k", "rev": {rev}}}"#)).await;
        }
        let running = Case::run(case.worker());
        case.settled().await;
        running.stop().await;
        let seen: Vec<_> = case.team.seen().into_iter().map(|seen| seen.freshness).collect();
        let expected = [Freshness::Unknown, Freshness::Gap { handled: 1 }, Freshness::Stale { handled: 4 }];
        assert_eq!(seen, expected, "{}", case.name);
    }
}

#[tokio::test]
async fn unknown_events_are_handled_or_kept_as_dead_letters() {
    for (unknown, dead) in [(UnknownEventPolicy::Handle, 0), (UnknownEventPolicy::DeadLetter, 1)] {
        for case in each() {
            case.put(&body("e1", "unlisted")).await;
            let running = Case::run(case.worker().with_unknown_event_policy(unknown));
            case.settled().await;
            running.stop().await;
            let letters = case.dead().await;
            assert_eq!((letters.len(), case.team.done().len()), (dead, 1 - dead), "{}", case.name);
            assert!(letters.iter().all(|(_, reason)| reason.kind() == ReasonKind::Unknown));
        }
    }
}

#[tokio::test]
async fn unhandled_unknown_events_become_dead_letters_that_name_their_event() {
    for case in each() {
        case.put(&body("e1", "unlisted_too")).await;
        let running = Case::run(case.worker());
        case.settled().await;
        running.stop().await;
        let letters = case.dead().await;
        let [(id, reason)] = &letters[..] else { panic!("{}: {letters:?}", case.name) };
        assert_eq!((id.as_str(), reason.kind(), reason.pointer()), ("e1", ReasonKind::Unknown, Some("/name")));
        assert!(case.team.seen().iter().all(|seen| seen.attempt == 1), "{}: it is not tried again", case.name);
    }
}

#[tokio::test]
async fn no_more_handlers_run_at_once_than_were_allowed() {
    for case in each() {
        for number in 0..20 {
            case.put(&body(&number.to_string(), "gated")).await;
        }
        let running = Case::run(case.worker().with_concurrency(4));
        case.until(async || case.team.seen().len() == 4).await;
        for handled in 1..=16 {
            case.team.gate.add_permits(1);
            case.until(async || case.team.seen().len() == 4 + handled).await;
        }
        case.team.gate.add_permits(4);
        case.settled().await;
        running.stop().await;
    }
}

#[tokio::test]
async fn a_drain_finishes_started_attempts_and_starts_no_new_ones() {
    for case in each() {
        for number in 0..10 {
            case.put(&body(&number.to_string(), "gated")).await;
        }
        let running = Case::run(case.worker().with_concurrency(3));
        case.until(async || case.team.seen().len() == 3).await;
        let stopping = tokio::spawn(running.stop());
        tokio::task::yield_now().await;
        case.team.gate.add_permits(3);
        assert_eq!(stopping.await.unwrap(), ShutdownOutcome::Drained, "{}", case.name);
        assert!(case.team.done().len() <= 6, "only attempts that began before the stop");
        let rest = case.inbox.stats().await.unwrap().pending;
        assert_eq!(rest + case.team.done().len() as u64, 10, "{}", case.name);
    }
}

#[tokio::test]
async fn unfinished_events_are_released_at_the_end_of_a_drain() {
    for case in each() {
        case.put(&body("e1", "stuck")).await;
        let running = Case::run(case.worker().with_drain(Duration::from_secs(1)));
        case.until(async || case.team.seen().len() == 1).await;
        assert_eq!(running.stop().await, ShutdownOutcome::CutShort(1), "{}", case.name);
        let leased = case.inbox.lease(1).await.unwrap().leased;
        assert_eq!(leased[0].attempt, 1, "{}: the attempt does not count", case.name);
    }
}

#[tokio::test]
async fn an_event_whose_attempts_all_ended_the_process_is_dead() {
    for case in each() {
        case.put(&body("e1", "fine")).await;
        // A crash leaves the event leased and not settled.
        for _ in 0..2 {
            let leased = case.inbox.lease(1).await.unwrap().leased;
            let again = Settlement::Retry { after: Duration::ZERO };
            case.inbox.settle(leased[0].token, again).await.unwrap();
        }
        let retries = RetryPolicy::new(2, Duration::ZERO, Duration::ZERO);
        let running = Case::run(case.worker().with_retry_policy(retries));
        case.settled().await;
        running.stop().await;
        assert_eq!(case.dead().await[0].1.kind(), ReasonKind::Interrupted, "{}", case.name);
        assert!(case.team.seen().is_empty());
    }
}

#[tokio::test]
async fn a_clock_change_of_a_day_loses_no_event_and_ends_no_retry_early() {
    for days in [1, -1] {
        for case in each() {
            case.put(&body("failing_twice", "failing_twice")).await;
            case.put(&body("gated", "gated")).await;
            let running = Case::run(case.worker());
            case.until(async || case.team.seen().len() >= 2).await;
            case.clock.set_by(days);
            case.put(&body("after", "fine")).await;
            case.until(async || case.team.done().contains_key("after")).await;
            case.clock.set_by(-days);
            case.team.gate.add_permits(1);
            case.settled().await;
            running.stop().await;
            assert_eq!(case.team.done().len(), 3, "{} {days}", case.name);
            assert!(case.dead().await.is_empty(), "{} {days}", case.name);
        }
    }
}

#[tokio::test]
async fn an_hour_without_a_database_ends_in_dead_letters_that_can_be_requeued() {
    for case in each() {
        case.put(&body("failing", "failing")).await;
        // All eight attempts of the default policy. They take a quarter of an hour, and here 1/960 of it.
        let quick = RetryPolicy::new(8, Duration::from_secs(1), Duration::from_secs(37));
        let running = Case::run(case.worker().with_retry_policy(quick));
        case.settled().await;
        running.stop().await;
        let attempts: Vec<_> = case.team.seen().iter().map(|seen| seen.attempt).collect();
        assert_eq!(attempts, [1, 2, 3, 4, 5, 6, 7, 8], "{}", case.name);
        assert_eq!(case.inbox.requeue_all().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_fault_of_the_own_machine_is_no_attempt() {
    for case in each() {
        case.put(&body("e1", "no_descriptor")).await;
        let running = Case::run(case.worker());
        case.settled().await;
        running.stop().await;
        let attempts: Vec<_> = case.team.seen().iter().map(|seen| seen.attempt).collect();
        assert_eq!(attempts, [1; 13], "{}", case.name);
        assert_eq!(case.team.done().len(), 1, "{}", case.name);
    }
}

#[tokio::test]
async fn a_canary_passes_the_complete_path_and_reaches_no_handler() {
    for case in each() {
        let worker = case.worker().with_canary(Some(Duration::from_secs(1)));
        assert_eq!(worker.health().canary_age(), None);
        let running = Case::run(worker);
        case.until(async || running.health.canary_age().is_some()).await;
        assert!(running.health.heartbeat_age() < Duration::from_secs(3_600));
        running.stop().await;
        assert!(case.team.seen().is_empty());
        let left = case.inbox.list(Page::first()).await.unwrap();
        assert!(left.iter().all(|entry| entry.id.as_str().starts_with("canary:")), "{}", case.name);
    }
}

#[tokio::test]
async fn a_canary_of_another_process_does_not_delay_the_next_canary() {
    for case in each() {
        case.inbox.put(Delivery::canary(1)).await.unwrap();
        let running = Case::run(case.worker().with_canary(None));
        case.until(async || running.health.canary_age().is_some()).await;
        assert_eq!(running.health.since_last_canary(), None, "{}", case.name);
        running.stop().await;
    }
}

#[tokio::test]
async fn credentials_are_not_stored() {
    use asyncapi_runtime::Headers;
    let inbox = Arc::new(Memory::new());
    let headers = [("Authorization", "Bearer s3cret"), ("cookie", "s3cret"), ("traceparent", "00-1-1-01")];
    let inbound = Inbound::new("{}").with_headers(Headers::from_iter(headers));
    Durable::new(Arc::clone(&inbox), event_fields()).accept(inbound).await.unwrap();
    let leased = inbox.lease(1).await.unwrap().leased;
    let kept: Vec<_> = leased[0].delivery.inbound().headers().iter().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(kept, ["traceparent"]);
}

#[tokio::test]
async fn a_worker_drops_its_handlers_when_another_process_takes_over() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let [_, case] = each();
    let open = || Arc::new(Sqlite::open(&path).unwrap().with_clock(case.clock.clone()));
    let worker = |inbox, team: &Arc<Team>| {
        let clock: Arc<dyn Clock> = case.clock.clone();
        // All of its places are taken, and the handler would run for ever.
        Worker::new(inbox, Arc::clone(team)).with_clock(clock).with_canary(None).with_concurrency(1)
    };
    let (old, new) = (open(), open());
    old.put(Delivery::new(EventId::new("e1"), Inbound::new(body("e1", "stuck_once")))).await.unwrap();
    let team = Arc::new(Team::default());
    let forever = Duration::from_secs(1_000 * 60 * 60);
    let before = Case::run(worker(old, &team).with_handler_deadline(forever).with_drain(forever));
    case.until(async || team.seen().len() == 1).await;
    let after = Case::run(worker(Arc::clone(&new), &team));
    assert_eq!(before.ended().await, ShutdownOutcome::Superseded);
    case.until(async || new.stats().await.unwrap().pending == 0).await;
    assert_eq!(team.done().len(), 1);
    after.stop().await;
}

#[tokio::test]
async fn a_target_that_is_down_is_asked_by_one_event_after_the_other() {
    for case in each() {
        for number in 0..200 {
            case.put(&body(&number.to_string(), "failing")).await;
        }
        let breaker = CircuitBreaker::new(10, HOUR, HOUR);
        let running = Case::run(case.worker().with_circuit_breaker(Some(breaker)).with_concurrency(4));
        case.until(async || running.health.counts().begun >= 10).await;
        // A canary comes out after the attempts that had started.
        running.stop().await;
        let attempts = case.team.seen().len();
        assert!((10..14).contains(&attempts), "{}: {attempts} attempts at 200 events", case.name);
    }
}
