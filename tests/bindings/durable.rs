//! The receiver that stores first: what it finds in Kustomer's events, and how its parts end together.

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

/// Only to end a test that would hang.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn the_envelope_finds_what_events_say_of_themselves() {
    for name in EventName::KNOWN {
        let body = payload(name);
        let event: Value = serde_json::from_slice(&body).expect("a payload is JSON");
        let Peeked::Readable(delivery) = event_fields().peek(Inbound::new(body)) else { panic!("{name} is not read") };
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
async fn what_is_stored_is_handled_and_both_parts_end_when_told() {
    let (inbox, calls) = (Arc::new(Memory::new()), Calls::default());
    let accept = Durable::new(Arc::clone(&inbox), event_fields());
    for name in EventName::KNOWN {
        let accepted = accept.accept(Inbound::new(payload(name))).await.expect("memory takes all");
        assert_eq!(accepted, Accepted::Stored);
    }
    let receiver = durable(Recorder(calls.clone()), ["token"], Arc::clone(&inbox)).expect("there is a token");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let address = listener.local_addr().expect("the port is known");
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(receiver.run(listener, async { stopped.await.unwrap_or(()) }));
    let settled = async {
        while inbox.stats().await.expect("memory answers").pending > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, settled).await.expect("all is handled");
    assert_eq!(calls.take().len(), EventName::KNOWN.len());
    let done = inbox.list(Page::of(State::Done)).await.expect("memory answers");
    assert_eq!(done.len(), EventName::KNOWN.len());

    drop(stop);
    let ended = timeout(PATIENCE, running).await.expect("it ends").expect("no panic");
    assert_eq!(ended, ShutdownOutcome::Drained);
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_canary_goes_the_whole_way_in_a_teams_own_server() {
    for (path, comes_out) in [("/kustomer", true), ("/elsewhere", false)] {
        let (inbox, calls) = (Arc::new(Memory::new()), Calls::default());
        let receiver = durable(Recorder(calls.clone()), ["token"], Arc::clone(&inbox)).expect("there is a token");
        let receiver = receiver.with_worker(|worker| worker.with_canary(Some(Duration::from_millis(20))));
        let ServerParts { endpoint, worker, monitor, canary } = receiver.into_server_parts();
        assert_eq!(worker.canary(), None, "it would come out whatever becomes of HTTP");
        let (tally, pulse) = (endpoint.response_counts(), worker.health());
        let refused = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&refused);
        let router = axum::Router::new().route_service("/kustomer", endpoint).fallback(async move || {
            counted.fetch_add(1, Ordering::SeqCst);
            axum::http::StatusCode::NOT_FOUND
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("the port is known");
        let serving = tokio::spawn(async move { axum::serve(listener, router).await });
        let working = tokio::spawn(worker.run(std::future::pending()));
        let url = format!("http://{address}{path}");
        let (stop, stopped) = oneshot::channel::<()>();
        let canary = canary.expect("the worker was to have one");
        let flying = tokio::spawn(async move { canary.run(&url, async { stopped.await.unwrap_or(()) }).await });

        let seen = async {
            while if comes_out { pulse.canary_age().is_none() } else { refused.load(Ordering::SeqCst) < 3 } {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, seen).await.expect(path);
        assert_eq!((pulse.canary_age().is_some(), tally.get("stored") > 0), (comes_out, comes_out), "{path}");
        assert!(pulse.since_last_canary().is_some(), "{path}: it is waited for");
        assert!(calls.take().is_empty(), "{path}: no handler sees it");
        drop(stop);
        flying.await.expect("no panic").expect("a URL");
        drop(monitor);
        working.abort();
        serving.abort();
    }
}

#[tokio::test]
async fn a_canary_is_given_an_http_url_or_a_client_of_the_teams_own() {
    let receiver = || durable(Recorder(Calls::default()), ["token"], Memory::new()).expect("there is a token");
    for url in ["https://example.org/kustomer", "example.org", "http:///kustomer"] {
        let canary = receiver().into_server_parts().canary.expect("there is one by default");
        assert!(canary.run(url, std::future::ready(())).await.is_err(), "{url}");
    }
    let ServerParts { mut endpoint, canary, worker, .. } = receiver().into_server_parts();
    let (tally, pulse) = (endpoint.response_counts(), worker.health());
    let posted = canary.expect("there is one by default");
    // As a client would that speaks TLS.
    let post = |request: hyper::Request<Bytes>| {
        assert_eq!(request.uri(), "https://example.org/kustomer");
        let answer = endpoint.call(request.map(Full::new));
        async move { Ok(answer.await.unwrap_or_else(|never| match never {}).status()) }
    };
    let flying = posted.run_with(hyper::Uri::from_static("https://example.org/kustomer"), post, async {
        while tally.get("stored") == 0 {
            sleep(Duration::from_millis(5)).await;
        }
    });
    timeout(PATIENCE, flying).await.expect("it is stored");
    assert!(pulse.since_last_canary().is_some());
}

#[tokio::test]
async fn the_endpoint_can_be_mounted_in_axum_with_the_worker_beside_it() {
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
        client.request(request).await.expect("an answer").status().as_u16()
    };
    assert_eq!(post(sign("another", &body).expect("a token")).await, 401);
    assert_eq!(post(sign("token", &body).expect("a token")).await, 202);
    assert_eq!(post(sign("token", &body).expect("a token")).await, 200);
    assert!(calls.take().is_empty(), "nobody works yet");

    let (stop, stopped) = oneshot::channel::<()>();
    let working = tokio::spawn(worker.run(async { stopped.await.unwrap_or(()) }));
    let handled = async {
        while inbox.list(Page::of(State::Done)).await.expect("memory answers").is_empty() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, handled).await.expect("it is handled");
    drop(stop);
    assert_eq!(working.await.expect("no panic"), ShutdownOutcome::Drained);
    assert_eq!(calls.take().len(), 1);
    serving.abort();
}
