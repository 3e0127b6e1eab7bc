//! The system clock is changed while no process runs, so that no process can detect it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use asyncapi_receiver::inbox::{Inbox, PurgeCounts, Reason, ReasonKind, Retention, Settlement, Sqlite};
use tempfile::TempDir;

use crate::clock::HandClock;
use crate::inboxes::{START, event};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: i64 = 24 * 60 * 60;
const HALF_A_DAY: Retention =
    Retention { done: Duration::from_secs(12 * 60 * 60), dead: Some(Duration::from_secs(12 * 60 * 60)) };
const BOTH: PurgeCounts = PurgeCounts { done: 1, dead: 1 };
const NONE: PurgeCounts = PurgeCounts { done: 0, dead: 0 };

/// A simulated process: an open inbox and its clock.
struct Process {
    inbox: Sqlite,
    clock: Arc<HandClock>,
}

impl Process {
    fn start(path: &Path, second: i64) -> Self {
        let clock = Arc::new(HandClock::at(second));
        Self { inbox: Sqlite::open(path).unwrap().with_clock(clock.clone()), clock }
    }

    async fn purged(&self) -> PurgeCounts {
        self.inbox.purge(HALF_A_DAY).await.unwrap()
    }
}

fn file() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    (directory, path)
}

/// The file of a killed process, with one handled event and one dead letter.
async fn with_what_is_over() -> (TempDir, PathBuf) {
    let (directory, path) = file();
    let before = Process::start(&path, START);
    before.inbox.put(event("done")).await.unwrap();
    let token = before.inbox.lease(1).await.unwrap().leased[0].token;
    before.inbox.settle(token, Settlement::Done).await.unwrap();
    before.inbox.put_dead(event("dead"), Reason::new(ReasonKind::Rejected, "not ours")).await.unwrap();
    (directory, path)
}

#[tokio::test]
async fn a_clock_change_removes_nothing_early() {
    for jumps in [vec![DAY], vec![-DAY], vec![DAY, 0], vec![0, DAY, 2 * DAY], vec![30 * DAY]] {
        let (_directory, path) = with_what_is_over().await;
        for jump in &jumps {
            // A worker calls this when it starts.
            assert_eq!(Process::start(&path, START + jump).purged().await, NONE, "{jumps:?}");
        }
        let last = Process::start(&path, START + jumps.last().unwrap());
        last.clock.pass(11 * HOUR);
        assert_eq!(last.purged().await, NONE, "{jumps:?}");
        last.clock.pass(HOUR + MINUTE);
        assert_eq!(last.purged().await, BOTH, "{jumps:?}");
    }
}

#[tokio::test]
async fn finished_events_age_across_restarts() {
    let (_directory, path) = with_what_is_over().await;
    for start in 0..3 {
        let process = Process::start(&path, START + start * DAY);
        assert_eq!(process.purged().await, NONE, "{start}");
        process.clock.pass(4 * HOUR);
        // A worker calls this at the end of a drain.
        process.inbox.checkpoint().await.unwrap();
    }
    let last = Process::start(&path, START + 3 * DAY);
    last.clock.pass(MINUTE);
    assert_eq!(last.purged().await, BOTH);
}

#[tokio::test]
async fn a_silent_sender_is_reported_after_a_clock_change() {
    let (_directory, path) = file();
    let ahead = Process::start(&path, START + DAY);
    ahead.inbox.put(event("e1")).await.unwrap();
    ahead.clock.pass(5 * MINUTE);
    ahead.purged().await;
    drop(ahead);
    let right_again = Process::start(&path, START);
    right_again.clock.pass(MINUTE);
    let stats = right_again.inbox.stats().await.unwrap();
    assert_eq!((stats.oldest_pending, stats.last_event), (Some(6 * MINUTE), Some(6 * MINUTE)));
    right_again.inbox.put(event("e2")).await.unwrap();
    right_again.clock.pass(MINUTE);
    let stats = right_again.inbox.stats().await.unwrap();
    assert_eq!((stats.oldest_pending, stats.last_event), (Some(7 * MINUTE), Some(MINUTE)));
}
