//! Validation against schemas: the violations, their messages, and invalid schemas.

use asyncapi_runtime::{Context, DecodeErrorKind, Inbound, Schemas, Violations};
use serde_json::{Value, json};

static SCHEMAS: Schemas = Schemas::new(
    r##"{"definitions": {
        "Order": {
            "required": ["id"],
            "properties": {"id": {"format": "uuid"}, "note": {"maxLength": 3}, "secret": false},
            "additionalProperties": {"type": "string"}
        },
        "Closed": {"additionalProperties": false},
        "Pair": {"items": [{}, {}], "additionalItems": false},
        "Event": {"oneOf": [{"$ref": "#/definitions/Placed"}, {"$ref": "#/definitions/Closing"}]},
        "Sent": {"oneOf": [
            {"required": ["kind", "stamp"], "properties": {"kind": {"const": "letter"}, "pages": {"maximum": 9}}},
            {"required": ["kind", "weight"], "properties": {"kind": {"enum": ["parcel", "crate"]}}},
            {"type": "string"}
        ]},
        "Pet": {
            "discriminator": {
                "propertyName": "kind",
                "mapping": {"cat": {"$ref": "#/definitions/Cat"}, "7": {"$ref": "#/definitions/Dog"}}
            },
            "anyOf": [{"$ref": "#/definitions/Cat"}, {"$ref": "#/definitions/Dog"}]
        },
        "Cat": {"required": ["kind"], "properties": {"lives": {"maximum": 9}, "name": {"maxLength": 3}}},
        "Dog": {"required": ["kind"], "properties": {"name": {"maxLength": 2}}},
        "Placed": {"required": ["kind"], "properties": {"kind": {"const": "placed"}, "count": {"minimum": 1}}},
        "Closing": {"required": ["kind"], "properties": {"kind": {"const": "closing"}, "event": {"$ref": "#/definitions/Event"}}},
        "a/b%c": {"type": "null"},
        "Garbled": {"type": "nothing"},
        "Coded": {"maxLength": 3, "pattern": "(", "patternProperties": {"[": false}, "not": {"const": {"pattern": "("}}},
        "Whole": {"properties": {"number": {"type": "integer", "maximum": 99999999999999999999}}},
        "Node": {"properties": {
            "next": {"anyOf": [{"type": "null"}, {"$ref": "#/definitions/Node"}]},
            "state": {"anyOf": [{"type": "null"}, {"enum": ["on", "off"]}]},
            "count": {"minimum": 1}
        }},
        "Holder": {"items": {"$ref": "#/definitions/Garbled"}}
    }}"##,
);

static BROKEN: Schemas = Schemas::new("{");

fn found(name: &str, value: &Value) -> Vec<(String, String)> {
    let violations = SCHEMAS.check(name, value).err().into_iter().flatten();
    violations.map(|found| (found.pointer().to_owned(), found.keyword().to_owned())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(pointer, keyword)| ((*pointer).to_owned(), (*keyword).to_owned())).collect()
}

#[test]
fn every_violation_is_found_and_ordered_by_its_place() {
    assert_eq!(found("Order", &json!({"id": "6a2f41a3-c54c-fce8-32d2-0324e1c32e22", "note": "abc"})), []);
    let wrong = json!({"id": "6a2f41a3", "note": "abcd", "secret": 1, "x": 2});
    let expected = [("/id", "format"), ("/note", "maxLength"), ("/secret", "false"), ("/x", "type")];
    assert_eq!(found("Order", &wrong), pairs(&expected));
    assert_eq!(found("Order", &json!({})), pairs(&[("", "required")]));
}

#[test]
fn a_violation_names_its_keyword() {
    assert_eq!(found("Closed", &json!({"a": 1})), pairs(&[("", "additionalProperties")]));
    assert_eq!(found("Pair", &json!([1, 2, 3])), pairs(&[("", "additionalItems")]));
}

#[test]
fn a_violation_in_a_union_names_the_alternative() {
    let wrong = json!({"kind": "closing", "event": {"kind": "placed", "count": 0}});
    let expected = [("", "oneOf"), ("/event", "oneOf"), ("/event/count", "minimum")];
    assert_eq!(found("Event", &wrong), pairs(&expected));
    assert_eq!(found("Event", &json!({"kind": "lost"})), pairs(&[("", "oneOf")]));
}

