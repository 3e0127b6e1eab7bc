//! Outbound messages.

use std::collections::HashMap;

use asyncapi_runtime::Outbound;
use serde_json::json;

#[test]
fn a_json_body_has_the_json_content_type() {
    let outbound = Outbound::json("notes", &json!({"id": "n1"})).unwrap();
    let (channel, headers, body) = outbound.into_parts();
    assert_eq!((channel.as_str(), body.as_ref()), ("notes", &br#"{"id":"n1"}"#[..]));
    assert_eq!(headers.get_str("Content-Type"), Some("application/json"));
}

#[test]
fn a_header_set_again_is_replaced() {
    let outbound = Outbound::json("notes", &1).unwrap().with_header("Content-Type", "application/x");
    assert_eq!(outbound.headers().len(), 1);
    assert_eq!(outbound.headers().get_str("content-type"), Some("application/x"));
    assert!(Outbound::new("notes", "raw").headers().is_empty());
}

#[test]
fn a_value_without_a_json_form_is_an_error() {
    assert!(Outbound::json("notes", &HashMap::from([((1, 2), 3)])).is_err());
}

#[test]
fn debug_shows_the_size_and_not_the_payload() {
    let shown = format!("{:?}", Outbound::new("notes", "a secret").with_header("token", "hunter2"));
    assert!(shown.contains("notes") && shown.contains("token") && shown.contains("body_bytes: 8"), "{shown}");
    assert!(!shown.contains("a secret") && !shown.contains("hunter2"), "{shown}");
}
