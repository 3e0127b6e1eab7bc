//! Limits of connections: the time without a request, and the number of connections.

use std::time::{Duration, Instant};

use asyncapi_receiver::inbox::{Memory, Sqlite};
use asyncapi_receiver::server::Server;
use bytes::Bytes;
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::client::head;
use crate::kit::{HEADER, PATIENCE, body, receiver, signature};
use crate::server::{SHORT, deliver, holding, run};

/// Waits until the server closes the connection.
pub(crate) async fn closed(mut stream: TcpStream) {
    let mut rest = Vec::new();
    // A reset counts as closed.
    let _reset = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("it is closed");
}

#[tokio::test]
async fn a_connection_without_a_whole_head_is_closed() {
    let server = Server::new(receiver(Memory::new())).with_header_deadline(SHORT);
    let serving = run(server).await;
    // Nothing; an incomplete head; an incomplete HTTP/2 preface; a complete preface; an incomplete header.
    for start in ["", "POST /hook HTT", "PRI * HTT", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "POST / HTTP/1.1\r\nx: "] {
        let mut stream = TcpStream::connect(serving.address).await.unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        closed(stream).await;
    }
    // Single bytes do not extend the deadline.
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    let dripping = async {
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(SHORT / 10).await;
        }
    };
    timeout(PATIENCE, dripping).await.expect("it is closed");
    // An answer that is not 2xx does not extend it either.
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n").await.unwrap();
    closed(stream).await;
    serving.stop().await;
}

/// Sends a delivery over a connection that stays open, and checks that the answer is 2xx.
async fn deliver_over(stream: &mut TcpStream, id: &str) {
    let body = body(id, "fine");
    let length = body.len().to_string();
    let head = head("POST", &[("content-length", &length), (HEADER, &signature(&body))]);
    let head = head.replace("connection: close\r\n", "");
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    let mut answer = [0; 1_024];
    let read = timeout(PATIENCE, stream.read(&mut answer)).await.expect("an answer").unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 202 "), "{}", String::from_utf8_lossy(&answer[..read]));
}

