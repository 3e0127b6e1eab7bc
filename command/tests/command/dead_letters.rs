//! Events that cannot be decoded: they are acknowledged, kept with the location of the error, and can be retried.

use std::fs;

use serde_json::json;

use crate::kit::{RECORD_ID, Sandbox, command, json as parsed, report};

#[test]
fn undecodable_events_are_dead_letters_with_a_pointer_and_can_be_retried() {
    let sandbox = Sandbox::new();
    let serving = sandbox.serve(&["--strict", "--exec", RECORD_ID]);
    let (report, code) = report(sandbox.sim(&["--count", "60", "--rate", "200", "--malformed", "0.2", "--seed", "7"]));
    assert_eq!(code, Some(0));
    assert_eq!(
        report["answers"],
        serde_json::json!({"202": 60}),
        "an undecodable event is acknowledged like any other"
    );
    let listed = sandbox.wait_until_settled(&["--state", "dead"]);
    serving.terminate();

    let kinds = sandbox.acknowledged();
    let undecodable = kinds.iter().filter(|(_, kind)| kind.as_str() != "known").count();
    assert!(undecodable > 0, "the seed gives some undecodable events");
    assert_eq!(sandbox.handled().len() + undecodable, 60);
    let dead = listed["events"].as_array().unwrap();
    assert_eq!(dead.len(), undecodable);
    for letter in dead {
        let pointer = match letter["reason"]["kind"].as_str().unwrap() {
            "undecodable" => "/persist",
            "not_json" => "",
            other => panic!("{other}"),
        };
        assert_eq!(letter["reason"]["pointer"], pointer, "{letter}");
    }

    // The correction: the receiver runs without --strict.
    let (wrong_shape, _) = kinds.iter().find(|(_, kind)| kind.as_str() == "wrong_shape").unwrap();
    assert_eq!(parsed(&sandbox.inbox(&["retry", wrong_shape])), serde_json::json!({"requeued": 1}));
    let again = parsed(&sandbox.inbox(&["retry", "--all"]));
    assert_eq!(again["requeued"].as_u64().unwrap() + 1, undecodable as u64);
    let serving = sandbox.serve(&["--exec", RECORD_ID]);
    let listed = sandbox.wait_until_settled(&["--state", "dead"]);
    serving.terminate();
    assert_eq!(sandbox.handled().get(wrong_shape), Some(&1));
    // An event that is not JSON stays a dead letter.
    assert!(listed["events"].as_array().unwrap().iter().all(|letter| letter["reason"]["kind"] == "not_json"));
}

#[test]
fn forwarded_events_reach_a_url() {
    let (first, second) = (Sandbox::new(), Sandbox::new());
    let last = second.serve(&["--exec", "cat > body; echo $KUSTOMER_EVENT_NAME > name"]);
    // The second receiver requires a signature, and forwarded events have none: it answers 401.
    let url = format!("http://127.0.0.1:{}/", second.port);
    let serving = first.serve(&["--forward", &url, "--reject-status", "401"]);
    let (_, code) = report(first.sim(&["--count", "1"]));
    assert_eq!(code, Some(0));
    let listed = first.wait_until_settled(&["--state", "dead"]);
    assert_eq!(listed["events"][0]["reason"]["kind"], "rejected", "{listed}");
    serving.terminate();

    let (_, code) = report(second.sim(&["--count", "1", "--look", "seen"]));
    assert_eq!(code, Some(0));
    second.wait_until_settled(&[]);
    last.terminate();
    let body: serde_json::Value = serde_json::from_slice(&fs::read(second.file("body")).unwrap()).unwrap();
    assert_eq!(body["client"], "simulation");
    assert_eq!(fs::read_to_string(second.file("name")).unwrap().trim(), body["name"].as_str().unwrap());
}

#[test]
fn a_status_that_does_not_concern_the_event_is_retried() {
    let (first, second) = (Sandbox::new(), Sandbox::new());
    let _target = second.serve(&["--exec", "true"]);
    let url = format!("http://127.0.0.1:{}/", second.port);
    let quickly = ["--attempts", "3", "--first-retry", "10ms", "--last-retry", "10ms"];
    let serving = first.serve(&[["--forward", &url].as_slice(), &quickly].concat());
    assert!(first.post(r#"{"id": "e1", "name": "kustomer.customer.update"}"#).starts_with('2'));
    let listed = first.wait_until_settled(&[]);
    serving.terminate();
    let event = &listed["events"][0];
    assert_eq!((&event["attempts"], &event["reason"]["kind"]), (&json!(3), &json!("exhausted")), "{listed}");
    let with_password =
        command(first.path(), &["serve", "--inbox", "i", "--forward", "http://me:secret@h/"]).output().unwrap();
    assert_eq!(with_password.status.code(), Some(2), "{with_password:?}");
    assert!(!String::from_utf8_lossy(&with_password.stderr).contains("secret"), "{with_password:?}");
}
