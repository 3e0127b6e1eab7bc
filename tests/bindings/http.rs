//! The inline receiver over real HTTP, in axum and in hyper: every response.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use kustomer_webhooks::asyncapi_receiver::http::Receiver;
use kustomer_webhooks::asyncapi_receiver::{DeadLetter, DeadLetters, Inline};
use kustomer_webhooks::runtime::{BoxError, BoxFuture};
use kustomer_webhooks::{Dispatcher, EVENT_HEADER, EventName, SIGNATURE_HEADER, sign, verifier};
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::{Calls, METHODS, Recorder, payload};

/// The token of the webhook.
const TOKEN: &str = "the-webhook-token";

/// The deadline of the handler. It is short, because tests wait until it has passed.
const DEADLINE: Duration = Duration::from_millis(200);

/// A receiver on a free loopback port.
struct TestServer {
    address: SocketAddr,
    calls: Calls,
    dead_letters: RecordedDeadLetters,
}

/// Records the bodies of dead letters.
#[derive(Clone, Default)]
struct RecordedDeadLetters(Arc<Mutex<Vec<Bytes>>>);

impl DeadLetters for RecordedDeadLetters {
    fn put<'a>(&'a self, letter: DeadLetter<'a>) -> BoxFuture<'a, Result<(), BoxError>> {
        self.0.lock().expect("no test panics here").push(letter.inbound().body().clone());
        Box::pin(async { Ok(()) })
    }
}

#[derive(Clone, Copy)]
enum DeadLetterStore {
    Recorded,
    None,
}

async fn start(tokens: &[&str], store: DeadLetterStore) -> TestServer {
    let (calls, dead_letters) = (Calls::default(), RecordedDeadLetters::default());
    let inline = Inline::new(Dispatcher::new(Recorder(calls.clone()))).with_deadline(DEADLINE);
    let inline = match store {
        DeadLetterStore::Recorded => inline.with_dead_letters(dead_letters.clone()),
        DeadLetterStore::None => inline,
    };
    let verifier = verifier(tokens.iter().map(|token| token.as_bytes())).expect("there are tokens");
    let receiver = Receiver::new(inline, verifier).with_body_limit(64 * 1024);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("the port is known");
    tokio::spawn(async move { axum::serve(listener, Router::new().route_service("/hook", receiver)).await });
    TestServer { address, calls, dead_letters }
}

async fn send(address: SocketAddr, method: Method, signature: Option<String>, body: Vec<u8>) -> StatusCode {
    let mut request = Request::builder().method(method).uri(format!("http://{address}/hook"));
    if let Some(signature) = signature {
        request = request.header(SIGNATURE_HEADER, signature);
    }
    let request = request.header(EVENT_HEADER, "ignored").body(Full::new(Bytes::from(body)));
    let client = Client::builder(TokioExecutor::new()).build_http();
    client.request(request.expect("a request")).await.expect("a response").status()
}

impl TestServer {
    async fn post(&self, body: impl Into<Vec<u8>>) -> StatusCode {
        let body = body.into();
        send(self.address, Method::POST, Some(sign(TOKEN, &body).expect("signed")), body).await
    }

    fn dead_letter_count(&self) -> usize {
        self.dead_letters.0.lock().expect("no test panics here").len()
    }
}

fn event(org_name: &str) -> String {
    json!({"name": "kustomer.user.create", "orgName": org_name}).to_string()
}

#[tokio::test]
async fn verified_events_run_their_method_once() {
    let server = start(&[TOKEN], DeadLetterStore::None).await;
    for (name, method) in EventName::KNOWN.iter().zip(METHODS) {
        assert_eq!(server.post(payload(name)).await, StatusCode::NO_CONTENT);
        assert_eq!(server.calls.take(), [(*method, name.to_string())]);
    }
}

#[tokio::test]
async fn plain_hyper_serves_the_same_receiver() {
    let calls = Calls::default();
    let receiver = kustomer_webhooks::receiver(Recorder(calls.clone()), [TOKEN]).expect("there is a token");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("the port is known");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(receiver.clone());
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    let body = payload(&EventName::TeamUpdate);
    let status = send(address, Method::POST, Some(sign(TOKEN, &body).expect("signed")), body).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(calls.take(), [("on_team_update", EventName::TeamUpdate.to_string())]);
}

