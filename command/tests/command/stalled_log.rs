//! A reader of standard error that stalls does not stop the receiver.

use std::fs;
use std::process::Stdio;

use crate::kit::{RECORD_ID, Sandbox, request_status};

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let sandbox = Sandbox::new();
    // With `debug`, each event has lines. The pipe of the system has room for 64 KiB.
    let serving = sandbox.serve_logging(&["--exec", RECORD_ID, "--log", "debug"], Stdio::piped());
    let address = format!("127.0.0.1:{}", sandbox.port);
    let refused = "POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    for number in 0..600 {
        assert_eq!(request_status(&address, refused), "401", "{number}");
    }
    for number in 0..400 {
        assert_eq!(sandbox.post(&format!(r#"{{"id": "e{number}", "name": "n"}}"#)), "202", "{number}");
    }
    let livez = "GET /livez HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
    assert_eq!(request_status(&address, livez), "200");
    sandbox.wait_until_settled(&[]);
    serving.terminate();
    assert_eq!(sandbox.handled().len(), 400);
}

#[test]
fn refused_requests_are_counted_in_the_log() {
    let sandbox = Sandbox::new();
    let log = fs::File::create(sandbox.file("log")).unwrap();
    let serving = sandbox.serve_logging(&["--exec", RECORD_ID], log.into());
    let refused = "POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let address = format!("127.0.0.1:{}", sandbox.port);
    // The number of the requests without a line is in the next second.
    sandbox.wait_until(|| {
        for _ in 0..50 {
            assert_eq!(request_status(&address, refused), "401");
        }
        fs::read_to_string(sandbox.file("log")).unwrap().contains("more requests were refused")
    });
    serving.terminate();
}
