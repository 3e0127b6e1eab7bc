//! Handlers that run while the sender waits, without an inbox.

use std::sync::Arc;
use std::time::Duration;

use asyncapi_receiver::{Accept, Accepted, Inline, NotAccepted, Refusal, RetryCause};
use asyncapi_runtime::{DecodeErrorKind, Inbound};

use crate::script::{
    DECODING, Fate, HANDLED, NOT_JSON, PANICKING, REJECTED, RETRIED, SLOW, Script, Sink, UNHANDLED, UNKNOWN,
    UNKNOWN_RETRIED, WRONG_SHAPE,
};

type Outcome = Result<Accepted, NotAccepted>;

async fn without_sink(body: &'static str) -> Outcome {
    Inline::new(Script::default()).accept(Inbound::new(body)).await
}

async fn with_sink(body: &'static str, sink: &Arc<Sink>) -> Outcome {
    let inline = Inline::new(Script::default()).with_dead_letters(Arc::clone(sink));
    inline.accept(Inbound::new(body)).await
}

#[tokio::test]
async fn handled_events_are_accepted() {
    assert!(matches!(without_sink(HANDLED).await, Ok(Accepted::Handled)));
    assert!(matches!(without_sink(UNKNOWN).await, Ok(Accepted::Handled)));
}

#[tokio::test]
async fn unknown_unhandled_events_are_kept_and_never_refused() {
    assert!(matches!(without_sink(UNHANDLED).await, Ok(Accepted::Handled)));
    let sink = Arc::new(Sink::new(Fate::Keeps));
    assert!(matches!(with_sink(UNHANDLED, &sink).await, Ok(Accepted::DeadLettered)));
    assert_eq!(sink.kept(), [(UNHANDLED.to_owned(), "unhandled")]);
    assert!(matches!(with_sink(UNHANDLED, &Arc::new(Sink::new(Fate::Fails))).await, Err(NotAccepted::Retry(_))));
}

// Time is paused: it jumps to the deadline as soon as all tasks wait.
#[tokio::test(start_paused = true)]
async fn temporary_failures_are_left_to_the_sender() {
    let default = Duration::from_secs(5);
    assert!(matches!(without_sink(RETRIED).await, Err(NotAccepted::Retry(RetryCause::Handler(_)))));
    assert!(matches!(without_sink(UNKNOWN_RETRIED).await, Err(NotAccepted::Retry(RetryCause::Handler(_)))));
    assert!(matches!(without_sink(DECODING).await, Err(NotAccepted::Retry(RetryCause::Handler(_)))));
    assert!(matches!(without_sink(PANICKING).await, Err(NotAccepted::Retry(RetryCause::Panicked))));
    let slow = without_sink(SLOW).await;
    assert!(matches!(slow, Err(NotAccepted::Retry(RetryCause::Deadline(passed))) if passed == default));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_can_be_set() {
    let minute = Duration::from_secs(60);
    let inline = Inline::new(Script::default()).with_deadline(minute);
    let started = tokio::time::Instant::now();
    let slow = inline.accept(Inbound::new(SLOW)).await;
    assert!(matches!(slow, Err(NotAccepted::Retry(RetryCause::Deadline(passed))) if passed == minute));
    // One minute on the paused clock, which ticks once per millisecond.
    assert!(started.elapsed() >= minute);
}

#[tokio::test]
async fn permanent_failures_are_refused_without_a_sink() {
    let Err(NotAccepted::Refused(Refusal::Undecodable(error))) = without_sink(NOT_JSON).await else {
        panic!("not refused as undecodable")
    };
    assert_eq!(error.kind(), DecodeErrorKind::Syntax);
    let Err(NotAccepted::Refused(Refusal::Undecodable(error))) = without_sink(WRONG_SHAPE).await else {
        panic!("not refused as undecodable")
    };
    assert_eq!((error.kind(), error.pointer()), (DecodeErrorKind::Data, "/text"));
    assert!(matches!(without_sink(REJECTED).await, Err(NotAccepted::Refused(Refusal::Rejected(_)))));
}

#[tokio::test]
async fn permanent_failures_become_dead_letters() {
    let sink = Arc::new(Sink::new(Fate::Keeps));
    for body in [NOT_JSON, WRONG_SHAPE, REJECTED] {
        assert!(matches!(with_sink(body, &sink).await, Ok(Accepted::DeadLettered)), "{body}");
    }
    let letters = [(NOT_JSON, "undecodable"), (WRONG_SHAPE, "undecodable"), (REJECTED, "rejected")];
    assert_eq!(sink.kept(), letters.map(|(body, reason)| (body.to_owned(), reason)));
}

#[tokio::test(start_paused = true)]
async fn temporary_failures_are_no_dead_letters() {
    let sink = Arc::new(Sink::new(Fate::Keeps));
    for body in [RETRIED, SLOW, PANICKING] {
        assert!(matches!(with_sink(body, &sink).await, Err(NotAccepted::Retry(_))), "{body}");
    }
    assert!(matches!(with_sink(HANDLED, &sink).await, Ok(Accepted::Handled)));
    assert_eq!(sink.kept(), []);
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_that_the_sink_did_not_keep_is_not_accepted() {
    let outcome = async |fate| with_sink(REJECTED, &Arc::new(Sink::new(fate))).await;
    assert!(matches!(outcome(Fate::Fails).await, Err(NotAccepted::Retry(RetryCause::DeadLetters(_)))));
    assert!(matches!(outcome(Fate::Hangs).await, Err(NotAccepted::Retry(RetryCause::Deadline(_)))));
    assert!(matches!(outcome(Fate::Panics).await, Err(NotAccepted::Retry(RetryCause::Panicked))));
}

#[tokio::test]
async fn a_panic_does_not_affect_the_next_delivery() {
    let inline = Inline::new(Arc::new(Script::default()));
    assert!(inline.accept(Inbound::new(PANICKING)).await.is_err());
    assert!(inline.accept(Inbound::new(HANDLED)).await.is_ok());
}
