//! Tests that apply only to the inbox in a `SQLite` file.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::path::Path;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use asyncapi_receiver::inbox::{
    Delivery, EventId, Inbox, InboxError, Page, PutOutcome, Reason, ReasonKind, Retention, Settlement, Sqlite, State,
};
use asyncapi_runtime::Inbound;
use bytes::Bytes;
use rusqlite::Connection;

use crate::clock::HandClock;
use crate::inboxes::{START, event, event_of};

const DAY: i64 = 24 * 60 * 60;

fn open_at(path: &Path, second: i64) -> Sqlite {
    Sqlite::open(path).unwrap().with_clock(Arc::new(HandClock::at(second)))
}

async fn ids(inbox: &Sqlite) -> Vec<String> {
    let leased = inbox.lease(100).await.unwrap().leased;
    leased.iter().map(|leased| leased.delivery.id().to_string()).collect()
}

#[tokio::test]
async fn leased_events_are_ready_after_a_restart_and_count_the_attempt() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let before = open_at(&path, START);
    before.put(event_of("a1", "a")).await.unwrap();
    before.put(event_of("a2", "a")).await.unwrap();
    let leased = before.lease(10).await.unwrap().leased;
    assert_eq!(leased.len(), 1);

    let after = open_at(&path, START);
    let again = after.lease(10).await.unwrap().leased;
    assert_eq!((again[0].delivery.id().as_str(), again[0].attempt), ("a1", 2));

    // The first process is still alive. It can neither lease nor settle, but may still store deliveries.
    let settled = before.settle(leased[0].token, Settlement::Done).await;
    assert!(matches!(settled, Err(InboxError::Superseded)), "{settled:?}");
    assert!(matches!(before.lease(1).await, Err(InboxError::Superseded)));
    assert!(matches!(before.put(event("late")).await.unwrap(), PutOutcome::Stored(_)));
    after.settle(again[0].token, Settlement::Done).await.unwrap();
    assert_eq!(ids(&after).await, ["a2", "late"]);
}

#[tokio::test]
async fn the_log_is_written_back_without_further_events() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = open_at(&path, START);
    inbox.put(event("lonely")).await.unwrap();
    let is_in_the_file = || std::fs::read(&path).unwrap().windows(6).any(|bytes| bytes == b"lonely");
    let written_back = async {
        while !is_in_the_file() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), written_back).await.expect("somebody writes the log back");
    assert_eq!(ids(&inbox).await, ["lonely"]);
}

#[tokio::test]
async fn a_reading_second_process_ends_no_lease() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let worker = open_at(&path, START);
    worker.put(event("e1")).await.unwrap();
    let leased = worker.lease(1).await.unwrap().leased;

    let looking = open_at(&path, START);
    let shown = looking.find(EventId::new("e1")).await.unwrap().unwrap();
    assert_eq!(shown.entry.state, State::Leased);
    looking.requeue_all().await.unwrap();
    worker.settle(leased[0].token, Settlement::Done).await.unwrap();
}

#[tokio::test]
async fn a_clock_change_of_a_day_between_two_starts_loses_no_event() {
    for jump in [DAY, -DAY] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("inbox.sqlite");
        let delay = Duration::from_secs(600);
        {
            let before = open_at(&path, START);
            before.put(event("waits")).await.unwrap();
            let leased = before.lease(1).await.unwrap().leased;
            before.settle(leased[0].token, Settlement::Retry { after: delay }).await.unwrap();
            before.put(event("new")).await.unwrap();
        }
        let clock = Arc::new(HandClock::at(START + jump));
        let after = Sqlite::open(&path).unwrap().with_clock(clock.clone());
        let batch = after.lease(10).await.unwrap();
        let first: Vec<_> = batch.leased.iter().map(|leased| (leased.delivery.id().as_str(), leased.attempt)).collect();
        if jump > 0 {
            assert_eq!(first, [("waits", 2), ("new", 1)]);
        } else {
            assert_eq!(first, [("new", 1)]);
            assert_eq!(batch.next, Some(delay), "no longer than was meant, a day back or not");
            clock.pass(delay);
            assert_eq!(ids(&after).await, ["waits"]);
        }
        assert!(after.stats().await.unwrap().oldest_pending.unwrap() <= Duration::from_secs(DAY.unsigned_abs()));
    }
}

