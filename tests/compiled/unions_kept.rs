//! Unions: each alternative is found, with the runtime and without it, and nothing of it is lost.

use super::*;

/// Reads and writes a value by a type of both modules, and expects the same of both.
macro_rules! both {
    ($name:ident, $value:expr) => {{
        let value: Value = $value;
        let with = round_trip::<unions::$name>(&value);
        let without = round_trip::<unions_types_only::$name>(&value);
        assert_eq!(with.as_ref().ok(), without.as_ref().ok(), "{with:?} {without:?}");
        assert_eq!(with, Ok(value));
    }};
}

#[test]
fn every_alternative_comes_back_as_it_was() {
    both!(Payment, json!({"number": "4111", "by": "card"}));
    both!(Payment, json!({"by": "transfer", "iban": "DE02"}));
    both!(Payment, json!("cash"));
    both!(Payment, json!({"by": "barter", "goods": ["eggs"]}));
    both!(Content, json!("text"));
    both!(Content, json!(1.5));
    both!(Content, json!(["a", "b"]));
    both!(Content, json!({"href": "/"}));
    both!(Contact, json!({"mail": "a@example.com", "note": "n"}));
    both!(Contact, json!({"phone": "1"}));
    both!(Reach, json!({"to": "a", "mail": "m"}));
    both!(Reach, json!({"to": "a", "mail": "m", "phone": "p"}));
    both!(Rival, json!({"id": 1, "left": "l"}));
    both!(Rival, json!({"id": "1", "right": "r"}));
}

#[test]
fn the_alternative_that_is_meant_is_chosen() {
    let payment = |value: Value| serde_json::from_value::<unions::Payment>(value);
    assert!(matches!(payment(json!({"by": "card", "number": "1"})), Ok(unions::Payment::Card(_))));
    assert!(matches!(payment(json!("cash")), Ok(unions::Payment::String(_))));
    assert!(matches!(payment(json!({"by": "barter"})), Ok(unions::Payment::Unknown(_))));
    let contact = serde_json::from_value::<unions_types_only::Contact>(json!({"phone": "1"}));
    assert!(matches!(contact, Ok(unions_types_only::Contact::Phone(_))));
}

#[test]
fn a_value_without_an_alternative_is_refused_with_the_reason() {
    let payment = serde_json::from_str::<unions::Payment>(r#"{"by": "card"}"#).map(|_| ());
    assert_eq!(
        payment.map_err(|error| error.to_string()),
        Err("missing field `number` at line 1 column 14".to_owned())
    );
    let content = serde_json::from_str::<unions::Content>("true").map(|_| ());
    let expected = "a boolean, expected an object, a string, a number or an array at line 1 column 4";
    assert_eq!(content.map_err(|error| error.to_string()), Err(expected.to_owned()));
    let rival = round_trip::<unions::Rival>(&json!({"id": true})).expect_err("an id is no boolean");
    assert!(rival.starts_with("no alternative fits: as `ByNumber`, which is closest, at /id: invalid type"), "{rival}");
    let types_only = round_trip::<unions_types_only::Rival>(&json!({"id": true})).expect_err("an id is no boolean");
    assert_eq!(types_only, rival);
}

#[test]
fn closed_unions_refuse_a_tag_that_is_not_listed() {
    let barter = json!({"by": "barter"});
    let expected = "an object of `barter`, expected a string or an object whose `by` is `card` or `transfer`";
    assert_eq!(round_trip::<unions_closed::Payment>(&barter), Err(expected.to_owned()));
    // What has no tag of its own may have any.
    let failed = serde_json::from_value::<unions_closed::Session>(json!({"type": "paused", "error": "full"}));
    assert!(matches!(failed, Ok(unions_closed::Session::Failed(_))), "{failed:?}");
    let expected = "null, expected an array, an object whose `type` is `begun` or `ended` or one without `type`";
    assert_eq!(round_trip::<unions_closed::Session>(&Value::Null), Err(expected.to_owned()));
}
