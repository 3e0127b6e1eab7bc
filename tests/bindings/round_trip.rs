//! Ten realistic payloads, written for this project: decoding loses nothing, and each payload reaches its method.

use kustomer_webhooks::runtime::{Dispatch, DispatchError, Inbound, Route};
use kustomer_webhooks::{Context, Dispatcher, EventName, HandlerError, KustomerEvent};
use serde_json::{Value, json};

use crate::support::{self, Calls, METHODS, Recorder, WithoutOnUnknown, payload};

#[test]
fn every_event_has_exactly_one_payload() {
    let files = std::fs::read_dir(support::payload_directory()).expect("the payloads are there").count();
    assert_eq!(files, EventName::KNOWN.len());
    assert_eq!(EventName::KNOWN.len(), 10);
}

#[test]
fn every_payload_round_trips() {
    for name in EventName::KNOWN {
        let body = payload(name);
        let value: Value = serde_json::from_slice(&body).expect("the payload is JSON");
        let event: KustomerEvent = serde_json::from_slice(&body).expect("the payload is an event");
        assert_eq!(event.name.as_ref(), Some(name));
        assert_eq!(serde_json::to_value(&event).expect("the event is JSON"), value, "{name}");
    }
}

#[test]
fn before_and_after_distinguish_null_from_absent_for_every_type() {
    let values = [json!(null), json!(true), json!(1), json!(1.5), json!("a"), json!([null]), json!({"a": null})];
    for value in values {
        for change in [json!({"op": "remove", "before": value}), json!({"op": "add", "after": value})] {
            let event = json!({"changes": {"attributes": {"x": change}}});
            let typed: KustomerEvent = serde_json::from_value(event.clone()).expect("an event");
            let changes = typed.changes.as_ref().and_then(Option::as_ref).expect("changes");
            let change = &changes.attributes.as_ref().expect("attributes")["x"];
            assert_eq!(change.before.is_some(), change.after.is_none());
            assert_eq!(serde_json::to_value(&typed).expect("JSON"), event);
        }
    }
}

#[test]
fn fields_of_the_overlay_are_typed() {
    let event = |name: &EventName| -> KustomerEvent { serde_json::from_slice(&payload(name)).expect("an event") };
    for name in EventName::KNOWN {
        let event = event(name);
        assert_eq!(event.data_id, event.data.and_then(|data| data.id), "{name}");
        assert!(event.meta.is_some_and(|meta| meta.custom_changed.is_some()), "{name}");
        assert!(event.sns_filters.is_some_and(|filters| !filters.is_empty()), "{name}");
    }
    let create = event(&EventName::CustomerCreate);
    assert_eq!(create.client, Some(json!("storefront-form")));
    assert_eq!(create.changes, Some(None), "present and null");
    assert_eq!(event(&EventName::MessageCreate).changes, None, "absent");
    assert!(event(&EventName::CustomerUpdate).changes.flatten().is_some());
}

#[test]
fn client_accepts_every_json_type() {
    for client in [json!("api"), json!({"name": "api"}), json!(null), json!([1]), json!(7), json!(true)] {
        let event = json!({"name": "kustomer.user.create", "client": client});
        let typed: KustomerEvent = serde_json::from_value(event.clone()).expect("an event");
        assert_eq!(serde_json::to_value(&typed).expect("JSON"), event);
    }
}

#[test]
fn unknown_properties_and_operations_do_not_fail() {
    let event = json!({
        "name": "kustomer.tag.create",
        "unknownProperty": "1", "meta": {"customChanged": false, "more": 1},
        "changes": {"attributes": {"x": {"op": "unknown-operation", "more": 1}}},
    });
    let event: KustomerEvent = serde_json::from_value(event).expect("an event");
    assert_eq!(event.name, Some(EventName::Unknown("kustomer.tag.create".to_owned())));
}

#[test]
fn event_names_are_written_as_in_the_document() {
    for name in EventName::KNOWN {
        let text = name.to_string();
        assert_eq!(text.parse::<EventName>().as_ref(), Ok(name));
        assert_eq!(serde_json::to_value(name).expect("JSON"), json!(text));
        assert_eq!(serde_json::from_value::<EventName>(json!(text)).ok().as_ref(), Some(name));
    }
    let unknown: EventName = "kustomer.tag.create".parse().expect("every string is a name");
    assert_eq!(unknown.as_str(), "kustomer.tag.create");
}

#[tokio::test]
async fn every_payload_reaches_only_its_method() {
    let calls = Calls::default();
    let dispatcher = Dispatcher::new(Recorder(calls.clone()));
    for (name, method) in EventName::KNOWN.iter().zip(METHODS) {
        let inbound = Inbound::new(payload(name));
        assert_eq!(dispatcher.route(&inbound).expect("routed"), Route::Known(name.to_string()));
        dispatcher.dispatch(&Context::new(&inbound)).await.expect("handled");
        assert_eq!(calls.take(), [(*method, name.to_string())]);
    }
}

#[tokio::test]
async fn an_event_that_is_not_in_the_document_reaches_on_unknown() {
    let calls = Calls::default();
    let dispatcher = Dispatcher::new(Recorder(calls.clone()));
    for (body, name) in [(r#"{"name": "kustomer.tag.create"}"#, "kustomer.tag.create"), ("{}", "")] {
        let inbound = Inbound::new(body);
        dispatcher.dispatch(&Context::new(&inbound)).await.expect("acknowledged");
        assert_eq!(calls.take(), [("on_unknown", name.to_owned())]);
    }
}

#[tokio::test]
async fn without_on_unknown_the_event_is_unhandled_with_a_pointer_to_its_name() {
    let dispatcher = Dispatcher::new(WithoutOnUnknown);
    let inbound = Inbound::new(r#"{"name": "kustomer.tag.create"}"#);
    let error = dispatcher.dispatch(&Context::new(&inbound)).await.expect_err("no method handles it");
    let DispatchError::Handler(HandlerError::Unhandled { pointer }) = error else { panic!("{error}") };
    assert_eq!(pointer.as_deref(), Some("/name"));
}

#[tokio::test]
async fn a_decode_error_contains_the_pointer() {
    let dispatcher = Dispatcher::new(Recorder(Calls::default()));
    let inbound = Inbound::new(r#"{"name": "kustomer.team.create", "data": {"id": 5}}"#);
    let error = dispatcher.dispatch(&Context::new(&inbound)).await.expect_err("undecodable");
    assert!(error.to_string().contains("/data/id"), "{error}");
}