#[tokio::test]
async fn a_connection_stays_open_between_requests_but_not_with_half_a_head() {
    let server = Server::new(receiver(Memory::new())).with_header_deadline(SHORT);
    let serving = run(server).await;
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    for id in ["e1", "e2", "e3"] {
        deliver_over(&mut stream, id).await;
        sleep(SHORT * 3).await;
    }
    stream.write_all(b"POST / HTTP/1.1\r\nx: ").await.unwrap();
    // An idle connection would stay open for two minutes, longer than this test waits.
    closed(stream).await;
    serving.stop().await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_timeout_or_when_others_wait() {
    let server = || Server::new(receiver(Memory::new())).with_header_deadline(SHORT);
    for server in [server().with_idle_deadline(SHORT * 2), server().with_connections(1)] {
        let serving = run(server).await;
        let mut stream = TcpStream::connect(serving.address).await.unwrap();
        deliver_over(&mut stream, "e1").await;
        closed(stream).await;
        serving.stop().await;
    }
}

/// The types of the HTTP/2 frames that the server has sent.
fn frames(mut bytes: &[u8]) -> Vec<u8> {
    let mut types = Vec::new();
    while let [a, b, c, kind, rest @ ..] = bytes {
        types.push(*kind);
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        bytes = rest.get(5 + length..).unwrap_or_default();
    }
    types
}

#[tokio::test]
async fn over_http_2_the_end_of_an_idle_connection_is_announced() {
    const GOAWAY: u8 = 7;
    let serving = run(Server::new(receiver(Memory::new())).with_header_deadline(SHORT)).await;
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    // A HEADERS frame with a POST to http://h/, which is the complete request.
    let request = [&[0, 0, 6, 1, 5, 0, 0, 0, 1], [0x83, 0x86, 0x84, 0x41, 1, b'h'].as_slice()].concat();
    let begin = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", settings.as_slice(), &request].concat();
    stream.write_all(&begin).await.unwrap();
    let mut sent = Vec::new();
    let _reset = timeout(PATIENCE, stream.read_to_end(&mut sent)).await.expect("it is closed");
    assert!(frames(&sent).contains(&GOAWAY), "{:?}", frames(&sent));
    serving.stop().await;
}

/// The measurements of slow connections, and of normal requests at the same time.
#[derive(Debug)]
struct Slow {
    heads_closed_after: Duration,
    bodies_closed_after: Duration,
    others_p99: Duration,
}

async fn slow_senders(connections: u32, header: Duration, body: Duration) -> Slow {
    let directory = tempfile::tempdir().unwrap();
    let inbox = Sqlite::open(directory.path().join("inbox.sqlite")).unwrap();
    let receiver = receiver(inbox).with_body_deadline(body);
    let response_counts = receiver.response_counts();
    let serving = run(Server::new(receiver).with_header_deadline(header)).await;
    let address = serving.address;
    let mut slow = JoinSet::new();
    for number in 0..connections {
        slow.spawn(async move {
            let is_head = number % 2 == 0;
            // Staggered, because the accept queue of the system is shorter than the number of connections.
            sleep(Duration::from_micros(500) * number).await;
            let mut stream = TcpStream::connect(address).await.unwrap();
            let started = Instant::now();
            let (length, made_up) = (("content-length", "9000"), "00".repeat(32));
            // A request without a signature is refused after its head, but its body is still read for some time.
            let start = match number % 4 {
                1 => head("POST", &[length, (HEADER, &made_up)]),
                3 => head("POST", &[length]),
                _ => "POST / HTTP/1.1\r\nx: ".to_owned(),
            };
            stream.write_all(start.as_bytes()).await.unwrap();
            let (mut read, mut write) = stream.into_split();
            let drip = tokio::spawn(async move {
                while write.write_all(b"x").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            });
            let mut answer = Vec::new();
            let _reset = timeout(PATIENCE, read.read_to_end(&mut answer)).await.expect("it is closed");
            drip.abort();
            (is_head, started.elapsed())
        });
    }
    let slow = tokio::spawn(slow.join_all());
    let mut served = Vec::new();
    while !slow.is_finished() {
        let started = Instant::now();
        assert_eq!(deliver(address, &crate::kit::body(&served.len().to_string(), "fine")).await, 202);
        served.push(started.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    serving.stop().await;
    let closed = slow.await.unwrap();
    let each = u64::from(connections / 4);
    assert_eq!((response_counts.get("too_slow"), response_counts.get("not_verified")), (each, each));
    let last = |heads| closed.iter().filter(|(is_head, _)| *is_head == heads).map(|(_, after)| *after).max().unwrap();
    served.sort_unstable();
    let others_p99 = served[(served.len() - 1) * 99 / 100];
    Slow { heads_closed_after: last(true), bodies_closed_after: last(false), others_p99 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_heads_and_slow_bodies_are_closed_while_others_are_served() {
    let slow = slow_senders(200, SHORT, 2 * SHORT).await;
    // With a tolerance, because the machine may be busy. The long form of the test has stricter limits.
    let late = Duration::from_secs(6);
    assert!(slow.heads_closed_after < SHORT + late && slow.bodies_closed_after < 2 * SHORT + late, "{slow:?}");
    assert!(slow.others_p99 < Duration::from_secs(5), "{slow:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long form: the real deadlines, and as many connections as file descriptors allow"]
async fn two_thousand_slow_connections() {
    let slow = slow_senders(2_000, Duration::from_secs(5), Duration::from_secs(10)).await;
    println!("{slow:?}");
    assert!(slow.heads_closed_after < Duration::from_secs(6), "{slow:?}");
    assert!(slow.bodies_closed_after < Duration::from_secs(11), "{slow:?}");
    assert!(slow.others_p99 < Duration::from_millis(100), "{slow:?}");
}

#[tokio::test]
async fn there_are_no_more_connections_than_allowed() {
    let server = Server::new(receiver(Memory::new())).with_connections(1).with_header_deadline(SHORT);
    let serving = run(server).await;
    let idle = TcpStream::connect(serving.address).await.unwrap();
    // The delivery waits until the idle connection is closed.
    assert_eq!(deliver(serving.address, &body("e1", "fine")).await, 202);
    closed(idle).await;
    serving.stop().await;
}

#[tokio::test]
async fn there_are_no_more_requests_than_connections_are_allowed_however_many_a_connection_has() {
    let (gate, came, receiver) = holding();
    let serving = run(Server::new(receiver).with_connections(2)).await;
    let stream = TcpStream::connect(serving.address).await.unwrap();
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let driving = tokio::spawn(connection);
    let deliver = async |id: &str| {
        let body = body(id, "fine");
        let request = http::Request::post("http://localhost/hook").header(HEADER, signature(&body));
        sender.clone().send_request(request.body(Full::new(Bytes::from(body))).unwrap()).await.unwrap()
    };
    let third = async {
        came.acquire_many(2).await.unwrap().forget();
        let third = deliver("e3").await;
        gate.add_permits(2);
        third
    };
    let (first, second, third) = tokio::join!(deliver("e1"), deliver("e2"), third);
    assert_eq!([first.status(), second.status(), third.status()].map(|status| status.as_u16()), [202, 202, 503]);
    assert_eq!(third.headers()["retry-after"], "10");
    driving.abort();
    serving.stop().await;
}
