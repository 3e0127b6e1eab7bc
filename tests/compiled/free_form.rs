//! Values of any type that are kept as their text.

use asyncapi_runtime::{Inbound, JsonObject, JsonValue};
use serde_json::{Value, json};

use crate::free_form_raw::{Ticket, TicketSubject};

fn ticket(text: &str) -> Ticket {
    Inbound::new(text.to_owned()).decode().expect("a ticket")
}

#[test]
fn a_text_is_written_back_byte_for_byte() {
    for text in [
        r#"{"attributes":{"z": 1.50, "a": 123456789012345678901234567890},"client":[ 1e2 ],"history":[{"b":1, "a":2}]}"#,
        r#"{"attributes":{},"subject":{"kind":"person","fields":{"z": 1.50, "a": 2}}}"#,
        r#"{"attributes":{},"subject":{"kind":"team","members":[{"z": 1, "a": 2},null]}}"#,
    ] {
        assert_eq!(serde_json::to_string(&ticket(text)).expect("JSON"), text);
    }
}

#[test]
fn values_before_the_tag_and_additional_properties_are_kept() {
    let text = r#"{"attributes": {}, "subject": {"fields": {"z": 1, "a": [2]}, "kind": "person"}, "open": {"id": "1", "more": {"z": 1, "a": null}}}"#;
    let read = ticket(text);
    assert!(matches!(&read.subject, Some(TicketSubject::Person(person)) if person.fields.is_some()));
    let written = serde_json::to_value(&read).expect("JSON");
    assert_eq!(written, serde_json::from_str::<Value>(text).expect("JSON"));
}

#[test]
fn null_and_absence_of_a_value_differ() {
    assert_eq!(ticket(r#"{"attributes": {}, "client": null}"#).client, Some(JsonValue::NULL));
    assert_eq!(ticket(r#"{"attributes": {}}"#).client, None);
}

#[test]
fn a_ticket_is_built_from_members() {
    let built = Ticket::new(JsonObject::from_iter([("status", "open")])).with_client(json!(7).into());
    assert_eq!(built, ticket(r#"{"client": 7, "attributes": {"status": "open"}}"#));
}