#[tokio::test]
async fn forged_and_unsigned_events_are_refused_before_decoding() {
    let server = start(&[TOKEN], DeadLetterStore::Recorded).await;
    let body = payload(&EventName::UserCreate);
    let signed = sign(TOKEN, &body).expect("signed");
    let mut forged = body.clone();
    *forged.last_mut().expect("not empty") = b' ';
    let rows = [
        (Some(signed.clone()), forged),
        (Some(sign("another token", &body).expect("signed")), body.clone()),
        (Some("no hex".to_owned()), body.clone()),
        (None, body),
    ];
    for (signature, body) in rows {
        let status = send(server.address, Method::POST, signature, body).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    assert!(server.calls.take().is_empty());
    assert_eq!(server.dead_letter_count(), 0);
}

#[tokio::test]
async fn tokens_rotate_without_a_refused_event() {
    let body = payload(&EventName::UserCreate);
    let rows: [(&[&str], &str, StatusCode); 5] = [
        (&["a"], "a", StatusCode::NO_CONTENT),
        (&["a", "b"], "a", StatusCode::NO_CONTENT),
        (&["a", "b"], "b", StatusCode::NO_CONTENT),
        (&["b"], "b", StatusCode::NO_CONTENT),
        (&["b"], "a", StatusCode::UNAUTHORIZED),
    ];
    for (tokens, token, expected) in rows {
        let server = start(tokens, DeadLetterStore::None).await;
        let signature = sign(token, &body).expect("signed");
        assert_eq!(send(server.address, Method::POST, Some(signature), body.clone()).await, expected);
    }
}

#[tokio::test]
async fn a_large_body_or_another_method_is_refused() {
    let server = start(&[TOKEN], DeadLetterStore::Recorded).await;
    let large = json!({"name": "kustomer.user.create", "org": "x".repeat(64 * 1024)}).to_string();
    assert_eq!(server.post(large).await, StatusCode::PAYLOAD_TOO_LARGE);
    let status = send(server.address, Method::PUT, None, Vec::new()).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(server.calls.take().is_empty());
}

#[tokio::test]
async fn a_body_that_is_not_json_becomes_a_dead_letter_or_is_refused() {
    let with_store = start(&[TOKEN], DeadLetterStore::Recorded).await;
    assert_eq!(with_store.post("not JSON").await, StatusCode::ACCEPTED);
    assert_eq!(with_store.dead_letter_count(), 1);
    let without_store = start(&[TOKEN], DeadLetterStore::None).await;
    assert_eq!(without_store.post("not JSON").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(with_store.calls.take().is_empty() && without_store.calls.take().is_empty());
}

#[tokio::test]
async fn an_unknown_name_is_acknowledged() {
    let server = start(&[TOKEN], DeadLetterStore::None).await;
    assert_eq!(server.post(r#"{"name": "kustomer.tag.update"}"#).await, StatusCode::NO_CONTENT);
    assert_eq!(server.calls.take(), [("on_unknown", "kustomer.tag.update".to_owned())]);
}

#[tokio::test]
async fn slow_panicking_and_failing_handlers_are_not_acknowledged() {
    let server = start(&[TOKEN], DeadLetterStore::Recorded).await;
    for org_name in ["slow", "panic", "retry"] {
        assert_eq!(server.post(event(org_name)).await, StatusCode::SERVICE_UNAVAILABLE, "{org_name}");
    }
    assert_eq!(server.post(event("fine")).await, StatusCode::NO_CONTENT, "the server still works");
    assert_eq!(server.dead_letter_count(), 0);
    assert_eq!(server.calls.take().len(), 4);
}

#[tokio::test]
async fn a_rejected_event_becomes_a_dead_letter() {
    let server = start(&[TOKEN], DeadLetterStore::Recorded).await;
    assert_eq!(server.post(event("reject")).await, StatusCode::ACCEPTED);
    assert_eq!(server.dead_letter_count(), 1);
}
