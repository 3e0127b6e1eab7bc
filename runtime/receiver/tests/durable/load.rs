//! Load: many events, each delivered five times. Some senders ignore the answer, one event in ten panics, and one in
//! ten thousand cannot be decoded.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use asyncapi_receiver::inbox::ReasonKind;
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::kit::{Case, HEADER, each, receiver, signature};
use crate::server::serve;

const COPIES: usize = 5;
const SENDERS: usize = 50;
/// For one delivery out of this number, the sender does not wait for the answer. At most one per event.
const UNHEARD: usize = 7;
const PANIC: usize = 10;
const POISON: usize = 10_000;

fn body(event: usize) -> String {
    // An event that does not panic, and that is not the first.
    if event % POISON == POISON / 2 + 1 {
        return format!(r#"{{"id": "{event}", "name": "fine", "text": 5}}"#);
    }
    let name = if event.is_multiple_of(PANIC) { "panicking_once" } else { "fine" };
    format!(r#"{{"id": "{event}", "name": "{name}"}}"#)
}

/// A sender that opens a new connection when the previous one is closed.
struct Sender {
    to: SocketAddr,
    connection: Option<SendRequest<Full<Bytes>>>,
}

impl Sender {
    async fn post(&mut self, body: String) -> u16 {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect().await,
        };
        let request = http::Request::post("/").header("host", "h").header(HEADER, signature(&body));
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        connection.ready().await.unwrap();
        let status = connection.send_request(request).await.unwrap().status().as_u16();
        self.connection = Some(connection);
        status
    }

    async fn connect(&self) -> SendRequest<Full<Bytes>> {
        let stream = TcpStream::connect(self.to).await.unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        sender
    }
}

/// Sends the share of one sender, and returns the statuses that it received. The deliveries of an event are distributed
/// over the senders.
async fn send(sender: usize, to: SocketAddr, events: usize) -> Vec<u16> {
    let mut answers = Vec::new();
    let mut connection = Sender { to, connection: None };
    for delivery in (sender..events * COPIES).step_by(SENDERS) {
        let body = body(delivery / COPIES);
        if delivery.is_multiple_of(UNHEARD) {
            // Closes the connection before or after the answer arrives.
            let after = Duration::from_micros(200 * (delivery as u64 % 16));
            let _unheard = timeout(after, connection.post(body)).await;
            connection.connection = None;
        } else {
            answers.push(connection.post(body).await);
        }
    }
    answers
}

async fn under_load(events: usize) {
    let [_, case] = each();
    let serving = serve(receiver(Arc::clone(&case.inbox))).await;
    let running = Case::run(case.worker());
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        senders.spawn(send(sender, serving.address, events));
    }
    let answers = senders.join_all().await.concat();
    case.settled().await;
    let counts = running.health.counts();
    running.stop().await;
    serving.stop().await;

    assert!(answers.iter().all(|answer| matches!(answer, 200 | 202)), "{answers:?}");
    let done = case.team.done();
    let poison: Vec<_> = (POISON / 2 + 1..events).step_by(POISON).map(|event| event.to_string()).collect();
    assert_eq!(done.len(), events - poison.len());
    assert!(done.values().all(|times| *times == 1), "some were handled twice");
    assert_eq!(counts.panicked, events as u64 / PANIC as u64);
    let dead = case.dead().await;
    assert_eq!(dead.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), poison);
    for (_, reason) in dead {
        assert_eq!((reason.kind(), reason.pointer()), (ReasonKind::Undecodable, Some("/text")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_ids_five_times_each_are_a_thousand_completions() {
    under_load(1_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long form"]
async fn ten_thousand_ids_five_times_each_are_ten_thousand_completions_but_for_the_poison() {
    under_load(10_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long form"]
async fn a_hundred_thousand_ids_five_times_each() {
    under_load(100_000).await;
}