#[tokio::test]
async fn a_file_that_is_no_inbox_is_not_changed() {
    let directory = tempfile::tempdir().unwrap();
    let text = directory.path().join("notes.txt");
    std::fs::write(&text, "not a database, but a text that is longer than the header of one would be".repeat(20))
        .unwrap();
    assert!(matches!(Sqlite::open(&text), Err(InboxError::Unreadable(_))));

    let other = directory.path().join("other.sqlite");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    assert!(matches!(Sqlite::open(&other), Err(InboxError::Unreadable(_))));

    let newer = directory.path().join("newer.sqlite");
    drop(Sqlite::open(&newer).unwrap());
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 2).unwrap();
    assert!(matches!(Sqlite::open(&newer), Err(InboxError::Unreadable(_))));

    assert!(matches!(Sqlite::open(directory.path().join("no/such/inbox")), Err(InboxError::Unavailable(_))));
}

#[tokio::test]
async fn a_damaged_file_and_a_temporary_failure_are_different_errors() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = open_at(&path, START);
    for number in 0..100 {
        inbox.put(event(&number.to_string())).await.unwrap();
    }
    inbox.checkpoint().await.unwrap();
    drop(inbox);
    let length = std::fs::metadata(&path).unwrap().len();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length / 2).unwrap();
    assert!(matches!(Sqlite::open(&path), Err(InboxError::Unreadable(_))));
    assert!(matches!(Sqlite::open_existing(&path), Err(InboxError::Unreadable(_))));
}

#[tokio::test]
async fn a_closed_inbox_is_a_single_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = open_at(&path, START);
    inbox.put(event("e1")).await.unwrap();
    drop(inbox);
    let left: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["inbox.sqlite"]);
}

#[cfg(unix)]
#[tokio::test]
async fn an_inbox_file_is_readable_only_by_its_owner() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempfile::tempdir().unwrap();
    let inbox = open_at(&directory.path().join("inbox.sqlite"), START);
    inbox.put(event("e1")).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(Result::unwrap).collect();
    assert!(files.len() > 1, "the log is there too: {files:?}");
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}: {mode:o}", file.path());
    }
}

#[tokio::test]
async fn events_are_stored_after_another_process_releases_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = open_at(&path, START);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(inbox.put(event("e1")).await, Err(InboxError::Unavailable(_))));
    other.execute_batch("ROLLBACK").unwrap();
    assert!(matches!(inbox.put(event("e1")).await.unwrap(), PutOutcome::Stored(_)));
}

#[tokio::test]
async fn waiting_puts_fail_together_while_another_process_holds_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = Arc::new(open_at(&path, START));
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // If they waited one after the other, this would take 150 seconds.
    let mut puts = tokio::task::JoinSet::new();
    for number in 0..100 {
        let inbox = Arc::clone(&inbox);
        puts.spawn(async move { inbox.put(event(&number.to_string())).await });
    }
    let puts =
        tokio::time::timeout(Duration::from_secs(60), puts.join_all()).await.expect("every caller gets an answer");
    assert!(puts.iter().all(|put| matches!(put, Err(InboxError::Unavailable(_)))), "{puts:?}");
}

/// The number of transactions in a log: the number of commit frames (<https://sqlite.org/fileformat2.html#walformat>).
fn transactions(log: &Path) -> usize {
    const HEAD: usize = 32;
    const HEAD_OF_FRAME: usize = 24;
    let log = std::fs::read(log).unwrap();
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let (page, salt) = (number(8) as usize, number(16));
    let frames = (HEAD..log.len()).step_by(HEAD_OF_FRAME + page);
    frames.filter(|frame| number(frame + 4) > 0 && number(frame + 8) == salt).count()
}

#[tokio::test]
async fn waiting_puts_share_a_commit() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = Arc::new(open_at(&path, START));
    inbox.put(event("before")).await.unwrap();
    // An open read transaction prevents the log from being overwritten.
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM event").unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let log = directory.path().join("inbox.sqlite-wal");
    let before = transactions(&log);
    let mut puts = tokio::task::JoinSet::new();
    for number in 0..100 {
        let inbox = Arc::clone(&inbox);
        puts.spawn(async move { inbox.put(event(&number.to_string())).await });
    }
    tokio::task::yield_now().await;
    other.execute_batch("ROLLBACK").unwrap();
    let puts = puts.join_all().await;
    assert!(puts.iter().all(|put| matches!(put, Ok(PutOutcome::Stored(_)))), "{puts:?}");
    let shared = transactions(&log) - before;
    assert!((1..10).contains(&shared), "{shared} transactions for 100 events");
}

/// A body that counts its copies in memory.
struct Held(#[expect(dead_code, reason = "it is counted, not looked at")] Arc<()>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        b"{}"
    }
}

