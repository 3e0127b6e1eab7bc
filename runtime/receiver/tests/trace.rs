//! The spans of a receiver with an inbox: they link the receipt of an event to its handling, and contain no sender
//! data.
//!
//! A separate test target with one test, like `tests/logs.rs`.

#[expect(dead_code, reason = "shared with the tests of the worker, which use all of it")]
#[path = "durable/team.rs"]
mod team;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use asyncapi_receiver::inbox::{EventFields, FieldPath, Inbox, Memory};
use asyncapi_receiver::worker::RetryPolicy;
use asyncapi_receiver::{Accept, Durable, Worker};
use asyncapi_runtime::{Headers, Inbound};
use team::Team;
use tokio::sync::oneshot;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// A subscriber that stores all spans and log events with their fields.
#[derive(Clone, Default)]
struct Trace(Arc<Mutex<Traced>>);

#[derive(Default)]
struct Traced {
    spans: Vec<(&'static str, BTreeMap<&'static str, String>)>,
    text: String,
}

struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Subscriber for Trace {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut traced = self.0.lock().unwrap();
        let mut fields = BTreeMap::new();
        attributes.record(&mut Fields(&mut fields));
        traced.spans.push((attributes.metadata().name(), fields));
        Id::from_u64(traced.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let index = usize::try_from(span.into_u64()).unwrap() - 1;
        values.record(&mut Fields(&mut self.0.lock().unwrap().spans[index].1));
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        writeln!(self.0.lock().unwrap().text, "{fields:?}").unwrap();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn receipt_and_handling_are_linked_and_nothing_of_the_sender_is_traced() {
    let trace = Trace::default();
    let _subscribed = tracing::subscriber::set_default(trace.clone());
    let inbox: Arc<dyn Inbox> = Arc::new(Memory::new());
    let event_fields = EventFields::new()
        .with_id(FieldPath::payload("/id"))
        .with_name(FieldPath::payload("/name"))
        .with_key(FieldPath::payload("/key"));
    let durable = Durable::new(Arc::clone(&inbox), event_fields);
    for (id, name) in [(1, "fine"), (2, "rejected"), (3, "failing"), (4, "panicking"), (5, "unlisted_too"), (1, "fine")]
    {
        let body = format!(r#"{{"id": "s3cret-{id}", "name": "{name}", "key": "s3cret", "text": "s3cret"}}"#);
        let headers = Headers::from_iter([("x-signature", "s3cret")]);
        durable.accept(Inbound::new(body).with_headers(headers)).await.unwrap();
    }
    let undecodable = r#"{"id": "s3cret-6", "name": "fine", "text": ["s3cret"]}"#;
    durable.accept(Inbound::new(undecodable)).await.unwrap();
    durable.accept(Inbound::new(r#"{"id": "s3cret"#)).await.unwrap();

    let quick = RetryPolicy::new(2, Duration::from_millis(1), Duration::from_millis(1));
    let worker = Worker::new(Arc::clone(&inbox), Team::default()).with_retry_policy(quick).with_canary(None);
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(worker.run(async { stopped.await.unwrap_or(()) }));
    while inbox.stats().await.unwrap().pending > 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    drop(stop);
    running.await.unwrap();

    let traced = trace.0.lock().unwrap();
    let receipts = |name: &str| -> BTreeSet<String> {
        let spans = traced.spans.iter().filter(|(span, _)| *span == name);
        spans.filter_map(|(_, fields)| fields.get("receipt").cloned()).collect()
    };
    // Six events are handled, and one is not JSON.
    assert_eq!((receipts("receive").len(), receipts("handle").len()), (7, 6), "{:?}", traced.spans);
    assert!(receipts("handle").is_subset(&receipts("receive")));
    for part in ["event stored", "duplicate", "event handled", "attempt failed", "panicked", "dead letter", "/text"] {
        assert!(traced.text.contains(part), "{part} in {}", traced.text);
    }
    let all = format!("{}{:?}", traced.text, traced.spans);
    assert!(!all.contains("s3cret"), "{all}");
}
