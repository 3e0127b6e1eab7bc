//! The server: responses, limits and drain.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use asyncapi_receiver::http::{Receiver, ResponseCounts};
use asyncapi_receiver::inbox::{Inbox, Memory, Page};
use asyncapi_receiver::server::Server;
use asyncapi_receiver::verify::{HmacSha256Hex, Verify, VerifyError, sign};
use asyncapi_receiver::{Accept, Accepted, Durable, NotAccepted};
use asyncapi_runtime::{BoxFuture, Headers, Inbound};
use bytes::Bytes;
use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::client::{head, post, send};
use crate::connections::closed;
use crate::kit::{HEADER, PATIENCE, body, event_fields, receiver, secret, signature};

/// A deadline that is exceeded on purpose. Requests that should be in time have the default deadlines.
pub(crate) const SHORT: Duration = Duration::from_millis(300);

pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Serving {
    pub(crate) async fn stop(self) {
        drop(self.stop);
        timeout(PATIENCE, self.ended).await.expect("it ends").unwrap();
    }
}

pub(crate) async fn serve<A: Accept + 'static>(receiver: Receiver<A>) -> Serving {
    run(Server::new(receiver)).await
}

pub(crate) async fn run<A: Accept + 'static>(server: Server<A>) -> Serving {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let ended = tokio::spawn(server.serve(listener, async { stopped.await.unwrap_or(()) }));
    Serving { address, stop, ended }
}

pub(crate) async fn deliver(address: SocketAddr, body: &str) -> u16 {
    post(address, &[(HEADER, &signature(body))], body).await.status
}

#[tokio::test]
async fn stored_duplicate_and_quarantined_are_2xx() {
    let serving = serve(receiver(Memory::new())).await;
    assert_eq!(deliver(serving.address, &body("e1", "fine")).await, 202);
    assert_eq!(deliver(serving.address, &body("e1", "fine")).await, 200);
    assert_eq!(deliver(serving.address, "no JSON").await, 202);
    assert_eq!(post(serving.address, &[(HEADER, "00")], "{}").await.status, 401);
    serving.stop().await;
}

#[tokio::test]
async fn unverified_requests_are_401_and_not_stored() {
    let inbox = Arc::new(Memory::new());
    let serving = serve(receiver(Arc::clone(&inbox))).await;
    let body = body("e1", "fine");
    let (right, anothers) = (signature(&body), sign(&secret("another"), body.as_bytes()));
    let of_another_body = signature("another body");
    let refused: [&[_]; 5] = [
        &[],
        &[(HEADER, "00")],
        &[(HEADER, &anothers)],
        &[(HEADER, &of_another_body)],
        &[(HEADER, &right), (HEADER, &right)],
    ];
    for headers in refused {
        assert_eq!(post(serving.address, headers, &body).await.status, 401, "{headers:?}");
    }
    assert!(inbox.list(Page::first()).await.unwrap().is_empty());
    assert_eq!(post(serving.address, &[(HEADER, &right)], &body).await.status, 202);
    serving.stop().await;
}

#[tokio::test]
async fn bodies_above_the_cap_are_413_and_counted() {
    let receiver = receiver(Memory::new()).with_body_limit(64 * 1024);
    let response_counts = receiver.response_counts();
    let serving = serve(receiver).await;
    let fits = format!(r#"{{"id": "e1", "pad": "{}"}}"#, "x".repeat(60 * 1024));
    assert_eq!(deliver(serving.address, &fits).await, 202);
    // The client sends the complete body before it reads the answer. The body is much larger than the socket buffers.
    let above = "x".repeat(20 * 1024 * 1024);
    // The signature is never checked.
    let signature = signature("another");
    let signed = (HEADER, signature.as_str());
    assert_eq!(post(serving.address, &[signed], &above).await.status, 413);
    let chunked = ("transfer-encoding", "chunked");
    let chunk = format!("{:x}\r\n{above}\r\n0\r\n\r\n", above.len());
    assert_eq!(send(serving.address, &(head("POST", &[chunked, signed]) + &chunk)).await.status, 413);
    assert_eq!((response_counts.get("too_large"), response_counts.get("stored")), (2, 1));
    serving.stop().await;
}

#[tokio::test]
async fn heads_above_the_cap_are_431_and_those_below_are_read() {
    let smallest = run(Server::new(receiver(Memory::new())).with_header_limit(0)).await;
    let usual = serve(receiver(Memory::new())).await;
    let body = body("e1", "fine");
    let signature = signature(&body);
    for (serving, kibibytes, status) in
        [(&smallest, 6, 202), (&smallest, 10, 431), (&usual, 14, 202), (&usual, 20, 431)]
    {
        let padding = "x".repeat(kibibytes * 1024);
        let headers = [(HEADER, signature.as_str()), ("x-padding", &padding)];
        assert_eq!(post(serving.address, &headers, &body).await.status, status, "{kibibytes} KiB");
    }
    smallest.stop().await;
    usual.stop().await;
}

/// An acceptor that blocks every delivery until the test releases it.
pub(crate) struct Holding {
    gate: Arc<Semaphore>,
    came: Arc<Semaphore>,
}

impl Accept for Holding {
    fn accept(&self, _: Inbound) -> BoxFuture<'_, Result<Accepted, NotAccepted>> {
        Box::pin(async {
            self.came.add_permits(1);
            self.gate.acquire().await.unwrap().forget();
            Ok(Accepted::Stored)
        })
    }
}

