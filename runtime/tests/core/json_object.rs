//! Objects and values that are kept as their text.

use std::collections::BTreeMap;

use asyncapi_runtime::{DecodeErrorKind, Inbound, JsonObject, JsonValue};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::json::any_value;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Event {
    attributes: JsonObject,
    client: Option<JsonValue>,
}

fn object(text: &str) -> JsonObject {
    text.parse().expect("an object")
}

const TEXT: &str =
    r#"{"attributes":{"z": 1,  "a": 123456789012345678901234567890, "big": 1e999},"client":[ 1.50, "\u0061" ]}"#;

#[test]
fn a_text_is_written_back_byte_for_byte() {
    let event: Event = Inbound::new(TEXT).decode().expect("an event");
    assert_eq!(serde_json::to_string(&event).expect("JSON"), TEXT);
    assert_eq!(event.client.expect("a client").to_string(), r#"[ 1.50, "\u0061" ]"#);
}

#[test]
fn a_text_shares_the_bytes_of_the_body() {
    let inbound = Inbound::new(TEXT);
    let event: Event = inbound.decode().expect("an event");
    let body = inbound.body().as_ptr_range();
    assert!(body.contains(&event.attributes.as_str().as_ptr()));
    let (_, first) = event.attributes.iter().next().expect("a member");
    assert!(body.contains(&first.as_str().as_ptr()));
}

#[test]
fn a_text_from_elsewhere_is_copied() {
    let event: Event = serde_json::from_str(TEXT).expect("an event");
    assert!(!TEXT.as_bytes().as_ptr_range().contains(&event.attributes.as_str().as_ptr()));
    let read: Event = serde_json::from_reader(TEXT.as_bytes()).expect("an event");
    assert_eq!(serde_json::to_string(&read).expect("JSON"), TEXT);
}

#[test]
fn members_are_decoded_by_key() {
    let attributes = object(r#"{"text": "a\nb", "plain": "c", "count": 3.0, "gone": null, "twice": 1, "twice": 2}"#);
    assert_eq!(attributes.get::<String>("text").expect("a text").as_deref(), Some("a\nb"));
    assert_eq!(attributes.get::<&str>("plain").expect("a text"), Some("c"));
    assert_eq!(attributes.get::<u8>("count").expect("an integer"), Some(3));
    assert_eq!(attributes.get::<Option<u8>>("gone").expect("null"), Some(None));
    assert_eq!(attributes.get::<u8>("absent").expect("nothing"), None);
    assert_eq!(attributes.get::<u8>("twice").expect("the last one"), Some(2));
}

#[test]
fn an_error_has_the_pointer_below_the_value() {
    let attributes = object(r#"{"lines": [{"count": 1}, {"count": "two"}]}"#);
    let error = attributes.get::<Vec<BTreeMap<String, u8>>>("lines").expect_err("a string is no integer");
    assert_eq!((error.pointer(), error.kind()), ("/1/count", DecodeErrorKind::Data));
    let error = attributes.to::<BTreeMap<String, u8>>().expect_err("an array is no integer");
    assert_eq!(error.pointer(), "/lines");
}

#[test]
fn members_are_listed_in_the_order_of_the_text() {
    let attributes = object(r#"{"z": {"a" : 1}, "\u0061": 2, "z": null}"#);
    let members: Vec<_> = attributes.iter().map(|(key, value)| (key.into_owned(), value.to_string())).collect();
    let expected = [("z", r#"{"a" : 1}"#), ("a", "2"), ("z", "null")];
    assert_eq!(members, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
}

#[test]
fn equality_compares_values() {
    assert_eq!(object(r#"{"a": 1, "b": [2]}"#), object(r#"{"b":[ 2 ],"a":1}"#));
    assert_ne!(object(r#"{"a": 1}"#), object(r#"{"a": 2}"#));
    assert_eq!(object(r#"{"a": 1e999}"#), object(r#"{"a": 1e999}"#));
    assert_ne!(object(r#"{"a": 1e999}"#), object(r#"{"a":1e999}"#));
    assert_eq!(JsonValue::from(json!([1, "a"])), json!([1, "a"]));
}

#[test]
fn an_object_is_made_from_members() {
    let made = JsonObject::from_iter([("status", "open")]);
    assert_eq!(made.to_string(), r#"{"status":"open"}"#);
    assert_eq!(JsonObject::default(), Map::new());
    assert_eq!(JsonValue::default(), Value::Null);
}

#[test]
fn only_an_object_is_an_object() {
    for (text, found) in [("null", "null"), ("[]", "sequence"), (r#""a""#, "string"), ("7", "number")] {
        let body = format!(r#"{{"attributes": {text}}}"#);
        let error = Inbound::new(body).decode::<Event>().expect_err("no object");
        assert_eq!(error.pointer(), "/attributes");
        assert!(error.to_string().contains(&format!("invalid type: {found}, expected a map")), "{error}");
    }
    assert!("{} {}".parse::<JsonObject>().is_err());
}

#[test]
fn a_broken_text_is_refused() {
    for body in [r#"{"attributes": {"a" 1}}"#, r#"{"attributes": {"a": 1}"#, "{\"attributes\": {\"a\": tru}}"] {
        let error = Inbound::new(body).decode::<Event>().expect_err("no JSON");
        assert_eq!(error.kind(), DecodeErrorKind::Syntax, "{body}");
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Flattened {
    id: u8,
    #[serde(flatten)]
    others: BTreeMap<String, JsonValue>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    Event(Event),
    Number(u8),
}

#[test]
fn a_value_in_a_buffer_of_serde_is_written_again() {
    let text = r#"{"id": 1, "z": {"b": [true, null, -1, 18446744073709551615, 0.5], "a": "\n"}, "a": {}}"#;
    let read: Flattened = serde_json::from_str(text).expect("members");
    assert_eq!(read.others["z"].to_string(), r#"{"b":[true,null,-1,18446744073709551615,0.5],"a":"\n"}"#);
    assert_eq!(serde_json::to_value(&read).expect("JSON"), serde_json::from_str::<Value>(text).expect("JSON"));

    let read: Either = serde_json::from_str(r#"{"attributes": {"z": 1, "a": 2}}"#).expect("an event");
    let expected = Either::Event(Event { attributes: object(r#"{"z":1,"a":2}"#), client: None });
    assert_eq!(read, expected);
    let Either::Event(event) = read else { panic!("an event") };
    assert_eq!(event.attributes.as_str(), r#"{"z":1,"a":2}"#);
}

#[test]
fn a_key_that_serde_json_uses_itself_puts_nothing_unchecked_into_a_text() {
    let texts = [r#"{"$serde_json::private::RawValue": "]["}"#, r#"{"$serde_json::private::Number": "]["}"#];
    for text in texts {
        let read = serde_json::from_str::<JsonValue>(text).expect("JSON");
        assert_eq!(read.as_str(), text);
        let body = format!(r#"{{"id": 1, "other": {text}}}"#);
        if let Ok(read) = serde_json::from_str::<Flattened>(&body) {
            assert!(read.others["other"].as_str().parse::<JsonValue>().is_ok());
        }
    }
}

proptest! {
    #[test]
    fn any_value_is_kept(value in any_value()) {
        let text = value.to_string();
        // The last digit of a fraction may differ after reading.
        let value: Value = serde_json::from_str(&text).unwrap();
        let read: JsonValue = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read.as_str(), &text);
        prop_assert_eq!(&read, &value);
        let text = json!({ "id": 1, "other": value }).to_string();
        let members: Flattened = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&members.others["other"], &serde_json::from_str::<Flattened>(&text).unwrap().others["other"]);
        prop_assert!(members.others["other"].to_value().is_ok());
    }
}
