//! `inbox`: what is there, out of it, and into another.

use serde_json::{Value, json};

use crate::kit::{NOTE, Place, command, json as parsed, report};

/// An inbox with ten events that were rejected.
fn rejected() -> Place {
    let place = Place::new();
    let serving = place.serve(&["--exec", "exit 1"]);
    let (_, code) = report(place.sim(&["--count", "10", "--rate", "200"]));
    assert_eq!(code, Some(0));
    place.settled(&[]);
    serving.terminate();
    place
}

#[test]
fn dead_letters_are_listed_shown_exported_and_replayed_elsewhere() {
    let place = rejected();
    let dead = parsed(&place.inbox(&["dead", "--most", "3"]));
    assert_eq!((&dead["dead"], dead["events"].as_array().unwrap().len()), (&json!(10), 3));
    let first = &dead["events"][0];
    assert_eq!(first["reason"]["message"], "the command ended with exit code 1");
    let next = parsed(&place.inbox(&["dead", "--after", &dead["events"][2]["receipt"].to_string()]));
    assert_eq!(next["events"].as_array().unwrap().len(), 7);

    let shown = parsed(&place.inbox(&["show", first["id"].as_str().unwrap()]));
    let body: Value = serde_json::from_str(shown["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["id"], first["id"]);

    assert!(place.inbox(&["export", "-o", "letters"]).status.success());
    let replay = ["replay", "letters", "--inbox", "other.sqlite"];
    assert_eq!(parsed(&place.inbox(&replay)), json!({"stored": 10, "duplicates": 0}));
    assert_eq!(parsed(&place.inbox(&replay)), json!({"stored": 0, "duplicates": 10}));
    assert_eq!(parsed(&place.inbox(&["retry", "--all", "--inbox", "other.sqlite"])), json!({"requeued": 10}));
    let serving = place.serve(&["--inbox", "other.sqlite", "--exec", NOTE]);
    place.settled(&["--inbox", "other.sqlite"]);
    serving.terminate();
    assert_eq!(place.handled().len(), 10);
}

#[test]
fn how_far_it_is_is_told_where_asked_for_and_nowhere_else() {
    let place = rejected();
    let calls: [&[&str]; 4] = [
        &["export", "-o", "letters"],
        &["retry", "--all"],
        &["replay", "letters", "--inbox", "other"],
        &["discard", "--all"],
    ];
    for (call, word) in calls.into_iter().zip(["exported", "requeued", "read", "discarded"]) {
        let call = if word == "discarded" { [call, &["--inbox", "other"]].concat() } else { call.to_vec() };
        let told = |output: &std::process::Output| {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            lines.filter(|line| !line["progress"].is_null()).collect::<Vec<_>>()
        };
        let asked = place.inbox(&[call.as_slice(), &["--progress"]].concat());
        assert!(asked.status.success(), "{asked:?}");
        assert!(told(&asked)[0]["progress"][word].is_u64(), "{asked:?}");
        let quiet = place.inbox(&call);
        assert_eq!(told(&quiet), Vec::<Value>::new());
    }
    let text =
        command(place.path(), &["inbox", "replay", "letters", "--inbox", "third", "--progress"]).output().unwrap();
    assert!(String::from_utf8_lossy(&text.stderr).ends_with("read so far\n"), "{text:?}");
}

#[test]
fn the_running_receiver_handles_what_is_retried() {
    let place = rejected();
    let serving = place.serve(&["--exec", NOTE]);
    assert_eq!(parsed(&place.inbox(&["retry", "--all"])), json!({"requeued": 10}));
    place.settled(&[]);
    serving.terminate();
    assert_eq!(place.handled().len(), 10);
}

#[test]
fn what_will_never_be_handled_is_thrown_away() {
    let place = rejected();
    let dead = parsed(&place.inbox(&["dead", "--most", "1"]));
    let id = dead["events"][0]["id"].as_str().unwrap();
    assert_eq!(parsed(&place.inbox(&["discard", id])), json!({"discarded": 1}));
    assert_eq!(place.inbox(&["show", id]).status.code(), Some(1));
    assert_eq!(parsed(&place.inbox(&["discard", "--all"])), json!({"discarded": 9}));
    assert_eq!(parsed(&place.inbox(&["ls"]))["events"], json!([]));
}

#[test]
fn what_is_not_there_is_said() {
    let place = rejected();
    for call in [["show", "nobody"], ["retry", "nobody"], ["discard", "nobody"]] {
        let output = place.inbox(&call);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(parsed(&output)["found"], false);
    }
    let output = place.inbox(&["ls", "--inbox", "nowhere.sqlite"]);
    assert_eq!(output.status.code(), Some(2));
    let failure: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert!(failure["cure"].is_string(), "{failure}");
    assert!(!place.file("nowhere.sqlite").exists(), "looking makes no inbox");
}

#[test]
fn wrong_calls_name_their_cure() {
    let place = Place::new();
    for call in [
        ["serve", "--inbox", "i", "--exec", "true", "--token-env", "NO_SUCH_VARIABLE"].as_slice(),
        &["serve", "--inbox", "i", "--forward", "ftp://example.org/"],
        &["serve", "--inbox", "i"],
        &["sim", "http://127.0.0.1:9/", "--duplicates", "2"],
        &["sim", "nowhere"],
    ] {
        let output = command(place.path(), call).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{call:?} {output:?}");
        assert!(!output.stderr.is_empty());
    }
    let output = command(place.path(), &["sim", "nowhere", "--json"]).output().unwrap();
    let failure: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((&failure["code"], failure["cure"].is_string()), (&json!(2), true), "{failure}");
    let output = command(place.path(), &["serve", "--inbox", "no/such/i", "--exec", "true"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("cure:"));
}

#[test]
fn an_export_does_not_overwrite_the_inbox() {
    let place = Place::new();
    place.serve(&["--exec", "exit 1"]).terminate();
    for file in ["inbox.sqlite", "./inbox.sqlite-wal"] {
        let refused = place.inbox(&["export", "-o", file]);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    }
    assert_eq!(parsed(&place.inbox(&["ls"]))["pending"], 0);
}

#[test]
fn a_file_without_its_log_is_not_taken_for_an_empty_inbox() {
    let place = Place::new();
    // What the file is until its log is written back for the first time.
    let moved = rusqlite::Connection::open(place.file("moved.sqlite")).unwrap();
    moved.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
    drop(moved);
    let listed = place.inbox(&["ls", "--inbox", "moved.sqlite"]);
    assert_eq!(listed.status.code(), Some(3), "{listed:?}");
    assert!(String::from_utf8_lossy(&listed.stderr).contains("-wal"), "{listed:?}");
}

#[test]
fn a_damaged_inbox_says_how_events_are_received_again() {
    let place = Place::new();
    let serving = place.serve(&["--exec", "exit 75", "--first-retry", "1h"]);
    assert_eq!(report(place.sim(&["--count", "50", "--rate", "500"])).1, Some(0));
    serving.terminate();
    let file = std::fs::OpenOptions::new().write(true).open(place.file("inbox.sqlite")).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    for arguments in
        [["serve", "--exec", "true", "--inbox", "inbox.sqlite"].as_slice(), &["inbox", "ls", "--inbox", "inbox.sqlite"]]
    {
        let refused = command(place.path(), arguments).output().unwrap();
        assert_eq!(refused.status.code(), Some(3), "{refused:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("moved away"), "{refused:?}");
    }
}
