//! The durable receiver: the fields of events, its shutdown, its canary and its parts in another server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use kustomer_webhooks::asyncapi_receiver::inbox::{Inbox, Memory, OrderKey, Page, Peeked, State};
use kustomer_webhooks::asyncapi_receiver::worker::ShutdownOutcome;
use kustomer_webhooks::asyncapi_receiver::{Accept, Accepted, Durable};
use kustomer_webhooks::runtime::Inbound;
use kustomer_webhooks::{EventName, SIGNATURE_HEADER, ServerParts, durable, event_fields, sign};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tower_service::Service as _;

use crate::support::{Calls, Recorder, payload};

/// Ends a test that would hang.
const TIMEOUT: Duration = Duration::from_secs(30);

#[test]
fn event_fields_finds_the_fields_of_every_event() {
    for name in EventName::KNOWN {
        let body = payload(name);
        let event: Value = serde_json::from_slice(&body).expect("a payload is JSON");
        let Peeked::Readable(delivery) = event_fields().peek(Inbound::new(body)) else {
            panic!("{name} is not readable")
        };
        assert_eq!(event["id"], delivery.id().as_str());
        assert_eq!(delivery.name(), Some(name.as_str()));
        assert_eq!(event["data"]["id"].as_str(), delivery.key().map(OrderKey::as_str));
        let revision = delivery.revision();
        assert_eq!(event["data"]["attributes"]["rev"].as_i64(), revision.map(|revision| revision.number));
    }
    let update =
        r#"{"id": "e", "data": {"attributes": {"rev": 7}}, "changes": {"attributes": {"rev": {"before": 5}}}}"#;
    let Peeked::Readable(delivery) = event_fields().peek(Inbound::new(update)) else { panic!("it is JSON") };
    assert_eq!(delivery.revision().map(|revision| (revision.number, revision.before)), Some((7, Some(5))));
}

#[tokio::test]
async fn stored_events_are_handled_and_the_receiver_drains_on_stop() {
    let (inbox, calls) = (Arc::new(Memory::new()), Calls::default());
    let accept = Durable::new(Arc::clone(&inbox), event_fields());
    for name in EventName::KNOWN {
        let accepted = accept.accept(Inbound::new(payload(name))).await.expect("memory accepts every event");
        assert_eq!(accepted, Accepted::Stored);
    }
    let receiver = durable(Recorder(calls.clone()), ["token"], Arc::clone(&inbox)).expect("there is a token");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("the port is known");
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(receiver.run(listener, async { stopped.await.unwrap_or(()) }));
    let settled = async {
        while inbox.stats().await.expect("memory has no errors").pending > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(TIMEOUT, settled).await.expect("all events are handled");
    assert_eq!(calls.take().len(), EventName::KNOWN.len());
    let done = inbox.list(Page::of(State::Done)).await.expect("memory has no errors");
    assert_eq!(done.len(), EventName::KNOWN.len());

    drop(stop);
    let outcome = timeout(TIMEOUT, running).await.expect("it ends").expect("no panic");
    assert_eq!(outcome, ShutdownOutcome::Drained);
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "the port is closed");
}

