//! Every limit is set from the prompt, and is what the receiver then does.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::kit::{NOTE, Place, command, report};

/// The status of the answer to this, and all of it.
fn ask(place: &Place, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", place.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer.split_whitespace().nth(1).unwrap_or_default().to_owned(), answer)
}

fn post(length: usize, body: &str) -> String {
    format!("POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[test]
fn requests_are_limited_as_was_said() {
    let place = Place::new();
    let limits = ["--body-limit", "1KiB", "--body-deadline", "50ms", "--header-deadline", "200ms"];
    let serving = place.serve(&[["--exec", "true"].as_slice(), &limits].concat());
    assert_eq!(ask(&place, &post(1_025, "")).0, "413");
    let signed_by_nobody = format!("x-kustomer-webhook-signature: {}\r\ncontent-length: 10", "0".repeat(64));
    assert_eq!(ask(&place, &post(10, "half").replace("content-length: 10", &signed_by_nobody)).0, "408");
    assert_eq!(ask(&place, "POST / HT").1, "", "closed");
    serving.terminate();

    let contradictory = ["serve", "--exec", "true", "--inbox", "inbox.sqlite", "--body-limit", "100MiB"];
    let refused = command(place.path(), &contradictory).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--body-budget"), "{refused:?}");
}

#[test]
fn unknown_events_are_passed_on_or_set_aside() {
    for (unknown, dead) in [("pass", 0), ("set-aside", 5)] {
        let place = Place::new();
        let serving = place.serve(&["--exec", NOTE, "--unknown", unknown]);
        let (_, code) = report(place.sim(&["--count", "5", "--rate", "100", "--unknown", "1"]));
        assert_eq!(code, Some(0));
        let listed = place.settled(&["--state", "dead"]);
        serving.terminate();
        assert_eq!((&listed["dead"], place.handled().len()), (&dead.into(), 5 - dead), "{listed}");
        for letter in listed["events"].as_array().unwrap() {
            assert_eq!((&letter["reason"]["kind"], &letter["reason"]["pointer"]), (&"unknown".into(), &"/name".into()));
        }
    }
}

#[test]
fn the_canary_comes_out_unless_it_is_turned_off() {
    let place = Place::new();
    for (period, comes) in [("1s", true), ("0s", false)] {
        let serving = place.serve(&["--exec", NOTE, "--canary", period]);
        let metrics = "GET /metrics HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
        let told = || ask(&place, metrics).1.contains("asyncapi_canary_seconds");
        if comes {
            place.until(told);
        } else {
            // What the first left in the inbox, if anything, is out.
            place.settled(&[]);
            assert!(!told());
        }
        serving.terminate();
    }
    assert!(place.handled().is_empty(), "nobody is given it");
}

#[test]
fn what_cannot_be_a_limit_is_refused_with_an_example() {
    let place = Place::new();
    for (limit, value, example) in [
        ("--body-limit", "8MB", "8MiB"),
        ("--body-limit", "99999999999999999999", "no number"),
        ("--drain", "30", "30s"),
        ("--attempts", "0", "0 is not in"),
    ] {
        let call = ["serve", "--inbox", "i", "--exec", "true", limit, value];
        let output = command(place.path(), &call).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(example), "{output:?}");
    }
}
