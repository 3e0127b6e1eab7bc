//! The limits of `serve` can be set by options.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::kit::{RECORD_ID, Sandbox, command, report};

/// Sends the request, and returns the status code and the complete response.
fn send(sandbox: &Sandbox, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    (response.split_whitespace().nth(1).unwrap_or_default().to_owned(), response)
}

fn post(length: usize, body: &str) -> String {
    format!("POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[test]
fn requests_are_limited_by_the_options() {
    let sandbox = Sandbox::new();
    let limits = ["--body-limit", "1KiB", "--body-deadline", "50ms", "--header-deadline", "200ms"];
    let serving = sandbox.serve(&[["--exec", "true"].as_slice(), &limits].concat());
    assert_eq!(send(&sandbox, &post(1_025, "")).0, "413");
    let invalid_signature = format!("x-kustomer-webhook-signature: {}\r\ncontent-length: 10", "0".repeat(64));
    assert_eq!(send(&sandbox, &post(10, "half").replace("content-length: 10", &invalid_signature)).0, "408");
    assert_eq!(send(&sandbox, "POST / HT").1, "", "the connection is closed");
    serving.terminate();

    let contradictory = ["serve", "--exec", "true", "--inbox", "inbox.sqlite", "--body-limit", "100MiB"];
    let refused = command(sandbox.path(), &contradictory).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--body-budget"), "{refused:?}");
}

#[test]
fn unknown_events_are_forwarded_or_become_dead_letters() {
    for (unknown, dead) in [("pass", 0), ("set-aside", 5)] {
        let sandbox = Sandbox::new();
        let serving = sandbox.serve(&["--exec", RECORD_ID, "--unknown", unknown]);
        let (_, code) = report(sandbox.sim(&["--count", "5", "--rate", "100", "--unknown", "1"]));
        assert_eq!(code, Some(0));
        let listed = sandbox.wait_until_settled(&["--state", "dead"]);
        serving.terminate();
        assert_eq!((&listed["dead"], sandbox.handled().len()), (&dead.into(), 5 - dead), "{listed}");
        for letter in listed["events"].as_array().unwrap() {
            assert_eq!((&letter["reason"]["kind"], &letter["reason"]["pointer"]), (&"unknown".into(), &"/name".into()));
        }
    }
}

#[test]
fn canaries_are_measured_unless_they_are_turned_off() {
    let sandbox = Sandbox::new();
    for (period, is_on) in [("1s", true), ("0s", false)] {
        let serving = sandbox.serve(&["--exec", RECORD_ID, "--canary", period]);
        let metrics = "GET /metrics HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
        let has_metric = || send(&sandbox, metrics).1.contains("asyncapi_canary_seconds");
        if is_on {
            sandbox.wait_until(has_metric);
        } else {
            // Waits for a canary of the first receiver that may still be in the inbox.
            sandbox.wait_until_settled(&[]);
            assert!(!has_metric());
        }
        serving.terminate();
    }
    assert!(sandbox.handled().is_empty(), "canaries are not forwarded");
}

#[test]
fn invalid_limits_are_refused_with_an_example() {
    let sandbox = Sandbox::new();
    for (limit, value, example) in [
        ("--body-limit", "8MB", "8MiB"),
        ("--body-limit", "99999999999999999999", "not a number"),
        ("--drain", "30", "30s"),
        ("--attempts", "0", "0 is not in"),
    ] {
        let call = ["serve", "--inbox", "i", "--exec", "true", limit, value];
        let output = command(sandbox.path(), &call).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(example), "{output:?}");
    }
}
