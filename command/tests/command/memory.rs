//! Large bodies cost the command no memory, whatever allocator it has and however that is set.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use kustomer_webhooks::{SIGNATURE_HEADER, sign};

use crate::kit::{PATIENCE, Place, Serving, TOKEN};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
/// The cap is 8 MiB.
const SIZES: [(usize, &str); 3] = [(MIB, "202"), (9 * MIB, "413"), (100 * MIB, "413")];
/// What one round leaves behind must not add up.
const ROUNDS: usize = 4;
/// Of resident memory, at any time.
const GROWTH: u64 = 16 * 1024 * 1024;

#[derive(Clone, Copy, Debug)]
enum Way {
    Whole,
    Chunked,
}

/// A field of what Linux says of a process, in bytes.
fn status(serving: &Serving, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", serving.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

fn padded(id: &str, size: usize) -> String {
    format!(r#"{{"id": "{id}", "name": "kustomer.note.create", "pad": "{}"}}"#, "x".repeat(size))
}

/// Sends all of it before it looks for the answer, and says what that is.
fn send(place: &Place, way: Way, body: &str) -> String {
    let signature = sign(TOKEN, body.as_bytes()).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", place.port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = match way {
        Way::Whole => format!("content-length: {}", body.len()),
        Way::Chunked => "transfer-encoding: chunked".to_owned(),
    };
    let head =
        format!("POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n{SIGNATURE_HEADER}: {signature}\r\n{length}");
    write!(stream, "{head}\r\n\r\n").unwrap();
    match way {
        Way::Whole => stream.write_all(body.as_bytes()).unwrap(),
        Way::Chunked => {
            for chunk in body.as_bytes().chunks(64 * KIB) {
                write!(stream, "{:x}\r\n", chunk.len()).unwrap();
                stream.write_all(chunk).unwrap();
                stream.write_all(b"\r\n").unwrap();
            }
            stream.write_all(b"0\r\n\r\n").unwrap();
        }
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn large_bodies_are_2xx_or_413_and_leave_the_memory_as_it_was() {
    let place = Place::new();
    let serving = place.serve(&["--exec", "cat > all; echo >> handled"]);
    for number in 0..100 {
        assert_eq!(send(&place, Way::Whole, &padded(&format!("small-{number}"), 4 * KIB)), "202");
    }
    let Some(before) = status(&serving, "VmRSS") else {
        // Not by `eprintln!`, which the harness keeps to itself for as long as the test passes.
        let _unsaid = writeln!(std::io::stderr(), "SKIPPED: there is no /proc here, so nobody looked at the memory");
        return;
    };
    for (round, (size, answer)) in (0..ROUNDS).flat_map(|round| SIZES.map(|size| (round, size))) {
        for way in [Way::Whole, Way::Chunked] {
            let body = padded(&format!("{way:?}-{size}-{round}"), size);
            assert_eq!(send(&place, way, &body), answer, "{way:?}, {size} bytes, round {round}");
        }
    }
    place.settled(&[]);
    let most = status(&serving, "VmHWM").unwrap();
    assert!(most - before <= GROWTH, "from {before} to {most} bytes");
    println!("resident memory grew by {} KiB at most, from {} KiB", (most - before) / 1024, before / 1024);
    serving.terminate();
}
