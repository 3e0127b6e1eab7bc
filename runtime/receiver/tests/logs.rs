//! Log messages are useful, and contain no part of a payload.

#[expect(dead_code, reason = "shared with the tests of what is answered, which use all of it")]
#[path = "http/script.rs"]
mod script;

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};

use asyncapi_receiver::http::Receiver;
use asyncapi_receiver::verify::{Verify, VerifyError};
use asyncapi_receiver::{Accept, Inline};
use asyncapi_runtime::{Headers, Inbound};
use http::Request;
use tower_service::Service;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use script::{
    DECODING, Fate, HANDLED, NOT_JSON, PANICKING, REJECTED, RETRIED, Script, Sink, UNHANDLED, UNKNOWN, UNKNOWN_RETRIED,
    WRONG_SHAPE,
};

/// A subscriber that stores the fields of all log events as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Line(&mut self.0.lock().unwrap()));
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Runs the future and returns everything that it logs.
async fn logged<T>(work: impl Future<Output = T>) -> String {
    let log = Log::default();
    let _subscribed = tracing::subscriber::set_default(log.clone());
    let _outcome = work.await;
    let text = log.0.lock().unwrap().clone();
    assert!(!text.contains("s3cret"), "{text}");
    text
}

fn assert_parts(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test]
async fn log_lines_have_the_event_and_the_reason() {
    events_not_handled().await;
    dead_letters().await;
    refused_requests().await;
}

async fn events_not_handled() {
    let inline = Inline::new(Script::default());
    for (body, parts) in [
        (HANDLED, &["accepted"][..]),
        (UNKNOWN, &["accepted"]),
        (UNHANDLED, &["acknowledged, and dropped", "does not list"]),
        (RETRIED, &["retried", "to be sent again", "database down", "body_bytes=37"]),
        (UNKNOWN_RETRIED, &["to be sent again", "database down"]),
        (DECODING, &["decoding", "to be sent again", "DecodeError", "Data"]),
        (PANICKING, &["panicking", "to be sent again", "panicked"]),
        (REJECTED, &["rejected", "refused", "not ours"]),
        (WRONG_SHAPE, &["handled", "refused", "/text", "Data"]),
        (NOT_JSON, &["refused", "Syntax"]),
    ] {
        assert_parts(&logged(inline.accept(Inbound::new(body))).await, parts);
    }
}

async fn dead_letters() {
    for (fate, parts) in [
        (Fate::Keeps, &["dead letter", "not ours", "DeadLettered"][..]),
        (Fate::Fails, &["dead letter", "not ours", "to be sent again", "disk full"]),
    ] {
        let inline = Inline::new(Script::default()).with_dead_letters(Sink::new(fate));
        assert_parts(&logged(inline.accept(Inbound::new(REJECTED))).await, parts);
    }
}

async fn refused_requests() {
    struct Never;

    impl Verify for Never {
        fn verify(&self, _: &Headers, _: &[u8]) -> Result<(), VerifyError> {
            Err(VerifyError::Mismatch)
        }
    }

    let mut receiver = Receiver::new(Inline::new(Script::default()), Never);
    let request = Request::post("/hook").header("x-signature", "s3cret").body(HANDLED.to_owned()).unwrap();
    let text = logged(receiver.call(request)).await;
    assert_parts(&text, &["request refused", "status=401", "reason=a signature that does not match"]);
}
