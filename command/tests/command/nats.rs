//! The inbox in a JetStream of a nats-server that each test starts. Tests print `SKIPPED` if no nats-server is installed.

use std::collections::BTreeSet;
use std::process::Output;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::broker::{Broker, LARGE};
use crate::kit::{RECORD_ID, Sandbox, TIMEOUT, command, json as parsed, report};

fn wait_until(condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < TIMEOUT, "the condition is not true in time");
        sleep(Duration::from_millis(20));
    }
}

fn to_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn two_receivers_share_an_inbox_and_handle_each_event_once() {
    let Some(broker) = Broker::start(LARGE) else { return };
    let url = broker.url();
    let sandboxes = [Sandbox::new(), Sandbox::new()];
    let serving: Vec<_> =
        sandboxes.iter().map(|sandbox| sandbox.serve(&["--inbox", &url, "--exec", RECORD_ID])).collect();
    let faults = ["--duplicates", "0.5", "--drop-answers", "0.2", "--compress", "600"];
    let sims: Vec<_> = sandboxes
        .iter()
        .map(|sandbox| sandbox.sim(&[["--count", "40", "--rate", "100"].as_slice(), &faults].concat()))
        .collect();
    for sim in sims {
        let (report, code) = report(sim);
        assert_eq!(code, Some(0), "{report}");
    }
    let listed = sandboxes[0].wait_until_settled(&["--inbox", &url]);
    assert_eq!(listed["dead"], 0, "{listed}");
    for serving in serving {
        serving.terminate();
    }
    let acknowledged: BTreeSet<_> = sandboxes.iter().flat_map(|sandbox| sandbox.acknowledged().into_keys()).collect();
    let handled: Vec<_> = sandboxes.iter().flat_map(Sandbox::handled).collect();
    assert_eq!((acknowledged.len(), handled.len()), (80, 80));
    assert!(handled.iter().all(|(id, runs)| *runs == 1 && acknowledged.contains(id)), "{handled:?}");
}

#[test]
fn the_event_of_a_receiver_that_was_killed_is_handled_by_another() {
    let Some(broker) = Broker::start(LARGE) else { return };
    let url = broker.url();
    let (first, second) = (Sandbox::new(), Sandbox::new());
    let inbox = ["--inbox", url.as_str(), "--nats-lease", "1s"];
    let serving = first.serve(&[inbox.as_slice(), &["--canary", "0s", "--exec", "touch begun; sleep 20"]].concat());
    let (_, code) = report(first.sim(&["--count", "1"]));
    assert_eq!(code, Some(0));
    wait_until(|| first.file("begun").exists());
    // This is longer than the lease, which the first receiver renews: the second receiver must not get the event.
    let other = second.serve(&[inbox.as_slice(), &["--canary", "0s", "--exec", RECORD_ID]].concat());
    sleep(Duration::from_secs(3));
    assert!(second.handled().is_empty());
    serving.kill();
    wait_until(|| second.handled().len() == 1);
    second.wait_until_settled(&["--inbox", &url]);
    other.terminate();
}

