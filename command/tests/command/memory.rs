//! Large bodies do not increase the memory of `serve`, with any allocator.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use kustomer_webhooks::{SIGNATURE_HEADER, sign};

use crate::kit::{Sandbox, Serving, TIMEOUT, TOKEN};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
/// Body sizes with the expected status. The limit is 8 MiB.
const SIZES: [(usize, &str); 3] = [(MIB, "202"), (9 * MIB, "413"), (100 * MIB, "413")];
/// The maximum growth of resident memory, in bytes.
const GROWTH: u64 = 16 * 1024 * 1024;

#[derive(Clone, Copy, Debug)]
enum Encoding {
    ContentLength,
    Chunked,
}

/// Reads a field of `/proc/PID/status`, in bytes.
fn proc_status(serving: &Serving, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", serving.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

fn padded(id: &str, size: usize) -> String {
    format!(r#"{{"id": "{id}", "name": "kustomer.note.create", "pad": "{}"}}"#, "x".repeat(size))
}

/// Sends the complete body before it reads the response, and returns the status code.
fn send(sandbox: &Sandbox, encoding: Encoding, body: &str) -> String {
    let signature = sign(TOKEN, body.as_bytes()).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", sandbox.port)).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    let length = match encoding {
        Encoding::ContentLength => format!("content-length: {}", body.len()),
        Encoding::Chunked => "transfer-encoding: chunked".to_owned(),
    };
    let head =
        format!("POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n{SIGNATURE_HEADER}: {signature}\r\n{length}");
    write!(stream, "{head}\r\n\r\n").unwrap();
    match encoding {
        Encoding::ContentLength => stream.write_all(body.as_bytes()).unwrap(),
        Encoding::Chunked => {
            for chunk in body.as_bytes().chunks(64 * KIB) {
                write!(stream, "{:x}\r\n", chunk.len()).unwrap();
                stream.write_all(chunk).unwrap();
                stream.write_all(b"\r\n").unwrap();
            }
            stream.write_all(b"0\r\n\r\n").unwrap();
        }
    }
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn large_bodies_are_2xx_or_413_and_do_not_increase_the_memory() {
    large_bodies(1);
}

/// Several rounds, because memory that a round leaks adds up.
#[test]
#[ignore = "long form"]
fn four_rounds_of_large_bodies_do_not_increase_the_memory() {
    large_bodies(4);
}

fn large_bodies(rounds: usize) {
    let sandbox = Sandbox::new();
    let serving = sandbox.serve(&["--exec", "cat > all; echo >> handled"]);
    for number in 0..100 {
        assert_eq!(send(&sandbox, Encoding::ContentLength, &padded(&format!("small-{number}"), 4 * KIB)), "202");
    }
    let Some(before) = proc_status(&serving, "VmRSS") else {
        // The test harness hides the output of `eprintln!` while the test passes.
        let _ignored =
            writeln!(std::io::stderr(), "SKIPPED: there is no /proc here, which the measurement of memory needs");
        return;
    };
    for (round, (size, response)) in (0..rounds).flat_map(|round| SIZES.map(|size| (round, size))) {
        for encoding in [Encoding::ContentLength, Encoding::Chunked] {
            let body = padded(&format!("{encoding:?}-{size}-{round}"), size);
            assert_eq!(send(&sandbox, encoding, &body), response, "{encoding:?}, {size} bytes, round {round}");
        }
    }
    sandbox.wait_until_settled(&[]);
    let peak = proc_status(&serving, "VmHWM").unwrap();
    assert!(peak - before <= GROWTH, "from {before} to {peak} bytes");
    println!("resident memory grew by {} KiB at most, from {} KiB", (peak - before) / 1024, before / 1024);
    serving.terminate();
}
