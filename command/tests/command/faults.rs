//! Faults of the sender, of the receiver and of the command.

use std::net::TcpListener;
use std::thread::{self, sleep};
use std::time::Duration;

use serde_json::json;

use crate::kit::{RECORD_ID, Sandbox, report};

#[test]
fn duplicates_and_dropped_responses_are_handled_once() {
    let sandbox = Sandbox::new();
    let serving = sandbox.serve(&["--exec", RECORD_ID]);
    let faults = ["--duplicates", "0.5", "--drop-answers", "0.3", "--reorder", "0.3", "--unknown", "0.1"];
    let sim = sandbox.sim(&[["--count", "150", "--rate", "100", "--compress", "600"].as_slice(), &faults].concat());
    let (report, code) = report(sim);
    assert_eq!(code, Some(0), "{report}");
    assert_eq!(report["acknowledged"], 150, "{report}");
    assert!(report["answers"]["dropped"].as_u64() > Some(0), "{report}");
    let listed = sandbox.wait_until_settled(&[]);
    serving.terminate();

    assert_eq!(listed["dead"], 0);
    let handled = sandbox.handled();
    assert!(sandbox.acknowledged().keys().all(|id| handled.get(id) == Some(&1)), "{handled:?}");
    assert_eq!(handled.len(), 150);
}

#[derive(Clone, Copy)]
enum Stop {
    Killed,
    Terminated,
}

/// Stops and starts the receiver several times while events arrive, and then checks that no event is lost. The rate is low
/// because each event starts a shell. The tests of the library use higher rates.
fn test_restarts(times: u32, rate: u32, how: Stop) {
    const CONCURRENCY: u32 = 8;
    let sandbox = Sandbox::new();
    let arguments = ["--exec", RECORD_ID, "--concurrency", "8", "--first-retry", "100ms", "--last-retry", "1s"];
    let mut serving = sandbox.serve(&arguments);
    // The sender sends for about as long as the restarts take.
    let (span, rate) = (format!("{}ms", times * 900), rate.to_string());
    let sim = sandbox.sim(&["--for", &span, "--rate", &rate, "--compress", "600"]);
    for number in 0..times {
        // The receiver must run for most of the time, otherwise all eight attempts of an event may fail.
        sleep(Duration::from_millis(u64::from(400 + number * 137 % 700)));
        match how {
            Stop::Killed => serving.kill(),
            Stop::Terminated => drop(serving.terminate()),
        }
        serving = sandbox.serve(&arguments);
    }
    let (report, code) = report(sim);
    assert_eq!(code, Some(0), "the webhook is disabled: {report}");
    let listed = sandbox.wait_until_settled(&[]);
    serving.terminate();

    let (acknowledged, handled) = (sandbox.acknowledged(), sandbox.handled());
    let lost: Vec<_> = acknowledged.keys().filter(|id| !handled.contains_key(*id)).collect();
    assert!(lost.is_empty(), "of {} acknowledged: {lost:?}", acknowledged.len());
    assert_eq!(listed["dead"], 0, "{listed}");
    let repeated: u32 = handled.values().map(|runs| runs - 1).sum();
    let in_flight = match how {
        Stop::Killed => times * CONCURRENCY,
        Stop::Terminated => 0,
    };
    assert!(repeated <= in_flight, "{repeated} repeated runs");
    println!("{} acknowledged, {times} times, {repeated} repeated runs; {report}", acknowledged.len());
}

#[test]
fn kill_9_loses_no_acknowledged_event() {
    test_restarts(5, 60, Stop::Killed);
}

#[test]
#[ignore = "long form"]
fn kill_9_two_hundred_times() {
    test_restarts(200, 100, Stop::Killed);
}

#[test]
fn sigterm_loses_nothing_and_runs_nothing_twice() {
    test_restarts(3, 60, Stop::Terminated);
}

#[test]
#[ignore = "long form"]
fn sigterm_a_hundred_times() {
    test_restarts(100, 100, Stop::Terminated);
}

#[test]
fn serve_waits_for_an_address_that_is_in_use() {
    let sandbox = Sandbox::new();
    let holder = TcpListener::bind(("127.0.0.1", sandbox.port)).unwrap();
    let releasing = thread::spawn(move || {
        // The address stays in use while the receiver starts.
        sleep(Duration::from_millis(300));
        drop(holder);
    });
    sandbox.serve(&["--exec", RECORD_ID]).terminate();
    releasing.join().unwrap();
}

#[test]
fn sqlite_names_for_memory_databases_are_file_names() {
    let sandbox = Sandbox::new();
    for name in [":memory:", "file:inbox?mode=memory"] {
        let serving = sandbox.serve(&["--inbox", name, "--exec", RECORD_ID, "--canary", "0s"]);
        let (_, code) = report(sandbox.sim(&["--count", "2", "--rate", "100"]));
        assert_eq!(code, Some(0));
        serving.kill();
        let listed = crate::kit::json(&sandbox.inbox(&["ls", "--inbox", name]));
        assert_eq!(listed["events"].as_array().unwrap().len(), 2, "{listed}");
        assert!(sandbox.file(name).exists());
    }
}

