//! Requests and correlation ids.

use asyncapi_runtime::request::{self, Id, Request};
use asyncapi_runtime::{Headers, Inbound, Outbound};
use serde_json::{Value, json};

fn asking(payload: &Value) -> Request {
    Request::new(Outbound::json("questions", payload).unwrap())
}

#[test]
fn an_address_in_the_request_is_used_unless_it_is_empty() {
    let place = || request::FieldPath::payload("/replyTo");
    let own = asking(&json!({"replyTo": "mine"})).with_reply_address_in(place()).unwrap();
    assert_eq!(own.reply_address(), Some("mine"));
    assert_eq!(own.outbound("mine").body().as_ref(), br#"{"replyTo":"mine"}"#);
    for nothing in [json!({"replyTo": ""}), json!({"replyTo": null}), json!({})] {
        let request = asking(&nothing).with_reply_address_in(place()).unwrap();
        assert_eq!(request.reply_address(), None);
        assert_eq!(request.outbound("inbox").body().as_ref(), br#"{"replyTo":"inbox"}"#);
    }
}

#[test]
fn a_payload_without_room_is_an_error() {
    for payload in [json!("text"), json!({"replyTo": {}}), json!({"replyTo": 1.5})] {
        assert!(asking(&payload).with_reply_address_in(request::FieldPath::payload("/replyTo")).is_err(), "{payload}");
    }
}

#[test]
fn correlation_ids_have_the_requested_format() {
    let id = |kind| {
        let request = asking(&json!({})).with_correlation_id_in(request::FieldPath::payload("/id"), kind).unwrap();
        let body: Value = serde_json::from_slice(request.outbound("inbox").body()).unwrap();
        (request.correlation_id().map(str::to_owned), body["id"].clone())
    };
    let (text, value) = id(Id::Text);
    assert_eq!(value, json!(text.unwrap()));
    let (digits, value) = id(Id::Integer);
    assert!(value.as_u64().is_some_and(|id| id < 1 << 31), "{value}");
    assert_eq!(digits, Some(value.to_string()));
    assert_eq!(id(Id::Given), (None, Value::Null));
}

#[test]
fn without_an_id_every_message_is_the_reply() {
    let place = || request::FieldPath::header("correlation");
    let reply = Inbound::new("{}").with_headers(Headers::from_iter([("correlation", "another")]));
    assert!(asking(&json!({})).with_answer_in(place()).is_answered_by(&reply));
    let known = asking(&json!({})).with_correlation_id_in(place(), Id::Text).unwrap();
    assert!(known.is_answered_by(&reply), "the document says of no reply where it has the id");
    assert!(!known.with_answer_in(place()).is_answered_by(&reply));
}

#[test]
fn a_reply_has_the_correlation_id_if_its_message_has_a_place_for_it() {
    let replied = |payload: Value, kind, id: &str| {
        let reply = Outbound::json("inbox", &payload).unwrap();
        String::from_utf8(reply.with_correlation_id_in(request::FieldPath::payload("/id"), kind, id).body().to_vec())
            .unwrap()
    };
    assert_eq!(replied(json!({}), Id::Integer, "7"), r#"{"id":7}"#);
    assert_eq!(replied(json!({"id": 8}), Id::Integer, "7"), r#"{"id":8}"#);
    assert_eq!(replied(json!({}), Id::Integer, "seven"), "{}");
    assert_eq!(replied(json!([]), Id::Text, "7"), "[]");
}

#[test]
fn debug_shows_neither_ids_nor_payloads() {
    let outbound = Outbound::new("questions", "{}").with_header("correlation", "hunter2");
    let request =
        Request::new(outbound).with_correlation_id_in(request::FieldPath::header("correlation"), Id::Text).unwrap();
    let shown = format!("{request:?}");
    assert!(shown.contains("questions") && !shown.contains("hunter2"), "{shown}");
}