/// Returns the semaphore that releases deliveries, the semaphore that counts arrived deliveries, and the receiver.
pub(crate) fn holding() -> (Arc<Semaphore>, Arc<Semaphore>, Receiver<Holding>) {
    let (gate, came) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let verifier = HmacSha256Hex::new(HEADER, [secret(crate::kit::TOKEN)]).unwrap();
    let holding = Holding { gate: Arc::clone(&gate), came: Arc::clone(&came) };
    (gate, came, Receiver::new(holding, verifier))
}

pub(crate) async fn until(condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("it comes about");
}

#[tokio::test]
async fn bodies_beyond_the_budget_are_503_until_there_is_room() {
    let (gate, came, receiver) = holding();
    let response_counts: ResponseCounts = receiver.response_counts();
    let serving = serve(receiver.with_body_budget(100)).await;
    let address = serving.address;
    let big = "x".repeat(80);
    let first = tokio::spawn({
        let big = big.clone();
        async move { deliver(address, &big).await }
    });
    came.acquire().await.unwrap().forget();
    let second = post(address, &[(HEADER, &signature(&big))], &big).await;
    assert_eq!((second.status, second.header("retry-after")), (503, Some("10")));
    gate.add_permits(1);
    assert_eq!(first.await.unwrap(), 202);
    gate.add_permits(1);
    assert_eq!(deliver(address, &big).await, 202, "there is room again");
    assert_eq!(response_counts.get("busy"), 1);
    serving.stop().await;
}

#[tokio::test]
async fn unfinished_large_bodies_do_not_keep_small_ones_out() {
    let receiver = receiver(Memory::new()).with_body_limit(4_000).with_body_budget(10_000);
    let response_counts = receiver.response_counts();
    let serving = serve(receiver).await;
    let address = serving.address;
    let mut stalled = Vec::new();
    for size in [3_000, 2_900, 4_000] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let length = (size + 1).min(4_000).to_string();
        let head = head("POST", &[("content-length", length.as_str()), (HEADER, &signature("another body"))]);
        stream.write_all((head + &"x".repeat(size - 1)).as_bytes()).await.unwrap();
        stalled.push(stream);
        // Long enough for the server to read everything that the client has sent.
        tokio::time::sleep(SHORT).await;
    }
    for number in 0..20 {
        let body = body(&format!("e{number}"), &"small".repeat(100));
        assert_eq!(deliver(address, &body).await, 202, "while {response_counts:?}");
    }
    assert_eq!(response_counts.get("busy"), 1, "the largest gives way, and no more than have to");
    let mut reply = String::new();
    timeout(PATIENCE, stalled[2].read_to_string(&mut reply)).await.expect("an answer").unwrap();
    assert!(reply.starts_with("HTTP/1.1 503 "), "{reply}");
    serving.stop().await;
}

#[tokio::test]
async fn http_2_is_spoken_by_prior_knowledge() {
    let serving = serve(receiver(Memory::new())).await;
    let stream = TcpStream::connect(serving.address).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let driving = tokio::spawn(connection);
    for (id, status) in [("e1", 202), ("e1", 200), ("e2", 202)] {
        let body = body(id, "fine");
        let request = http::Request::post("http://localhost/hook").header(HEADER, signature(&body));
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        assert_eq!(sender.send_request(request).await.unwrap().status(), status);
    }
    drop(sender);
    serving.stop().await;
    driving.abort();
}