#[test]
fn dead_letters_are_listed_shown_exported_replayed_and_handled() {
    let Some(broker) = Broker::start(LARGE) else { return };
    let (sandbox, url) = (Sandbox::new(), broker.url());
    let serving = sandbox.serve(&["--inbox", &url, "--exec", "exit 65"]);
    let (_, code) = report(sandbox.sim(&["--count", "10", "--rate", "200"]));
    assert_eq!(code, Some(0));
    sandbox.wait_until_settled(&["--inbox", &url]);
    serving.terminate();
    let inbox = |arguments: &[&str]| sandbox.inbox(&[arguments, &["--inbox", &url]].concat());

    let dead = parsed(&inbox(&["dead", "--most", "3"]));
    assert_eq!((&dead["dead"], dead["events"].as_array().unwrap().len()), (&json!(10), 3));
    let (first, last) = (&dead["events"][0], &dead["events"][2]);
    assert_eq!(first["reason"]["message"], "the command ended with exit code 65");
    assert_eq!(first["attempts"], 1);
    let next = parsed(&inbox(&["dead", "--after", &last["receipt"].to_string()]));
    assert_eq!(next["events"].as_array().unwrap().len(), 7);
    let id = first["id"].as_str().unwrap();
    let shown = parsed(&inbox(&["show", id]));
    let body: Value = serde_json::from_str(shown["body"].as_str().unwrap()).unwrap();
    assert_eq!(&body["id"], id);

    assert_eq!(parsed(&inbox(&["discard", id])), json!({"discarded": 1}));
    for what in ["show", "retry", "discard"] {
        assert_eq!(inbox(&[what, id]).status.code(), Some(1), "{what}");
    }
    let exported = inbox(&["export", "-o", "dead.jsonl", "--progress"]);
    let lines: Vec<_> =
        to_text(&exported.stderr).lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect();
    assert!(lines[0]["progress"]["exported"].is_u64(), "{lines:?}");
    assert_eq!(lines.last().unwrap(), &json!({"exported": 9, "state": "dead"}));
    assert_eq!(parsed(&sandbox.inbox(&["replay", "dead.jsonl"])), json!({"stored": 9, "duplicates": 0}), "into a file");
    assert_eq!(parsed(&inbox(&["discard", "--all"])), json!({"discarded": 9}));

    let other_stream = ["--nats-stream", "other"];
    let in_other_stream = |arguments: &[&str]| inbox(&[arguments, &other_stream].concat());
    assert_eq!(parsed(&in_other_stream(&["replay", "dead.jsonl"])), json!({"stored": 9, "duplicates": 0}));
    assert_eq!(parsed(&in_other_stream(&["replay", "dead.jsonl"])), json!({"stored": 0, "duplicates": 9}));
    let retried = in_other_stream(&["retry", "--all", "--progress"]);
    assert_eq!(parsed(&retried), json!({"requeued": 9}));
    assert_eq!(to_text(&retried.stderr).lines().next(), Some(r#"{"progress":{"requeued":1}}"#));
    assert_eq!(parsed(&in_other_stream(&["ls", "--state", "ready"]))["events"].as_array().unwrap().len(), 9);
    let serving = sandbox.serve(&[["--inbox", &url, "--exec", RECORD_ID].as_slice(), &other_stream].concat());
    sandbox.wait_until_settled(&[["--inbox", url.as_str()].as_slice(), &other_stream].concat());
    serving.terminate();
    assert_eq!(sandbox.handled().len(), 9);
}

fn run_serve(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    command(sandbox.path(), &["serve", "--json", "--listen", "127.0.0.1:0", "--exec", "true"])
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn a_stream_with_too_small_messages_is_refused_with_help() {
    let Some(broker) = Broker::start("") else { return };
    let (sandbox, url) = (Sandbox::new(), broker.url());
    let refused = run_serve(&sandbox, &["--inbox", &url]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let stderr = to_text(&refused.stderr);
    let failure = stderr.lines().find(|line| line.starts_with('{')).expect("the error is printed");
    let failure: Value = serde_json::from_str(failure).unwrap();
    assert!(failure["error"].as_str().unwrap().contains("8388608"), "{failure}");
    assert!(failure["help"].as_str().unwrap().contains("max_payload"), "{failure}");
    sandbox.serve(&["--inbox", &url, "--exec", "true", "--body-limit", "512KiB"]).terminate();
}

#[test]
fn listing_creates_no_inbox_and_wrong_arguments_are_reported() {
    let Some(broker) = Broker::start("") else { return };
    let (sandbox, url) = (Sandbox::new(), broker.url());
    for _ in 0..2 {
        let output = sandbox.inbox(&["ls", "--inbox", &url]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    let with_password = url.replace("nats://", "nats://user:secret@");
    let output = sandbox.inbox(&["ls", "--inbox", &with_password]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!to_text(&output.stderr).contains("secret"), "{output:?}");
    drop(broker);
    let output = sandbox.inbox(&["ls", "--inbox", &url]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    for wrong in [["--nats-replicas", "2"], ["--nats-stream", "a.b"], ["--nats-key", "alone"]] {
        let output = sandbox.inbox(&[["ls", "--inbox", &url].as_slice(), &wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}
