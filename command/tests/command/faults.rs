//! What a receiver survives, and what the sender makes of it.

use std::net::TcpListener;
use std::thread::{self, sleep};
use std::time::Duration;

use crate::kit::{NOTE, Place, report};

#[test]
fn duplicates_and_dropped_answers_are_handled_once() {
    let place = Place::new();
    let serving = place.serve(&["--exec", NOTE]);
    let faults = ["--duplicates", "0.5", "--drop-answers", "0.3", "--reorder", "0.3", "--unknown", "0.1"];
    let sim = place.sim(&[["--count", "150", "--rate", "100", "--compress", "600"].as_slice(), &faults].concat());
    let (report, code) = report(sim);
    assert_eq!(code, Some(0), "{report}");
    assert_eq!(report["acknowledged"], 150, "{report}");
    assert!(report["answers"]["dropped"].as_u64() > Some(0), "{report}");
    let listed = place.settled(&[]);
    serving.terminate();

    assert_eq!(listed["dead"], 0);
    let handled = place.handled();
    assert!(place.acknowledged().keys().all(|id| handled.get(id) == Some(&1)), "{handled:?}");
    assert_eq!(handled.len(), 150);
}

#[derive(Clone, Copy)]
enum How {
    Killed,
    Terminated,
}

/// Ends the receiver again and again while events come, and counts afterwards. Each event starts a shell: of more a second the
/// library's own tests do the same.
fn interrupted(times: u32, rate: u32, how: How) {
    const AT_ONCE: u32 = 8;
    let place = Place::new();
    let arguments = ["--exec", NOTE, "--concurrency", "8", "--first-retry", "100ms", "--last-retry", "1s"];
    let mut serving = place.serve(&arguments);
    // About as long as it is interrupted.
    let (span, rate) = (format!("{}ms", times * 900), rate.to_string());
    let sim = place.sim(&["--for", &span, "--rate", &rate, "--compress", "600"]);
    for number in 0..times {
        // It is down for a part of each life: where that is most of it, even eight tries may all be in vain.
        sleep(Duration::from_millis(u64::from(400 + number * 137 % 700)));
        match how {
            How::Killed => serving.kill(),
            How::Terminated => drop(serving.terminate()),
        }
        serving = place.serve(&arguments);
    }
    let (report, code) = report(sim);
    assert_eq!(code, Some(0), "the webhook is disabled: {report}");
    let listed = place.settled(&[]);
    serving.terminate();

    let (acknowledged, handled) = (place.acknowledged(), place.handled());
    let lost: Vec<_> = acknowledged.keys().filter(|id| !handled.contains_key(*id)).collect();
    assert!(lost.is_empty(), "of {} acknowledged: {lost:?}", acknowledged.len());
    assert_eq!(listed["dead"], 0, "{listed}");
    let again: u32 = handled.values().map(|runs| runs - 1).sum();
    let in_flight = match how {
        How::Killed => times * AT_ONCE,
        How::Terminated => 0,
    };
    assert!(again <= in_flight, "{again} runs more than events");
    println!("{} acknowledged, {times} times, {again} runs more; {report}", acknowledged.len());
}

#[test]
fn kill_9_loses_nothing_that_was_acknowledged() {
    interrupted(5, 60, How::Killed);
}

#[test]
#[ignore = "long form"]
fn kill_9_two_hundred_times() {
    interrupted(200, 100, How::Killed);
}

#[test]
fn sigterm_loses_nothing_and_runs_nothing_twice() {
    interrupted(3, 60, How::Terminated);
}

#[test]
#[ignore = "long form"]
fn sigterm_a_hundred_times() {
    interrupted(100, 100, How::Terminated);
}

#[test]
fn an_address_that_is_free_in_a_moment_is_waited_for() {
    let place = Place::new();
    let holder = TcpListener::bind(("127.0.0.1", place.port)).unwrap();
    let holding = thread::spawn(move || {
        sleep(Duration::from_millis(300));
        drop(holder);
    });
    place.serve(&["--exec", NOTE]).terminate();
    holding.join().unwrap();
}

#[test]
fn an_inbox_by_a_name_that_keeps_nothing_elsewhere_is_a_file_too() {
    let place = Place::new();
    for name in [":memory:", "file:inbox?mode=memory"] {
        let serving = place.serve(&["--inbox", name, "--exec", NOTE, "--canary", "0s"]);
        let (_, code) = report(place.sim(&["--count", "2", "--rate", "100"]));
        assert_eq!(code, Some(0));
        serving.kill();
        let listed = crate::kit::json(&place.inbox(&["ls", "--inbox", name]));
        assert_eq!(listed["events"].as_array().unwrap().len(), 2, "{listed}");
        assert!(place.file(name).exists());
    }
}