#[test]
fn a_missing_property_of_a_tagged_alternative_is_reported() {
    let letter = json!({"kind": "letter", "pages": 10});
    assert_eq!(found("Sent", &letter), pairs(&[("", "oneOf"), ("", "required"), ("/pages", "maximum")]));
    let violations = SCHEMAS.check("Sent", &json!({"kind": "crate"})).expect_err("it has no weight").to_string();
    assert!(violations.contains("\"weight\" is a required property"), "{violations}");
    // Without a tag, no alternative is selected, so only the union is reported.
    assert_eq!(found("Sent", &json!({})), pairs(&[("", "oneOf")]));
}

#[test]
fn a_discriminator_selects_the_alternative_without_constants() {
    let cat = json!({"kind": "cat", "name": "Minka", "lives": 10});
    assert_eq!(found("Pet", &cat), pairs(&[("", "anyOf"), ("/lives", "maximum"), ("/name", "maxLength")]));
    let violations = SCHEMAS.check("Pet", &json!({"kind": 7, "name": "Hasso"})).expect_err("the name is too long");
    assert!(violations.to_string().contains("/name: maxLength"), "{violations}");
    assert_eq!(found("Pet", &json!({"kind": "bird", "name": "Coco"})), pairs(&[("", "anyOf")]));
}

#[test]
fn an_unreadable_schema_is_a_violation_for_every_value() {
    for name in ["Garbled", "Holder", "Missing"] {
        assert_eq!(found(name, &json!("x")), pairs(&[("", "$schema")]), "{name}");
    }
    let violations = BROKEN.check("Order", &json!({})).expect_err("the text is no JSON");
    assert!(violations.to_string().starts_with("at the root: $schema: the schema `Order` cannot be read"));
}

#[test]
fn an_unsupported_pattern_is_left_out_of_validation() {
    assert_eq!(found("Coded", &json!("abc")), []);
    assert_eq!(found("Coded", &json!("abcd")), pairs(&[("", "maxLength")]));
    assert_eq!(found("Coded", &json!({"[": 1})), []);
    assert_eq!(found("Coded", &json!({"pattern": "("})), pairs(&[("", "not")]));
}

#[test]
fn an_integer_beyond_64_bits_is_checked_as_the_nearest_number() {
    let check = |number: i128| SCHEMAS.check("Whole", &std::collections::BTreeMap::from([("number", number)]));
    assert_eq!(check(-9_223_372_036_854_775_809), Ok(()));
    let violations = check(i128::MAX).expect_err("it is above the maximum");
    assert_eq!(violations.iter().map(asyncapi_runtime::Violation::keyword).collect::<Vec<_>>(), ["maximum"]);
}

#[test]
fn a_violation_in_a_nullable_value_is_reported_once() {
    let wrong = json!({"next": {"next": null, "count": 0}, "state": "gone"});
    assert_eq!(found("Node", &wrong), pairs(&[("/next/count", "minimum"), ("/state", "enum")]));
    assert_eq!(found("Node", &json!({"next": null, "state": null})), []);
}

#[test]
fn neither_text_nor_debug_quotes_the_value() {
    let wrong = json!({"id": "confidential", "note": "confidential", "secret": "confidential"});
    let violations = SCHEMAS.check("Order", &wrong).expect_err("three violations");
    assert_eq!(violations.iter().count(), 3);
    assert!(!format!("{violations} {violations:?}").contains("confidential"));
}

#[test]
fn a_body_that_is_not_valid_does_not_decode() {
    let check = |value: &Value| -> Result<(), Violations> { SCHEMAS.check("Closed", value) };
    let decode = |body: &'static str| Context::new(&Inbound::new(body)).decode_valid(check);
    assert_eq!(decode("{}").expect("valid"), json!({}));
    let error = decode(r#"{"a": 1}"#).expect_err("not valid");
    assert_eq!((error.kind(), error.pointer()), (DecodeErrorKind::Violation, ""));
    assert!(error.message().contains("additionalProperties"), "{error}");
    assert_eq!(decode("{").expect_err("no JSON").kind(), DecodeErrorKind::Syntax);
}
