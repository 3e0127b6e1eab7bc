//! The inbox in a JetStream, against a nats-server that is started here. Without one the tests pass over, aloud.

use std::collections::BTreeSet;
use std::process::Output;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::broker::{Broker, LARGE};
use crate::kit::{NOTE, PATIENCE, Place, command, json as parsed, report};

fn until(condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < PATIENCE, "it does not come to pass");
        sleep(Duration::from_millis(20));
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn two_receivers_share_an_inbox_and_handle_each_event_once() {
    let Some(broker) = Broker::start(LARGE) else { return };
    let url = broker.url();
    let places = [Place::new(), Place::new()];
    let serving: Vec<_> = places.iter().map(|place| place.serve(&["--inbox", &url, "--exec", NOTE])).collect();
    let faults = ["--duplicates", "0.5", "--drop-answers", "0.2", "--compress", "600"];
    let sims: Vec<_> = places
        .iter()
        .map(|place| place.sim(&[["--count", "40", "--rate", "100"].as_slice(), &faults].concat()))
        .collect();
    for sim in sims {
        let (report, code) = report(sim);
        assert_eq!(code, Some(0), "{report}");
    }
    let listed = places[0].settled(&["--inbox", &url]);
    assert_eq!(listed["dead"], 0, "{listed}");
    for serving in serving {
        serving.terminate();
    }
    let acknowledged: BTreeSet<_> = places.iter().flat_map(|place| place.acknowledged().into_keys()).collect();
    let handled: Vec<_> = places.iter().flat_map(Place::handled).collect();
    assert_eq!((acknowledged.len(), handled.len()), (80, 80));
    assert!(handled.iter().all(|(id, runs)| *runs == 1 && acknowledged.contains(id)), "{handled:?}");
}

#[test]
fn the_event_of_a_receiver_that_was_killed_is_handled_by_another() {
    let Some(broker) = Broker::start(LARGE) else { return };
    let url = broker.url();
    let (first, second) = (Place::new(), Place::new());
    let inbox = ["--inbox", url.as_str(), "--nats-lease", "1s"];
    let serving = first.serve(&[inbox.as_slice(), &["--canary", "0s", "--exec", "touch begun; sleep 20"]].concat());
    let (_, code) = report(first.sim(&["--count", "1"]));
    assert_eq!(code, Some(0));
    until(|| first.file("begun").exists());
    // Longer than its lease, which it renews: nobody else is given it.
    let other = second.serve(&[inbox.as_slice(), &["--canary", "0s", "--exec", NOTE]].concat());
    sleep(Duration::from_secs(3));
    assert!(second.handled().is_empty());
    serving.kill();
    until(|| second.handled().len() == 1);
    second.settled(&["--inbox", &url]);
    other.terminate();
}

#[test]
fn dead_letters_are_listed_shown_exported_replayed_and_handled() {
    let Some(broker) = Broker::start(LARGE) else { return };
    let (place, url) = (Place::new(), broker.url());
    let serving = place.serve(&["--inbox", &url, "--exec", "exit 1"]);
    let (_, code) = report(place.sim(&["--count", "10", "--rate", "200"]));
    assert_eq!(code, Some(0));
    place.settled(&["--inbox", &url]);
    serving.terminate();
    let ask = |arguments: &[&str]| place.inbox(&[arguments, &["--inbox", &url]].concat());

    let dead = parsed(&ask(&["dead", "--most", "3"]));
    assert_eq!((&dead["dead"], dead["events"].as_array().unwrap().len()), (&json!(10), 3));
    let (first, last) = (&dead["events"][0], &dead["events"][2]);
    assert_eq!(first["reason"]["message"], "the command ended with exit code 1");
    assert_eq!(first["attempts"], 1);
    let next = parsed(&ask(&["dead", "--after", &last["receipt"].to_string()]));
    assert_eq!(next["events"].as_array().unwrap().len(), 7);
    let id = first["id"].as_str().unwrap();
    let shown = parsed(&ask(&["show", id]));
    let body: Value = serde_json::from_str(shown["body"].as_str().unwrap()).unwrap();
    assert_eq!(&body["id"], id);

    assert_eq!(parsed(&ask(&["discard", id])), json!({"discarded": 1}));
    for what in ["show", "retry", "discard"] {
        assert_eq!(ask(&[what, id]).status.code(), Some(1), "{what}");
    }
    let exported = ask(&["export", "-o", "letters", "--progress"]);
    let told: Vec<_> =
        text(&exported.stderr).lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect();
    assert!(told[0]["progress"]["exported"].is_u64(), "{told:?}");
    assert_eq!(told.last().unwrap(), &json!({"exported": 9, "state": "dead"}));
    assert_eq!(parsed(&place.inbox(&["replay", "letters"])), json!({"stored": 9, "duplicates": 0}), "into a file");
    assert_eq!(parsed(&ask(&["discard", "--all"])), json!({"discarded": 9}));

    let elsewhere = ["--nats-stream", "elsewhere"];
    let there = |arguments: &[&str]| ask(&[arguments, &elsewhere].concat());
    assert_eq!(parsed(&there(&["replay", "letters"])), json!({"stored": 9, "duplicates": 0}));
    assert_eq!(parsed(&there(&["replay", "letters"])), json!({"stored": 0, "duplicates": 9}));
    let retried = there(&["retry", "--all", "--progress"]);
    assert_eq!(parsed(&retried), json!({"requeued": 9}));
    assert_eq!(text(&retried.stderr).lines().next(), Some(r#"{"progress":{"requeued":1}}"#));
    assert_eq!(parsed(&there(&["ls", "--state", "ready"]))["events"].as_array().unwrap().len(), 9);
    let serving = place.serve(&[["--inbox", &url, "--exec", NOTE].as_slice(), &elsewhere].concat());
    place.settled(&[["--inbox", url.as_str()].as_slice(), &elsewhere].concat());
    serving.terminate();
    assert_eq!(place.handled().len(), 9);
}

fn serve_for_a_moment(place: &Place, arguments: &[&str]) -> Output {
    command(place.path(), &["serve", "--json", "--listen", "127.0.0.1:0", "--exec", "true"])
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn what_bodies_do_not_fit_into_is_refused_with_its_cure() {
    let Some(broker) = Broker::start("") else { return };
    let (place, url) = (Place::new(), broker.url());
    let refused = serve_for_a_moment(&place, &["--inbox", &url]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let said = text(&refused.stderr);
    let failure = said.lines().find(|line| line.starts_with('{')).expect("it is said why");
    let failure: Value = serde_json::from_str(failure).unwrap();
    assert!(failure["error"].as_str().unwrap().contains("8388608"), "{failure}");
    assert!(failure["cure"].as_str().unwrap().contains("max_payload"), "{failure}");
    place.serve(&["--inbox", &url, "--exec", "true", "--body-limit", "512KiB"]).terminate();
}

#[test]
fn looking_makes_no_inbox_and_what_is_wrong_is_named() {
    let Some(broker) = Broker::start("") else { return };
    let (place, url) = (Place::new(), broker.url());
    for _ in 0..2 {
        let output = place.inbox(&["ls", "--inbox", &url]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    let with_password = url.replace("nats://", "nats://user:secret@");
    let output = place.inbox(&["ls", "--inbox", &with_password]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!text(&output.stderr).contains("secret"), "{output:?}");
    drop(broker);
    let output = place.inbox(&["ls", "--inbox", &url]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    for wrong in [["--nats-replicas", "2"], ["--nats-stream", "a.b"], ["--nats-key", "alone"]] {
        let output = place.inbox(&[["ls", "--inbox", &url].as_slice(), &wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
}