#[tokio::test]
async fn a_canary_tests_the_complete_path_in_another_server() {
    for (path, arrives) in [("/kustomer", true), ("/elsewhere", false)] {
        let (inbox, calls) = (Arc::new(Memory::new()), Calls::default());
        let receiver = durable(Recorder(calls.clone()), ["token"], Arc::clone(&inbox)).expect("there is a token");
        let receiver = receiver.with_worker(|worker| worker.with_canary(Some(Duration::from_millis(20))));
        let ServerParts { endpoint, worker, monitor, canary } = receiver.into_server_parts();
        assert_eq!(worker.canary(), None, "a canary of the worker would not test HTTP");
        let (response_counts, health) = (endpoint.response_counts(), worker.health());
        let refused = Arc::new(AtomicUsize::new(0));
        let not_found = Arc::clone(&refused);
        let router = axum::Router::new().route_service("/kustomer", endpoint).fallback(async move || {
            not_found.fetch_add(1, Ordering::SeqCst);
            axum::http::StatusCode::NOT_FOUND
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("the port is known");
        let serving = tokio::spawn(async move { axum::serve(listener, router).await });
        let working = tokio::spawn(worker.run(std::future::pending()));
        let url = format!("http://{address}{path}");
        let (stop, stopped) = oneshot::channel::<()>();
        let canary = canary.expect("canaries are turned on");
        let canary_run = tokio::spawn(async move { canary.run(&url, async { stopped.await.unwrap_or(()) }).await });

        let canary_seen = async {
            while if arrives { health.canary_age().is_none() } else { refused.load(Ordering::SeqCst) < 3 } {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(TIMEOUT, canary_seen).await.expect(path);
        assert_eq!((health.canary_age().is_some(), response_counts.get("stored") > 0), (arrives, arrives), "{path}");
        assert!(health.since_last_canary().is_some(), "{path}: the canary was sent");
        assert!(calls.take().is_empty(), "{path}: no handler sees it");
        drop(stop);
        canary_run.await.expect("no panic").expect("a URL");
        drop(monitor);
        working.abort();
        serving.abort();
    }
}

#[tokio::test]
async fn a_canary_needs_an_http_url_or_another_client() {
    let receiver = || durable(Recorder(Calls::default()), ["token"], Memory::new()).expect("there is a token");
    for url in ["https://example.org/kustomer", "example.org", "http:///kustomer"] {
        let canary = receiver().into_server_parts().canary.expect("there is one by default");
        assert!(canary.run(url, std::future::ready(())).await.is_err(), "{url}");
    }
    let ServerParts { mut endpoint, canary, worker, .. } = receiver().into_server_parts();
    let (response_counts, health) = (endpoint.response_counts(), worker.health());
    let canary = canary.expect("there is one by default");
    // This closure stands in for a client with TLS.
    let post = |request: hyper::Request<Bytes>| {
        assert_eq!(request.uri(), "https://example.org/kustomer");
        let response = endpoint.call(request.map(Full::new));
        async move { Ok(response.await.unwrap_or_else(|never| match never {}).status()) }
    };
    let canary_run = canary.run_with(hyper::Uri::from_static("https://example.org/kustomer"), post, async {
        while response_counts.get("stored") == 0 {
            sleep(Duration::from_millis(5)).await;
        }
    });
    timeout(TIMEOUT, canary_run).await.expect("it is stored");
    assert!(health.since_last_canary().is_some());
}

#[tokio::test]
async fn the_endpoint_and_the_worker_run_with_axum() {
    let (inbox, calls) = (Arc::new(Memory::new()), Calls::default());
    let receiver = durable(Recorder(calls.clone()), ["token"], Arc::clone(&inbox)).expect("there is a token");
    let (endpoint, worker) = receiver.into_receiver_and_worker();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("the port is known");
    let router = axum::Router::new().route_service("/kustomer", endpoint);
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });

    let body = payload(&EventName::CustomerCreate);
    let post = async |signature: String| {
        let request = hyper::Request::post(format!("http://{address}/kustomer")).header(SIGNATURE_HEADER, signature);
        let request = request.body(Full::new(Bytes::from(body.clone()))).expect("a request");
        let client = Client::builder(TokioExecutor::new()).build_http();
        client.request(request).await.expect("a response").status().as_u16()
    };
    assert_eq!(post(sign("another", &body).expect("a token")).await, 401);
    assert_eq!(post(sign("token", &body).expect("a token")).await, 202);
    assert_eq!(post(sign("token", &body).expect("a token")).await, 200);
    assert!(calls.take().is_empty(), "the worker does not run yet");

    let (stop, stopped) = oneshot::channel::<()>();
    let working = tokio::spawn(worker.run(async { stopped.await.unwrap_or(()) }));
    let handled = async {
        while inbox.list(Page::of(State::Done)).await.expect("memory has no errors").is_empty() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(TIMEOUT, handled).await.expect("it is handled");
    drop(stop);
    assert_eq!(working.await.expect("no panic"), ShutdownOutcome::Drained);
    assert_eq!(calls.take().len(), 1);
    serving.abort();
}
