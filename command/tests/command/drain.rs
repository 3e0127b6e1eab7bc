//! It ends when it is told to, well, and whatever goes on meanwhile.

use rusqlite::Connection;

use crate::kit::{NOTE, PATIENCE, Place, ask, json, report};

#[test]
fn told_to_stop_as_soon_as_it_listens_it_drains() {
    let place = Place::new();
    for _ in 0..5 {
        assert_eq!(place.serve(&["--exec", NOTE]).terminate()["ended"], "drained");
    }
}

#[test]
fn while_it_drains_it_is_not_ready() {
    let place = Place::new();
    let command = "echo > begun; until [ -e end ]; do sleep 0.05; done";
    let serving = place.serve(&["--exec", command, "--monitor", "127.0.0.1:0"]);
    let monitor = serving.started["monitor"].as_str().unwrap().to_owned();
    let is_ready = || ask(&monitor, "GET /readyz HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
    assert_eq!(is_ready(), "200");
    assert_eq!(report(place.sim(&["--count", "1"])).1, Some(0));
    place.until(|| place.file("begun").exists());
    serving.signal("TERM");
    place.until(|| is_ready() == "503");
    std::fs::write(place.file("end"), "").unwrap();
    assert_eq!(serving.ended()["done"], 1);
}

#[test]
fn it_ends_in_time_though_another_process_holds_its_inbox() {
    let place = Place::new();
    let serving = place.serve(&["--exec", "exit 75", "--first-retry", "1h"]);
    assert_eq!(report(place.sim(&["--count", "3", "--rate", "100"])).1, Some(0));
    let other = Connection::open(place.file("inbox.sqlite")).unwrap();
    other.busy_timeout(PATIENCE).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let ended = serving.terminate();
    assert!(ended["pending"].is_null(), "what is not known is not told as a zero: {ended}");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(json(&place.inbox(&["ls"]))["pending"], 3);
}

#[test]
fn after_its_end_the_inbox_is_its_one_file() {
    let place = Place::new();
    let serving = place.serve(&["--exec", "exit 75", "--first-retry", "1h"]);
    assert_eq!(report(place.sim(&["--count", "20", "--rate", "200"])).1, Some(0));
    assert_eq!(serving.terminate()["pending"], 20);
    for beside in ["inbox.sqlite-wal", "inbox.sqlite-shm"] {
        assert!(!place.file(beside).exists(), "{beside} is left");
    }
    std::fs::rename(place.file("inbox.sqlite"), place.file("moved.sqlite")).unwrap();
    assert_eq!(json(&place.inbox(&["ls", "--inbox", "moved.sqlite"]))["pending"], 20);
}
