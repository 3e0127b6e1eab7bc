//! `serve` drains and ends after SIGTERM, whatever it is doing.

use rusqlite::Connection;

use crate::kit::{RECORD_ID, Sandbox, TIMEOUT, json, report, request_status};

#[test]
fn sigterm_right_after_the_start_drains() {
    let sandbox = Sandbox::new();
    for _ in 0..5 {
        assert_eq!(sandbox.serve(&["--exec", RECORD_ID]).terminate()["ended"], "drained");
    }
}

#[test]
fn readyz_is_503_during_the_drain() {
    let sandbox = Sandbox::new();
    let command = "echo > begun; until [ -e end ]; do sleep 0.05; done";
    let serving = sandbox.serve(&["--exec", command, "--monitor", "127.0.0.1:0"]);
    let monitor = serving.started["monitor"].as_str().unwrap().to_owned();
    let is_ready = || request_status(&monitor, "GET /readyz HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
    assert_eq!(is_ready(), "200");
    assert_eq!(report(sandbox.sim(&["--count", "1"])).1, Some(0));
    sandbox.wait_until(|| sandbox.file("begun").exists());
    serving.signal("TERM");
    sandbox.wait_until(|| is_ready() == "503");
    std::fs::write(sandbox.file("end"), "").unwrap();
    assert_eq!(serving.wait()["done"], 1);
}

#[test]
#[ignore = "long form"]
fn serve_stops_in_time_while_another_process_locks_the_inbox() {
    let sandbox = Sandbox::new();
    let serving = sandbox.serve(&["--exec", "exit 75", "--first-retry", "1h"]);
    assert_eq!(report(sandbox.sim(&["--count", "3", "--rate", "100"])).1, Some(0));
    let other = Connection::open(sandbox.file("inbox.sqlite")).unwrap();
    other.busy_timeout(TIMEOUT).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let ended = serving.terminate();
    assert_eq!(ended["pending"], 3, "reading waits for no process that writes: {ended}");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(json(&sandbox.inbox(&["ls"]))["pending"], 3);
}

#[test]
fn after_the_end_the_inbox_is_a_single_file() {
    let sandbox = Sandbox::new();
    let serving = sandbox.serve(&["--exec", "exit 75", "--first-retry", "1h"]);
    assert_eq!(report(sandbox.sim(&["--count", "20", "--rate", "200"])).1, Some(0));
    assert_eq!(serving.terminate()["pending"], 20);
    for name in ["inbox.sqlite-wal", "inbox.sqlite-shm"] {
        assert!(!sandbox.file(name).exists(), "{name} still exists");
    }
    std::fs::rename(sandbox.file("inbox.sqlite"), sandbox.file("moved.sqlite")).unwrap();
    assert_eq!(json(&sandbox.inbox(&["ls", "--inbox", "moved.sqlite"]))["pending"], 20);
}
