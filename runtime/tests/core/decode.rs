//! Decoding of bodies, and the location in errors.

use std::collections::HashMap;
use std::error::Error;

use asyncapi_runtime::{Context, DecodeError, DecodeErrorKind, Headers, Inbound};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only read into")]
struct Envelope {
    data: Data,
    #[serde(default)]
    changes: HashMap<String, u8>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only read into")]
struct Data {
    id: String,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only read into")]
enum Tag {
    Level(u8),
}

fn error(body: &str) -> DecodeError {
    Inbound::new(body.to_owned()).decode::<Envelope>().expect_err(body)
}

#[test]
fn reads_the_body() {
    let inbound = Inbound::new(r#" {"data": {"id": "c1", "unlisted": 1}} "#);
    assert_eq!(inbound.decode::<Envelope>().unwrap().data.id, "c1");
    assert_eq!(Context::new(&inbound).decode::<Envelope>().unwrap().data.id, "c1");
}

#[test]
fn says_where_the_data_is_wrong() {
    for (body, pointer) in [
        (r#"{"data": {"id": 7}}"#, "/data/id"),
        (r#"{"data": {}}"#, "/data"),
        (r#"{"data": {"id": "a", "tags": [{"Level": 1}, {"Level": "x"}]}}"#, "/data/tags/1/Level"),
        (r#"{"data": {"id": "a"}, "changes": {"a/b~c": "x"}}"#, "/changes/a~1b~0c"),
        ("[]", ""),
        ("7", ""),
    ] {
        let error = error(body);
        assert_eq!(error.pointer(), pointer, "{body}");
        assert_eq!(error.kind(), DecodeErrorKind::Data, "{body}");
    }
}

#[test]
fn says_when_it_is_no_json() {
    for body in ["", "{", r#"{"data": {"id": "a"}} trailing"#, r#"{"data": {"id": "a"}}{}"#, "nonsense"] {
        assert_eq!(error(body).kind(), DecodeErrorKind::Syntax, "{body}");
    }
}

#[test]
fn display_names_the_place() {
    let wrong = error(r#"{"data": {"id": 7}}"#);
    assert_eq!(wrong.to_string(), format!("at /data/id: {}", wrong.message()));
    assert!(wrong.message().starts_with("invalid type: integer `7`, expected a string"), "{wrong}");
    assert!(error("nonsense").to_string().starts_with("at the root: "));
    assert!(wrong.source().is_none(), "the message has it all");
}

#[test]
fn debug_keeps_the_payload_to_itself() {
    let quoted = error(r#"{"data": "a secret"}"#);
    assert!(quoted.to_string().contains("a secret"), "or there is nothing to keep");
    assert!(!format!("{quoted:?}").contains("a secret"));
    assert!(format!("{quoted:?}").contains("/data"));

    let inbound = Inbound::new("a secret")
        .with_channel("notes")
        .with_headers(Headers::from_iter([("authorization", "a secret")]));
    let shown = format!("{:?}", Context::new(&inbound));
    assert!(!shown.contains("a secret"), "{shown}");
    for part in ["notes", "authorization", "body_bytes: 8", "attempt: 1"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
}

#[test]
fn a_context_returns_the_values_it_was_made_with() {
    let inbound = Inbound::new("{}").with_channel("notes").with_headers(Headers::from_iter([("a", "b")]));
    let received_at = "2024-06-01T12:00:00Z".parse().unwrap();
    let cx = Context::new(&inbound).with_attempt(3).with_received_at(received_at);
    assert_eq!((cx.attempt(), cx.received_at()), (3, received_at));
    assert_eq!((cx.channel(), cx.headers().get_str("A")), (Some("notes"), Some("b")));
    assert_eq!(Context::new(&inbound).with_attempt(0).attempt(), 1);
}
