//! Clients without a token that send as much as they can: memory stays small, and senders are served.

use std::net::SocketAddr;

use asyncapi_receiver::inbox::Memory;
use asyncapi_receiver::server::{Monitor, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::client::head;
use crate::connections::closed;
use crate::http2::{self, END_HEADERS, END_STREAM};
use crate::kit::{HEADER, PATIENCE, body, receiver};
use crate::memory::status;
use crate::process::Process;
use crate::server::{SHORT, deliver, run};

const MIB: u64 = 1024 * 1024;
/// The largest resident memory under any flood, in bytes.
const MEMORY: u64 = 64 * MIB;

fn made_up() -> String {
    "00".repeat(32)
}

/// Opens connections that each send these bytes, read what comes back and stay open. Returns how many sent everything.
async fn flood(server: SocketAddr, connections: usize, sent: impl Fn(usize) -> Vec<u8>) -> usize {
    let mut open = JoinSet::new();
    for number in 0..connections {
        let bytes = sent(number);
        let stream = TcpStream::connect(server).await;
        open.spawn(async move {
            let Ok(mut stream) = stream else { return false };
            let is_sent = stream.write_all(&bytes).await.is_ok();
            let mut answer = Vec::new();
            // It ends when the server closes the connection.
            let _reset = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it is closed");
            is_sent
        });
    }
    open.join_all().await.into_iter().filter(|is_sent| *is_sent).count()
}

/// The largest resident memory of a receiver of its own under this flood. `None` without `/proc`.
async fn memory_under(connections: usize, sent: impl Fn(usize) -> Vec<u8>) -> Option<u64> {
    let directory = tempfile::tempdir().unwrap();
    let process = Process::start(directory.path()).await;
    let sent = flood(process.address, connections, sent).await;
    assert!(sent > 0, "no connection could send");
    assert_eq!(deliver(process.address, &body("after", "fine")).await, 202);
    let most = status(&process, "VmHWM");
    process.terminate().await;
    most
}

/// The bytes of an HTTP/2 connection with this many requests, each with this many small fields.
fn requests(streams: u32, fields: usize) -> Vec<u8> {
    let settings = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    let signed = [(HEADER.to_ascii_lowercase(), made_up())];
    let signed = signed.each_ref().map(|(name, value)| (name.as_str(), value.as_str()));
    let posts = (0..streams).map(|number| http2::post(2 * number + 1, END_HEADERS, &signed, fields));
    [settings, posts.collect::<Vec<_>>().concat()].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long form"]
async fn heads_of_many_fields_over_http_2_use_little_memory() {
    // More fields than allowed, and as many as allowed.
    for (connections, streams, fields) in [(41, 100, 1_900), (300, 16, 90)] {
        let most = memory_under(connections, |_| requests(streams, fields)).await;
        println!("{connections} x {streams} x {fields}: {:?} MiB", most.map(|most| most / MIB));
        assert!(most.is_none_or(|most| most <= MEMORY), "{most:?} bytes, {connections} connections, {fields} fields");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long form"]
async fn large_heads_over_http_1_use_little_memory() {
    let padding = "x".repeat(14_000);
    let half = format!("POST / HTTP/1.1\r\nx: {padding}");
    let whole = head("POST", &[("content-length", "9000"), (HEADER, &made_up()), ("x", &padding)]);
    let larger = format!("POST / HTTP/1.1\r\nx: {}", "x".repeat(58_000));
    for (text, connections) in [(&half, 900), (&whole, 900), (&larger, 900)] {
        let most = memory_under(connections, |_| text.clone().into_bytes()).await;
        println!("{connections} x {} bytes: {:?} MiB", text.len(), most.map(|most| most / MIB));
        assert!(most.is_none_or(|most| most <= MEMORY), "{most:?} bytes, heads of {} bytes", text.len());
    }
}

#[tokio::test]
async fn a_head_has_at_most_a_hundred_fields_over_both_protocols() {
    let serving = run(Server::new(receiver(Memory::new())).with_header_deadline(SHORT)).await;
    for (fields, status) in [(90, "401"), (101, "431")] {
        let mut stream = TcpStream::connect(serving.address).await.unwrap();
        let request = format!("POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n{}\r\n", "a: b\r\n".repeat(fields));
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(PATIENCE, stream.read_to_string(&mut answer)).await.expect("an answer").unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{fields}: {answer}");

        let mut stream = http2::connect(serving.address).await;
        stream.write_all(&http2::post(1, END_HEADERS | END_STREAM, &[], fields)).await.unwrap();
        let mut answer = Vec::new();
        let _reset = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it is closed");
        // The status is a literal with the name of the entry 8 of the table (RFC 7541, appendix A), in Huffman code or not.
        let is_found = [status.as_bytes(), huffman(status)].iter().any(|text| contains(&answer, text));
        assert!(is_found, "{fields}: {answer:?}");
    }
    serving.stop().await;
}

/// The digits in the Huffman code of HPACK (RFC 7541, appendix B).
fn huffman(status: &str) -> &'static [u8] {
    match status {
        "401" => &[0x68, 0x01],
        _ => &[0x69, 0x90, 0xff],
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn senders_are_served_while_strangers_hold_requests_without_bodies() {
    const CONNECTIONS: usize = 64;
    let receiver = receiver(Memory::new());
    let response_counts = receiver.response_counts();
    let serving = run(Server::new(receiver).with_connections(CONNECTIONS)).await;
    let address = serving.address;
    // Many more requests than there is room for.
    let mut open = Vec::new();
    for _ in 0..16 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&requests(16, 0)).await.unwrap();
        open.push(stream);
    }
    for number in 0..200 {
        assert_eq!(deliver(address, &body(&format!("e{number}"), "fine")).await, 202, "{response_counts:?}");
    }
    assert!(response_counts.get("busy") >= 16 * 16 - CONNECTIONS as u64, "the oldest gave way: {response_counts:?}");
    drop(open);
    serving.stop().await;
}

#[tokio::test]
async fn a_stalled_body_of_a_stranger_is_refused_long_before_the_deadline_for_bodies() {
    let serving = run(Server::new(receiver(Memory::new()).with_body_deadline(PATIENCE * 2))).await;
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    let request = head("POST", &[("content-length", "9000"), (HEADER, &made_up())]);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut answer)).await.expect("an answer").unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    serving.stop().await;
}

#[tokio::test]
async fn a_health_check_does_not_make_a_client_trusted() {
    let server = Server::new(receiver(Memory::new())).with_monitor(Monitor::new()).with_header_deadline(SHORT);
    let serving = run(server).await;
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost: h\r\n\r\n").await.unwrap();
    // The connection of a trusted client would stay open for two minutes, longer than this test waits.
    closed(stream).await;
    serving.stop().await;
}
