//! What is printed and logged may be read by nobody any more, which is no reason to receive nothing.

use std::process::Stdio;

use crate::kit::{Place, ask, command, json, report};

const UNSIGNED: &str = "POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";

#[test]
fn a_log_that_cannot_be_written_ends_nothing() {
    let place = Place::new();
    let (reader, writer) = std::io::pipe().unwrap();
    let serving = place.serve_logging(&["--exec", "exit 1", "--log", "debug"], writer.into());
    drop(reader);
    let address = format!("127.0.0.1:{}", place.port);
    assert_eq!(ask(&address, UNSIGNED), "401", "the warning of it is not to be had");
    assert_eq!(report(place.sim(&["--count", "3", "--rate", "100", "--resources", "1"])).1, Some(0));
    assert_eq!(place.settled(&[])["dead"], 3);
    assert_eq!(serving.terminate()["ended"], "drained");
}

#[test]
fn output_that_nobody_reads_ends_nothing() {
    let place = Place::new();
    let mut serving = place.serve(&["--exec", "exit 1"]);
    serving.read_no_more();
    assert_eq!(report(place.sim(&["--count", "2", "--rate", "100"])).1, Some(0));
    assert_eq!(place.settled(&[])["dead"], 2);
    assert_eq!(serving.terminate_unheard(), Some(0));

    let unheard = |arguments: &[&str]| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let stderr = writer.try_clone().unwrap();
        let mut command = command(place.path(), arguments);
        command.stdin(Stdio::null()).stdout(writer).stderr(stderr).status().unwrap().code()
    };
    std::fs::write(place.file("body"), "{}").unwrap();
    assert_eq!(unheard(&["verify", "body", "--signature", "00"]), Some(1));
    assert_eq!(unheard(&["verify", "not-there", "--signature", "00"]), Some(3));
    assert_eq!(unheard(&["inbox", "retry", "--all"]), Some(0));
    assert_eq!(unheard(&["inbox", "retry", "not-there"]), Some(1));
    assert_eq!(json(&place.inbox(&["ls"]))["pending"], 2);
    assert_eq!(unheard(&["sim", "http://127.0.0.1:1/", "--count", "1", "--compress", "100000"]), Some(1));
}
