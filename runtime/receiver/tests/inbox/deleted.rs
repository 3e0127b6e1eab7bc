//! The file is deleted or moved while it is in use: no new event is acknowledged, and stored events can still be
//! handled.

use std::fs;
use std::path::{Path, PathBuf};

use asyncapi_receiver::inbox::{EventId, Inbox, InboxError, PutOutcome, Reason, ReasonKind, Settlement, Sqlite};
use tempfile::TempDir;

use crate::inboxes::event;

fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("inbox.sqlite");
    (directory, path)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    path.with_file_name(format!("inbox.sqlite{suffix}"))
}

async fn is_refused(inbox: &Sqlite, id: &str) -> bool {
    let reason = Reason::new(ReasonKind::NotJson, "no JSON");
    let put = inbox.put(event(id)).await;
    let dead = inbox.put_dead(event(&format!("dead {id}")), reason).await;
    let stats = inbox.stats().await;
    let refused = [put.is_err(), dead.is_err(), stats.is_err()];
    assert!(refused.iter().all(|is| *is == refused[0]), "{put:?} {dead:?} {stats:?}");
    assert!(put.is_ok() || matches!(put, Err(InboxError::Unavailable(_))), "{put:?}");
    refused[0]
}

#[tokio::test]
async fn a_deleted_file_stores_nothing_and_its_events_are_still_handled() {
    for suffix in ["", "-wal", "-shm"] {
        let (_directory, path) = place();
        let inbox = Sqlite::open(&path).unwrap();
        assert!(!is_refused(&inbox, "before").await);
        fs::remove_file(beside(&path, suffix)).unwrap();
        assert!(is_refused(&inbox, "after").await, "{suffix}");
        let leased = inbox.lease(1).await.unwrap().leased.remove(0);
        assert_eq!(leased.delivery.id().as_str(), "before", "{suffix}");
        inbox.settle(leased.token, Settlement::Done).await.unwrap();
    }
}

#[tokio::test]
async fn a_moved_file_is_waited_for() {
    let (directory, path) = place();
    let inbox = Sqlite::open(&path).unwrap();
    let moved = directory.path().join("moved");
    fs::rename(&path, &moved).unwrap();
    assert!(is_refused(&inbox, "while it is away").await);
    fs::write(&path, "another").unwrap();
    assert!(is_refused(&inbox, "while another stands there").await);
    fs::rename(&moved, &path).unwrap();
    assert!(!is_refused(&inbox, "back again").await);
    drop(inbox);
    let again = Sqlite::open(&path).unwrap();
    assert_eq!(again.put(event("back again")).await.unwrap(), PutOutcome::Duplicate);
}

#[cfg(unix)]
#[tokio::test]
async fn a_symbolic_link_is_read_like_its_target() {
    let (directory, path) = place();
    let link = directory.path().join("link");
    fs::write(&path, "").unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let inbox = Sqlite::open(&link).unwrap();
    assert!(!is_refused(&inbox, "e1").await);
    assert!(inbox.find(EventId::new("e1")).await.unwrap().is_some());
    fs::remove_file(&path).unwrap();
    assert!(is_refused(&inbox, "e2").await);
}
