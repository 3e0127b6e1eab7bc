//! `inbox`: lists, shows, retries, discards, exports and replays events.

use serde_json::{Value, json};

use crate::kit::{RECORD_ID, Sandbox, command, json as parsed, report};

/// A sandbox whose inbox has ten dead letters.
fn with_dead_letters() -> Sandbox {
    let sandbox = Sandbox::new();
    let serving = sandbox.serve(&["--exec", "exit 65"]);
    let (_, code) = report(sandbox.sim(&["--count", "10", "--rate", "200"]));
    assert_eq!(code, Some(0));
    sandbox.wait_until_settled(&[]);
    serving.terminate();
    sandbox
}

#[test]
fn dead_letters_are_listed_shown_exported_and_replayed_into_another_inbox() {
    let sandbox = with_dead_letters();
    let dead = parsed(&sandbox.inbox(&["dead", "--most", "3"]));
    assert_eq!((&dead["dead"], dead["events"].as_array().unwrap().len()), (&json!(10), 3));
    let first = &dead["events"][0];
    assert_eq!(first["reason"]["message"], "the command ended with exit code 65");
    let next = parsed(&sandbox.inbox(&["dead", "--after", &dead["events"][2]["receipt"].to_string()]));
    assert_eq!(next["events"].as_array().unwrap().len(), 7);

    let shown = parsed(&sandbox.inbox(&["show", first["id"].as_str().unwrap()]));
    let body: Value = serde_json::from_str(shown["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["id"], first["id"]);

    assert!(sandbox.inbox(&["export", "-o", "dead.jsonl"]).status.success());
    let replay = ["replay", "dead.jsonl", "--inbox", "other.sqlite"];
    assert_eq!(parsed(&sandbox.inbox(&replay)), json!({"stored": 10, "duplicates": 0}));
    assert_eq!(parsed(&sandbox.inbox(&replay)), json!({"stored": 0, "duplicates": 10}));
    assert_eq!(parsed(&sandbox.inbox(&["retry", "--all", "--inbox", "other.sqlite"])), json!({"requeued": 10}));
    let serving = sandbox.serve(&["--inbox", "other.sqlite", "--exec", RECORD_ID]);
    sandbox.wait_until_settled(&["--inbox", "other.sqlite"]);
    serving.terminate();
    assert_eq!(sandbox.handled().len(), 10);
}

#[test]
fn progress_is_printed_only_with_the_option() {
    let sandbox = with_dead_letters();
    let calls: [&[&str]; 4] = [
        &["export", "-o", "dead.jsonl"],
        &["retry", "--all"],
        &["replay", "dead.jsonl", "--inbox", "other"],
        &["discard", "--all"],
    ];
    for (call, verb) in calls.into_iter().zip(["exported", "requeued", "read", "discarded"]) {
        let call = if verb == "discarded" { [call, &["--inbox", "other"]].concat() } else { call.to_vec() };
        let progress = |output: &std::process::Output| {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            lines.filter(|line| !line["progress"].is_null()).collect::<Vec<_>>()
        };
        let reported = sandbox.inbox(&[call.as_slice(), &["--progress"]].concat());
        assert!(reported.status.success(), "{reported:?}");
        assert!(progress(&reported)[0]["progress"][verb].is_u64(), "{reported:?}");
        let quiet = sandbox.inbox(&call);
        assert_eq!(progress(&quiet), Vec::<Value>::new());
    }
    let text =
        command(sandbox.path(), &["inbox", "replay", "dead.jsonl", "--inbox", "third", "--progress"]).output().unwrap();
    assert!(String::from_utf8_lossy(&text.stderr).ends_with("read so far\n"), "{text:?}");
}

#[test]
fn the_running_receiver_handles_what_is_retried() {
    let sandbox = with_dead_letters();
    let serving = sandbox.serve(&["--exec", RECORD_ID]);
    assert_eq!(parsed(&sandbox.inbox(&["retry", "--all"])), json!({"requeued": 10}));
    sandbox.wait_until_settled(&[]);
    serving.terminate();
    assert_eq!(sandbox.handled().len(), 10);
}

#[test]
fn dead_letters_can_be_discarded() {
    let sandbox = with_dead_letters();
    let dead = parsed(&sandbox.inbox(&["dead", "--most", "1"]));
    let id = dead["events"][0]["id"].as_str().unwrap();
    assert_eq!(parsed(&sandbox.inbox(&["discard", id])), json!({"discarded": 1}));
    assert_eq!(sandbox.inbox(&["show", id]).status.code(), Some(1));
    assert_eq!(parsed(&sandbox.inbox(&["discard", "--all"])), json!({"discarded": 9}));
    assert_eq!(parsed(&sandbox.inbox(&["ls"]))["events"], json!([]));
}

#[test]
fn a_missing_id_or_inbox_is_reported() {
    let sandbox = with_dead_letters();
    for call in [["show", "unknown-id"], ["retry", "unknown-id"], ["discard", "unknown-id"]] {
        let output = sandbox.inbox(&call);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(parsed(&output)["found"], false);
    }
    let output = sandbox.inbox(&["ls", "--inbox", "missing.sqlite"]);
    assert_eq!(output.status.code(), Some(2));
    let failure: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert!(failure["help"].is_string(), "{failure}");
    assert!(!sandbox.file("missing.sqlite").exists(), "listing must not create an inbox");
}

#[test]
fn wrong_arguments_are_reported_with_help() {
    let sandbox = Sandbox::new();
    for call in [
        ["serve", "--inbox", "i", "--exec", "true", "--token-env", "NO_SUCH_VARIABLE"].as_slice(),
        &["serve", "--inbox", "i", "--forward", "ftp://example.org/"],
        &["serve", "--inbox", "i"],
        &["sim", "http://127.0.0.1:9/", "--duplicates", "2"],
        &["sim", "nowhere"],
    ] {
        let output = command(sandbox.path(), call).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{call:?} {output:?}");
        assert!(!output.stderr.is_empty());
    }
    let output = command(sandbox.path(), &["sim", "nowhere", "--json"]).output().unwrap();
    let failure: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((&failure["code"], failure["help"].is_string()), (&json!(2), true), "{failure}");
    let output = command(sandbox.path(), &["serve", "--inbox", "no/such/i", "--exec", "true"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("help:"));
}

#[test]
fn an_export_does_not_overwrite_the_inbox() {
    let sandbox = Sandbox::new();
    sandbox.serve(&["--exec", "exit 65"]).terminate();
    for file in ["inbox.sqlite", "./inbox.sqlite-wal"] {
        let refused = sandbox.inbox(&["export", "-o", file]);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    }
    assert_eq!(parsed(&sandbox.inbox(&["ls"]))["pending"], 0);
}

#[test]
fn a_file_without_its_wal_is_not_treated_as_an_empty_inbox() {
    let sandbox = Sandbox::new();
    // The inbox file has this content until the first checkpoint of the WAL.
    let moved = rusqlite::Connection::open(sandbox.file("moved.sqlite")).unwrap();
    moved.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
    drop(moved);
    let listed = sandbox.inbox(&["ls", "--inbox", "moved.sqlite"]);
    assert_eq!(listed.status.code(), Some(3), "{listed:?}");
    assert!(String::from_utf8_lossy(&listed.stderr).contains("-wal"), "{listed:?}");
}

#[test]
fn the_error_for_a_damaged_inbox_explains_how_to_go_on() {
    let sandbox = Sandbox::new();
    let serving = sandbox.serve(&["--exec", "exit 75", "--first-retry", "1h"]);
    assert_eq!(report(sandbox.sim(&["--count", "50", "--rate", "500"])).1, Some(0));
    serving.terminate();
    let file = std::fs::OpenOptions::new().write(true).open(sandbox.file("inbox.sqlite")).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    for arguments in
        [["serve", "--exec", "true", "--inbox", "inbox.sqlite"].as_slice(), &["inbox", "ls", "--inbox", "inbox.sqlite"]]
    {
        let refused = command(sandbox.path(), arguments).output().unwrap();
        assert_eq!(refused.status.code(), Some(3), "{refused:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("move it away"), "{refused:?}");
    }
}

#[test]
fn texts_of_senders_do_not_control_the_terminal() {
    let sandbox = Sandbox::new();
    let serving = sandbox.serve(&["--exec", "exit 65"]);
    let body = r#"{"id": "e\u001b[2J\u0007", "name": "n\u001b]0;title\u0007\n", "data": {"id": "k\u009b31m"}}"#;
    assert_eq!(sandbox.post(body), "202");
    sandbox.wait_until_settled(&[]);
    serving.terminate();
    for arguments in [&["ls"][..], &["dead"], &["show", "e\u{1b}[2J\u{7}"]] {
        let output = command(sandbox.path(), &[&["inbox"], arguments].concat()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(r"\u{1b}[2J"), "{text:?}");
        assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{text:?}");
    }
}

#[test]
fn reading_commands_work_while_a_process_writes() {
    let sandbox = with_dead_letters();
    let writing = rusqlite::Connection::open(sandbox.file("inbox.sqlite")).unwrap();
    writing.execute_batch("BEGIN IMMEDIATE").unwrap();
    for call in [["ls", "--most"].as_slice(), &["dead", "--most"]] {
        assert_eq!(parsed(&sandbox.inbox(&[call, &["3"]].concat()))["events"].as_array().unwrap().len(), 3);
    }
    assert!(sandbox.inbox(&["export", "-o", "dead.jsonl"]).status.success());
    let lines = std::fs::read_to_string(sandbox.file("dead.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 10);
    // The log shows receipts.
    let receipt = parsed(&sandbox.inbox(&["show", "--receipt", "3"]));
    assert_eq!((&receipt["receipt"], &receipt["state"]), (&json!(3), &json!("dead")));
    assert_eq!(sandbox.inbox(&["show", "--receipt", "3000"]).status.code(), Some(1));
}

#[test]
fn a_failed_export_keeps_the_earlier_file() {
    let sandbox = with_dead_letters();
    std::fs::write(sandbox.file("dead.jsonl"), "earlier").unwrap();
    let damage = rusqlite::Connection::open(sandbox.file("inbox.sqlite")).unwrap();
    damage.execute_batch("UPDATE event SET headers = x'ffffffff' WHERE receipt = 7").unwrap();
    let failed = sandbox.inbox(&["export", "-o", "dead.jsonl"]);
    assert_eq!(failed.status.code(), Some(3), "{failed:?}");
    assert_eq!(std::fs::read_to_string(sandbox.file("dead.jsonl")).unwrap(), "earlier");
    assert!(!sandbox.file("dead.jsonl.part").exists());
}