#[test]
fn a_receiver_that_is_down_for_good_has_the_webhook_disabled() {
    let place = Place::new();
    let (report, code) = report(place.sim(&["--count", "5", "--rate", "100", "--compress", "4000"]));
    assert_eq!(code, Some(1), "{report}");
    assert_eq!(report["acknowledged"], 0);
    assert!(report["disabled_by"].is_string(), "{report}");
    // The first one and seven more, for the event that had it disabled.
    assert!(report["answers"]["no_answer"].as_u64() >= Some(8), "{report}");
    assert!(report["seconds"].as_f64() >= Some(64.0 * 60.0 / 4_000.0), "{report}");
}

#[test]
fn a_command_that_takes_too_long_is_ended_with_all_that_it_has_started() {
    let place = Place::new();
    let command = "echo $$ > group; sleep 300 | cat";
    let serving = place.serve(&["--exec", command, "--deadline", "300ms", "--attempts", "1"]);
    let (_, code) = report(place.sim(&["--count", "1"]));
    assert_eq!(code, Some(0));
    let listed = place.settled(&["--state", "dead"]);
    assert_eq!(listed["events"][0]["reason"]["kind"], "exhausted", "{listed}");
    place.until(|| !place.group_lives());
    serving.terminate();
}

#[test]
fn what_a_command_runs_ends_with_a_receiver_that_is_killed() {
    let place = Place::new();
    // A pipeline: the shell is not all that has to end.
    let serving = place.serve(&["--exec", "echo $$ > group; sleep 300 | cat"]);
    let (_, code) = report(place.sim(&["--count", "1"]));
    assert_eq!(code, Some(0));
    place.until(|| place.group_lives());
    serving.kill();
    place.until(|| !place.group_lives());
    let serving = place.serve(&["--exec", NOTE]);
    place.settled(&[]);
    serving.terminate();
    assert_eq!(place.handled().len(), 1);
}

#[test]
fn a_command_that_cannot_be_run_is_tried_again() {
    let place = Place::new();
    let serving = place.serve(&["--exec", "./not-there", "--first-retry", "1h"]);
    let (_, code) = report(place.sim(&["--count", "3", "--rate", "100"]));
    assert_eq!(code, Some(0));
    let ended = serving.terminate();
    assert_eq!((&ended["dead"], &ended["pending"]), (&0.into(), &3.into()), "{ended}");
}

#[test]
fn a_command_is_run_whatever_the_event_is_called() {
    let place = Place::new();
    let serving = place.serve(&["--exec", r#"printf %s "$KUSTOMER_EVENT_NAME" > called"#]);
    let name = "é".repeat(100_000);
    let answer = place.post(&format!(r#"{{"id": "e1", "name": "{name}\u0000"}}"#));
    assert_eq!(answer, "202");
    place.settled(&[]);
    assert_eq!(serving.terminate()["done"], 1);
    assert_eq!(std::fs::read_to_string(place.file("called")).unwrap(), "é".repeat(256));
}

#[test]
fn a_command_whose_work_is_killed_is_tried_again() {
    let place = Place::new();
    // As by the system when memory is short: of a pipeline, or of several commands, it is not the shell that dies.
    let serving = place.serve(&["--exec", "sh -c 'kill -9 $$'; exit $?", "--first-retry", "1h"]);
    let (_, code) = report(place.sim(&["--count", "3", "--rate", "100"]));
    assert_eq!(code, Some(0));
    let ended = serving.terminate();
    assert_eq!((&ended["dead"], &ended["pending"]), (&0.into(), &3.into()), "{ended}");
}

#[test]
fn a_handler_that_fails_is_the_receivers_business_alone() {
    let place = Place::new();
    let retries = ["--attempts", "3", "--first-retry", "10ms", "--last-retry", "20ms"];
    let serving = place.serve(&[["--exec", "exit 75"].as_slice(), &retries].concat());
    let (report, code) = report(place.sim(&["--count", "20", "--rate", "100"]));
    assert_eq!(code, Some(0));
    assert_eq!(report["answers"], serde_json::json!({"202": 20}));
    let listed = place.settled(&["--state", "dead"]);
    serving.terminate();
    assert_eq!(listed["dead"], 20);
    assert_eq!(listed["events"][0]["reason"]["kind"], "exhausted");
    assert_eq!(listed["events"][0]["attempts"], 3);
}