#[test]
fn the_webhook_is_disabled_when_the_receiver_stays_down() {
    let sandbox = Sandbox::new();
    let (report, code) = report(sandbox.sim(&["--count", "5", "--rate", "100", "--compress", "4000"]));
    assert_eq!(code, Some(1), "{report}");
    assert_eq!(report["acknowledged"], 0);
    assert!(report["disabled_by"].is_string(), "{report}");
    // The event that disabled the webhook had the first attempt and seven retries.
    assert!(report["answers"]["no_answer"].as_u64() >= Some(8), "{report}");
    assert!(report["seconds"].as_f64() >= Some(64.0 * 60.0 / 4_000.0), "{report}");
}

#[test]
fn a_command_is_killed_at_the_deadline_with_its_child_processes() {
    let sandbox = Sandbox::new();
    let command = "echo $$ > group; sleep 300 | cat";
    let serving = sandbox.serve(&["--exec", command, "--deadline", "300ms", "--attempts", "1"]);
    let (_, code) = report(sandbox.sim(&["--count", "1"]));
    assert_eq!(code, Some(0));
    let listed = sandbox.wait_until_settled(&["--state", "dead"]);
    assert_eq!(listed["events"][0]["reason"]["kind"], "exhausted", "{listed}");
    sandbox.wait_until(|| !sandbox.group_lives());
    serving.terminate();
}

#[test]
fn child_processes_of_a_command_end_when_the_receiver_is_killed() {
    let sandbox = Sandbox::new();
    // In a pipeline, the shell is not the only process that must end.
    let serving = sandbox.serve(&["--exec", "echo $$ > group; sleep 300 | cat"]);
    let (_, code) = report(sandbox.sim(&["--count", "1"]));
    assert_eq!(code, Some(0));
    sandbox.wait_until(|| sandbox.group_lives());
    serving.kill();
    sandbox.wait_until(|| !sandbox.group_lives());
    let serving = sandbox.serve(&["--exec", RECORD_ID]);
    sandbox.wait_until_settled(&[]);
    serving.terminate();
    assert_eq!(sandbox.handled().len(), 1);
}

#[test]
fn a_command_that_cannot_be_run_is_retried() {
    let sandbox = Sandbox::new();
    let serving = sandbox.serve(&["--exec", "./not-there", "--first-retry", "1h"]);
    let (_, code) = report(sandbox.sim(&["--count", "3", "--rate", "100"]));
    assert_eq!(code, Some(0));
    let ended = serving.terminate();
    assert_eq!((&ended["dead"], &ended["pending"]), (&0.into(), &3.into()), "{ended}");
}

#[test]
fn a_command_is_run_for_any_event_name() {
    let sandbox = Sandbox::new();
    let serving = sandbox.serve(&["--exec", r#"printf %s "$KUSTOMER_EVENT_NAME" > called"#]);
    let name = "é".repeat(100_000);
    let answer = sandbox.post(&format!(r#"{{"id": "e1", "name": "{name}\u0000"}}"#));
    assert_eq!(answer, "202");
    sandbox.wait_until_settled(&[]);
    assert_eq!(serving.terminate()["done"], 1);
    assert_eq!(std::fs::read_to_string(sandbox.file("called")).unwrap(), "é".repeat(256));
}

#[test]
fn a_command_whose_child_process_is_killed_is_retried() {
    let sandbox = Sandbox::new();
    // The system kills a child process of the shell, for example when memory is short.
    let serving = sandbox.serve(&["--exec", "sh -c 'kill -9 $$'; exit $?", "--first-retry", "1h"]);
    let (_, code) = report(sandbox.sim(&["--count", "3", "--rate", "100"]));
    assert_eq!(code, Some(0));
    let ended = serving.terminate();
    assert_eq!((&ended["dead"], &ended["pending"]), (&0.into(), &3.into()), "{ended}");
}

#[test]
fn a_failing_handler_does_not_change_the_response() {
    let sandbox = Sandbox::new();
    let retries = ["--attempts", "3", "--first-retry", "10ms", "--last-retry", "20ms"];
    let serving = sandbox.serve(&[["--exec", "exit 75", "--pause-after", "0"].as_slice(), &retries].concat());
    let (report, code) = report(sandbox.sim(&["--count", "20", "--rate", "100"]));
    assert_eq!(code, Some(0));
    assert_eq!(report["answers"], serde_json::json!({"202": 20}));
    let listed = sandbox.wait_until_settled(&["--state", "dead"]);
    serving.terminate();
    assert_eq!(listed["dead"], 20);
    assert_eq!(listed["events"][0]["reason"]["kind"], "exhausted");
    assert_eq!(listed["events"][0]["attempts"], 3);
}

#[test]
fn a_failed_command_is_retried_and_its_error_is_kept_unless_it_rejects_the_event() {
    let sandbox = Sandbox::new();
    let command = r#"echo "$KUSTOMER_EVENT_NAME ${KUSTOMER_WEBHOOK_TOKEN-no token}" >&2; exit 1"#;
    let serving =
        sandbox.serve(&["--exec", command, "--attempts", "2", "--first-retry", "10ms", "--last-retry", "10ms"]);
    assert!(sandbox.post(r#"{"id": "e1", "name": "kustomer.customer.update"}"#).starts_with('2'));
    let listed = sandbox.wait_until_settled(&[]);
    serving.terminate();
    let event = &listed["events"][0];
    assert_eq!((&event["attempts"], &event["reason"]["kind"]), (&json!(2), &json!("exhausted")), "{listed}");
    let message = event["reason"]["message"].as_str().unwrap();
    assert!(message.ends_with("exit code 1: kustomer.customer.update no token"), "{message}");
}