#[tokio::test]
async fn a_drain_answers_started_requests_and_accepts_no_new_ones() {
    let (gate, came, receiver) = holding();
    let serving = serve(receiver).await;
    let address = serving.address;
    let idle = TcpStream::connect(address).await.unwrap();
    let begun = tokio::spawn(async move { deliver(address, "begun").await });
    came.acquire().await.unwrap().forget();
    let stopping = tokio::spawn(serving.stop());
    closed(idle).await;
    let refused = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, refused).await.expect("no connection is taken any more");
    assert!(!stopping.is_finished(), "it waits for what was begun");
    gate.add_permits(1);
    assert_eq!(begun.await.unwrap(), 202);
    stopping.await.unwrap();
}

#[tokio::test]
async fn requests_during_a_drain_are_503_with_retry_after() {
    // The server may see the shutdown before the beginning of the request, and then closes the connection without an
    // answer. So the test repeats until it gets a 503.
    let seen = async {
        loop {
            let serving = serve(receiver(Memory::new())).await;
            let mut stream = TcpStream::connect(serving.address).await.unwrap();
            let body = body("e1", "fine");
            let whole =
                head("POST", &[(HEADER, &signature(&body)), ("content-length", &body.len().to_string())]) + &body;
            let (begun, rest) = whole.split_at(20);
            stream.write_all(begun.as_bytes()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
            let stopping = tokio::spawn(serving.stop());
            tokio::task::yield_now().await;
            let mut answer = Vec::new();
            let _closed = stream.write_all(rest.as_bytes()).await;
            let _closed = stream.read_to_end(&mut answer).await;
            stopping.await.unwrap();
            let answer = String::from_utf8(answer).unwrap().to_lowercase();
            if answer.starts_with("http/1.1 503") {
                assert!(answer.contains("retry-after: 10"), "{answer}");
                return;
            }
        }
    };
    timeout(PATIENCE, seen).await.expect("a request is answered during a drain");
}

#[tokio::test]
async fn a_drain_ends_even_if_a_request_does_not() {
    let (_gate, came, receiver) = holding();
    let serving = run(Server::new(receiver).with_drain(SHORT)).await;
    let address = serving.address;
    let begun = tokio::spawn(async move { post(address, &[(HEADER, &signature("begun"))], "begun").await });
    came.acquire().await.unwrap().forget();
    serving.stop().await;
    assert!(begun.await.is_err(), "no 2xx, so the sender sends it again");
}

/// Secrets that can be replaced while the receiver runs.
#[derive(Clone)]
struct Rotating(Arc<RwLock<HmacSha256Hex>>);

impl Verify for Rotating {
    fn verify(&self, headers: &Headers, body: &[u8]) -> Result<(), VerifyError> {
        self.0.read().unwrap().verify(headers, body)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_rotated_under_load_without_a_refused_event() {
    let verifier = |tokens: &[&str]| HmacSha256Hex::new(HEADER, tokens.iter().map(|token| secret(token))).unwrap();
    let rotating = Rotating(Arc::new(RwLock::new(verifier(&["a"]))));
    let inbox = Arc::new(Memory::new());
    let receiver = Receiver::new(Durable::new(Arc::clone(&inbox), event_fields()), rotating.clone());
    let response_counts = receiver.response_counts();
    let serving = serve(receiver).await;
    let address = serving.address;
    let token = Arc::new(RwLock::new("a"));
    let senders: Vec<_> = (0..4)
        .map(|sender| {
            let token = Arc::clone(&token);
            tokio::spawn(async move {
                for number in 0..150 {
                    let body = body(&format!("{sender}-{number}"), "fine");
                    let signature = sign(&secret(*token.read().unwrap()), body.as_bytes());
                    assert_eq!(post(address, &[(HEADER, &signature)], &body).await.status, 202);
                }
            })
        })
        .collect();
    until(|| response_counts.get("stored") > 100).await;
    *rotating.0.write().unwrap() = verifier(&["a", "b"]);
    until(|| response_counts.get("stored") > 200).await;
    *token.write().unwrap() = "b";
    // Requests with the old signature may still be in flight.
    until(|| response_counts.get("stored") > 300).await;
    *rotating.0.write().unwrap() = verifier(&["b"]);
    for sender in senders {
        sender.await.unwrap();
    }
    assert_eq!((response_counts.get("stored"), response_counts.get("not_verified")), (600, 0));
    assert_eq!(inbox.stats().await.unwrap().pending, 600);
    serving.stop().await;
}