#[tokio::test]
async fn an_abandoned_request_frees_its_memory() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = open_at(&path, START);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let held = Arc::new(());
    for number in 0..100 {
        let body = Bytes::from_owner(Held(Arc::clone(&held)));
        let delivery = Delivery::new(EventId::new(number.to_string()), Inbound::new(body));
        // The deadline of the request has passed, so its future is dropped.
        drop(inbox.put(delivery));
    }
    assert_eq!(Arc::strong_count(&held), 1, "the writer, which waits for the file, has none of them");
}

#[tokio::test]
async fn a_full_store_accepts_no_events_keeps_the_stored_ones_and_recovers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    drop(open_at(&path, START));
    // Simulates a full disk: every insert fails inside its transaction.
    let inbox = Sqlite::open(&path).unwrap();
    inbox.put(event("before")).await.unwrap();
    let filler = Connection::open(&path).unwrap();
    filler.execute_batch("CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'full'); END").unwrap();
    for number in 0..20 {
        let put = inbox.put(event(&format!("during-{number}"))).await;
        assert!(matches!(put, Err(InboxError::Unavailable(_))), "{put:?}");
    }
    filler.execute_batch("DROP TRIGGER full").unwrap();
    inbox.put(event("after")).await.unwrap();
    assert_eq!(ids(&inbox).await, ["before", "after"]);
}

/// One event ends its process repeatedly. Each time, the other leased events are interrupted too.
#[tokio::test]
async fn an_event_that_ends_the_process_costs_other_events_no_attempts() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let clock = Arc::new(HandClock::at(START));
    let first = Sqlite::open(&path).unwrap().with_clock(clock.clone());
    for id in ["poison", "a", "b", "c", "d", "e"] {
        first.put(event(id)).await.unwrap();
    }
    drop(first);
    let (mut crashes, mut attempts) = (0, BTreeMap::new());
    while crashes < 8 {
        let inbox = Sqlite::open(&path).unwrap().with_clock(clock.clone());
        // Other events are handled in addition to the interrupted ones.
        inbox.put(event(&format!("new-{crashes}"))).await.unwrap();
        let mut begun = inbox.lease(16).await.unwrap();
        loop {
            for leased in &begun.leased {
                attempts.insert(leased.delivery.id().to_string(), leased.attempt);
            }
            if begun.leased.iter().any(|leased| leased.delivery.id().as_str() == "poison") {
                crashes += 1;
                break;
            }
            assert!(begun.leased.iter().filter(|leased| leased.attempt > 1).count() <= 1, "{begun:?}");
            for leased in &begun.leased {
                inbox.settle(leased.token, Settlement::Done).await.unwrap();
            }
            clock.pass(begun.next.unwrap_or_default());
            begun = inbox.lease(16).await.unwrap();
        }
    }
    assert_eq!(attempts.remove("poison"), Some(8));
    assert!(attempts.values().all(|attempts| *attempts <= 2), "{attempts:?}");
    assert_eq!(attempts.len(), 13, "all were begun: {attempts:?}");
}

#[tokio::test]
async fn an_event_that_was_interrupted_again_waits_longer() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let clock = Arc::new(HandClock::at(START));
    Sqlite::open(&path).unwrap().put(event("e1")).await.unwrap();
    let mut waits = Vec::new();
    for attempt in 1..=14 {
        let inbox = Sqlite::open(&path).unwrap().with_clock(clock.clone());
        let mut begun = inbox.lease(1).await.unwrap();
        if begun.leased.is_empty() {
            let wait = begun.next.unwrap();
            waits.push(wait.as_secs());
            clock.pass(wait);
            begun = inbox.lease(1).await.unwrap();
        }
        assert_eq!(begun.leased[0].attempt, attempt);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
}

#[tokio::test]
async fn a_long_listing_does_not_delay_puts() {
    let directory = tempfile::tempdir().unwrap();
    let inbox = Sqlite::open(directory.path().join("inbox.sqlite")).unwrap();
    for number in 0..1_200 {
        inbox.put(event(&number.to_string())).await.unwrap();
    }
    let mut listing = inbox.list(Page { most: usize::MAX, ..Page::first() });
    // The listing starts first. It cannot end before it is polled again.
    let _started = poll_fn(|cx| Poll::Ready(listing.as_mut().poll(cx).is_pending())).await;
    assert!(matches!(inbox.put(event("meanwhile")).await, Ok(PutOutcome::Stored(_))));
    let listed = listing.await.unwrap().len();
    assert!((1_200..=1_201).contains(&listed), "{listed}");
    let listed = inbox.list(Page { most: 700, ..Page::first() }).await.unwrap();
    assert_eq!(listed.len(), 700);
    assert!(listed.is_sorted_by_key(|entry| entry.entry_id));
}

