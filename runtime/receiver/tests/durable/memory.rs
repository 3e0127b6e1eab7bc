//! Bodies that are too large are refused, and do not increase the memory of the receiver.

use std::fs;
use std::io::Write as _;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{head, post};
use crate::kit::{HEADER, PATIENCE, signature};
use crate::process::Process;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
const SIZES: [(usize, u16); 3] = [(MIB, 202), (9 * MIB, 413), (100 * MIB, 413)];
/// The largest allowed growth of resident memory, in bytes.
const GROWTH: u64 = 16 * 1024 * 1024;

/// A field of `/proc/PID/status` on Linux, in bytes.
pub(crate) fn status(process: &Process, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

fn padded(id: &str, size: usize) -> String {
    format!(r#"{{"id": "{id}", "name": "fine", "pad": "{}"}}"#, "x".repeat(size))
}

/// Sends a complete body in chunks, then reads the answer and returns its status.
async fn send_chunked(process: &Process, signature: &str, body: &str) -> u16 {
    let exchange = async {
        let mut stream = TcpStream::connect(process.address).await.unwrap();
        let head = head("POST", &[("transfer-encoding", "chunked"), (HEADER, signature)]);
        stream.write_all(head.as_bytes()).await.unwrap();
        for chunk in body.as_bytes().chunks(64 * 1024) {
            stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).await.unwrap();
            stream.write_all(chunk).await.unwrap();
            stream.write_all(b"\r\n").await.unwrap();
        }
        stream.write_all(b"0\r\n\r\n").await.unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.unwrap();
        reply.split(' ').nth(1).unwrap().parse().unwrap()
    };
    timeout(PATIENCE, exchange).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_bodies_are_2xx_or_413_and_leave_the_memory_as_it_was() {
    large_bodies(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long form"]
async fn four_rounds_of_large_bodies_leave_the_memory_as_it_was() {
    large_bodies(4).await;
}

async fn large_bodies(rounds: usize) {
    let directory = tempfile::tempdir().unwrap();
    let process = Process::start(directory.path()).await;
    for number in 0..100 {
        let body = padded(&format!("small-{number}"), 4 * KIB);
        assert_eq!(post(process.address, &[(HEADER, &signature(&body))], &body).await.status, 202);
    }
    let Some(before) = status(&process, "VmRSS") else {
        // Not `eprintln!`: the test harness hides its output when the test passes.
        let _unsaid = writeln!(
            std::io::stderr(),
            "SKIPPED: there is no /proc here, so the memory of a receiver was not measured"
        );
        return;
    };
    // The limit is 8 MiB. Several rounds, because memory that is not freed would add up.
    for (round, (size, answer)) in (0..rounds).flat_map(|round| SIZES.map(|size| (round, size))) {
        for way in ["whole", "chunked"] {
            let body = padded(&format!("{way}-{size}-{round}"), size);
            // Above the limit, the body is refused before its signature is checked.
            let signature = if answer == 202 { signature(&body) } else { "00".repeat(32) };
            let answered = match way {
                "whole" => post(process.address, &[(HEADER, &signature)], &body).await.status,
                _ => send_chunked(&process, &signature, &body).await,
            };
            assert_eq!(answered, answer, "{way}, {size} bytes, round {round}");
        }
    }
    let most = status(&process, "VmHWM").unwrap();
    assert!(most - before <= GROWTH, "from {before} to {most} bytes");
    println!("resident memory grew by {} KiB at most, from {} KiB", (most - before) / 1024, before / 1024);
    process.terminate().await;
}
