//! What is logged helps, and holds no payload.

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};

use asyncapi_runtime::{Accept, Inbound, Inline};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::script::{
    DECODING, Fate, HANDLED, NOT_JSON, PANICKING, REJECTED, RETRIED, Script, Sink, UNKNOWN,
    WRONG_SHAPE,
};

/// Keeps every event's fields as text.
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

async fn logged(inline: &Inline<Script>, body: &'static str) -> String {
    let log = Log::default();
    let _subscribed = tracing::subscriber::set_default(log.clone());
    let _outcome = inline.accept(Inbound::new(body)).await;
    let text = log.0.lock().unwrap().clone();
    assert!(!text.contains("s3cret"), "{text}");
    text
}

#[tokio::test]
async fn warnings_say_what_and_why() {
    let inline = Inline::new(Script::default());
    for (body, parts) in [
        (HANDLED, &["accepted"][..]),
        (UNKNOWN, &["accepted"]),
        (
            RETRIED,
            &[
                "retried",
                "to be sent again",
                "database down",
                "body_bytes=37",
            ],
        ),
        (
            DECODING,
            &["decoding", "to be sent again", "DecodeError", "Data"],
        ),
        (PANICKING, &["panicking", "to be sent again", "panicked"]),
        (REJECTED, &["rejected", "refused", "not ours"]),
        (WRONG_SHAPE, &["handled", "refused", "/text", "Data"]),
        (NOT_JSON, &["refused", "Syntax"]),
    ] {
        let text = logged(&inline, body).await;
        for part in parts {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}

#[tokio::test]
async fn dead_letters_are_told_of_even_if_kept() {
    for (fate, parts) in [
        (
            Fate::Keeps,
            &["dead letter", "not ours", "DeadLettered"][..],
        ),
        (
            Fate::Fails,
            &["dead letter", "not ours", "to be sent again", "disk full"],
        ),
    ] {
        let inline = Inline::new(Script::default()).with_dead_letters(Sink::new(fate));
        let text = logged(&inline, REJECTED).await;
        for part in parts {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