#[tokio::test]
async fn an_event_that_was_changed_in_the_file_becomes_a_dead_letter() {
    for change in
        ["body = CAST('{\"id\": \"e2\"}' AS BLOB)", "body = substr(body, 2)", "headers = x'ffffffff'", "id = 'e9'"]
    {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("inbox.sqlite");
        let inbox = open_at(&path, START);
        inbox.put(event_of("e1", "a")).await.unwrap();
        inbox.put(event_of("e2", "a")).await.unwrap();
        Connection::open(&path).unwrap().execute(&format!("UPDATE event SET {change} WHERE id = 'e1'"), []).unwrap();
        assert_eq!(ids(&inbox).await, <[&str; 0]>::default(), "{change}");
        let dead = inbox.list(Page::of(State::Dead)).await.unwrap();
        assert_eq!(dead[0].reason.as_ref().map(Reason::kind), Some(ReasonKind::Damaged), "{change}");
        assert_eq!(ids(&inbox).await, ["e2"], "the next event of the resource is handled: {change}");
    }
}

#[tokio::test]
async fn events_of_earlier_releases_without_a_checksum_are_handled() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    open_at(&path, START).put(event("e1")).await.unwrap();
    let old = "DROP TABLE probe; DROP TRIGGER tally_insert; DROP TRIGGER tally_update; DROP TRIGGER tally_delete;
         DROP TABLE tally; DROP INDEX event_by_death; DROP INDEX event_by_failure; DROP INDEX event_interrupted;
         ALTER TABLE event DROP COLUMN checksum";
    Connection::open(&path).unwrap().execute_batch(old).unwrap();
    let inbox = Sqlite::open_existing(&path).unwrap();
    assert_eq!(inbox.stats().await.unwrap().pending, 1, "they are counted");
    inbox.put(event("e2")).await.unwrap();
    assert_eq!(ids(&inbox).await, ["e1", "e2"]);
}

#[tokio::test]
async fn reads_do_not_wait_for_a_process_that_writes() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = open_at(&path, START);
    inbox.put(event("e1")).await.unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let reading = Sqlite::open_existing(&path).unwrap();
    for inbox in [&inbox, &reading] {
        assert_eq!(inbox.stats().await.unwrap().pending, 1);
        assert_eq!(inbox.list(Page::first()).await.unwrap().len(), 1);
        assert!(inbox.find(EventId::new("e1")).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_write_waits_until_its_deadline_for_a_process_that_writes() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = open_at(&path, START).with_lock_deadline(Duration::from_secs(60 * 60));
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut put = inbox.put(event("e1"));
    assert!(poll_fn(|cx| Poll::Ready(put.as_mut().poll(cx).is_pending())).await);
    other.execute_batch("ROLLBACK").unwrap();
    assert!(matches!(put.await.unwrap(), PutOutcome::Stored(_)));
    let hasty = inbox.with_lock_deadline(Duration::ZERO);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(hasty.put(event("e2")).await, Err(InboxError::Unavailable(_))));
}

#[tokio::test]
async fn a_damaged_file_is_found_by_the_check_and_is_not_writable() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = open_at(&path, START);
    for number in 0..200 {
        inbox.put(event(&number.to_string())).await.unwrap();
    }
    inbox.checkpoint().await.unwrap();
    inbox.check_integrity().await.unwrap();
    inbox.check_writable().await.unwrap();
    // The last page, as a disk would damage it.
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    let length = file.metadata().unwrap().len();
    std::os::unix::fs::FileExt::write_all_at(&file, &[0xff; 4096], length - 4096).unwrap();
    assert!(matches!(inbox.check_integrity().await, Err(InboxError::Unreadable(_))));
    assert!(matches!(inbox.check_writable().await, Err(InboxError::Unreadable(_))));
}

#[tokio::test]
async fn the_file_shrinks_after_its_events_are_handled() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    let inbox = open_at(&path, START);
    for number in 0..3 {
        let body = vec![b'x'; 1 << 20];
        inbox.put(Delivery::new(EventId::new(number.to_string()), Inbound::new(body))).await.unwrap();
    }
    for leased in inbox.lease(20).await.unwrap().leased {
        inbox.settle(leased.token, Settlement::Done).await.unwrap();
    }
    inbox.checkpoint().await.unwrap();
    let before = std::fs::metadata(&path).unwrap().len();
    inbox.purge(Retention::default()).await.unwrap();
    inbox.checkpoint().await.unwrap();
    let after = std::fs::metadata(&path).unwrap().len();
    assert!(after < before / 2, "{before} bytes before, {after} after");
}
