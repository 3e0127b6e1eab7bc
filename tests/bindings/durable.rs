//! The receiver that stores first: what it finds in Kustomer's events, and how its parts end together.

use std::sync::Arc;
use std::time::Duration;

use kustomer_webhooks::runtime::inbox::{Inbox, Memory, OrderKey, Page, Peeked, State};
use kustomer_webhooks::runtime::worker::Ended;
use kustomer_webhooks::runtime::{Accept, Accepted, Durable, Inbound};
use kustomer_webhooks::{EventName, durable, envelope};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use crate::support::{Calls, Recorder, payload};

/// Only to end a test that would hang.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn the_envelope_finds_what_events_say_of_themselves() {
    for name in EventName::KNOWN {
        let body = payload(name);
        let event: Value = serde_json::from_slice(&body).expect("a payload is JSON");
        let Peeked::Readable(delivery) = envelope().peek(Inbound::new(body)) else { panic!("{name} is not read") };
        assert_eq!(event["id"], delivery.id().as_str());
        assert_eq!(delivery.name(), Some(name.as_str()));
        assert_eq!(event["data"]["id"].as_str(), delivery.key().map(OrderKey::as_str));
        let revision = delivery.revision();
        assert_eq!(event["data"]["attributes"]["rev"].as_i64(), revision.map(|revision| revision.number));
    }
    let update =
        r#"{"id": "e", "data": {"attributes": {"rev": 7}}, "changes": {"attributes": {"rev": {"before": 5}}}}"#;
    let Peeked::Readable(delivery) = envelope().peek(Inbound::new(update)) else { panic!("it is JSON") };
    assert_eq!(delivery.revision().map(|revision| (revision.number, revision.before)), Some((7, Some(5))));
}

#[tokio::test]
async fn what_is_stored_is_handled_and_both_parts_end_when_told() {
    let (inbox, calls) = (Arc::new(Memory::new()), Calls::default());
    let accept = Durable::new(Arc::clone(&inbox), envelope());
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
    assert_eq!(ended, Ended::Drained);
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody listens any more");
}
