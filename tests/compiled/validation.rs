//! What `validate` finds, and what it leaves alone.

use asyncapi_runtime::{DecodeErrorKind, Violations};
use validated::{Closed, Counts, Either, Handles, Journey, Line, Measurement, Order, OrderId, OrderState, Pet, Rolls};

use super::*;

/// Where and by which keyword a value is wrong; nothing where it is valid.
fn found<T: DeserializeOwned>(value: Value, validate: fn(&T) -> Result<(), Violations>) -> Vec<(String, String)> {
    let typed: T = serde_json::from_value(value).expect("the type takes it");
    let violations = validate(&typed).err().into_iter().flatten();
    let mut found: Vec<_> = violations.map(|found| (found.pointer().to_owned(), found.keyword().to_owned())).collect();
    found.sort();
    found
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(pointer, keyword)| ((*pointer).to_owned(), (*keyword).to_owned())).collect()
}

fn order() -> Value {
    json!({"id": "O-1", "lines": [{"sku": "fee"}, {"sku": "bulk", "count": 100}]})
}

/// The order with some of its properties set.
fn with(changes: &Value) -> Value {
    let mut order = order();
    let properties = order.as_object_mut().expect("an object");
    properties.extend(changes.as_object().expect("an object").clone());
    order
}

#[test]
fn valid_values_have_no_violations() {
    let rows = [
        order(),
        with(&json!({"email": "a@example.com", "address": {"city": "Ulm", "zip": "89073"}, "chain": [[], [[]]]})),
        with(&json!({"comment": null, "discount": 0.15, "position": [48.4, 10], "labels": {"a": "b"}})),
        with(&json!({"state": "closed", "coupon": "x.y-z", "couponReason": "y", "parent": order()})),
        // An optional property that is `null` is one that is not there.
        with(&json!({"email": null, "position": null, "coupon": null})),
    ];
    for row in rows {
        assert_eq!(found(row.clone(), Order::validate), [], "{row}");
    }
}

#[test]
fn a_violation_is_printed_with_its_location() {
    let order = with(&json!({"lines": [{"sku": "fee", "count": 0}]}));
    let order: Order = serde_json::from_value(order).expect("the type takes it");
    for violation in order.validate().err().into_iter().flatten() {
        println!("{violation}");
    }
    let printed: Vec<String> = order.validate().err().into_iter().flatten().map(|found| found.to_string()).collect();
    assert!(matches!(&printed[..], [line] if line.starts_with("at /lines/0/count: minimum: ")), "{printed:?}");
}

#[test]
fn all_violations_are_found_at_once() {
    let wrong = json!({
        "id": "1",
        "email": "nobody",
        "address": {"city": "", "zip": "A"},
        "chain": [[], [[], [], []]],
        "state": "lost",
        "comment": "more than ten signs",
        "discount": 0.07,
        "position": [-91, 0],
        "labels": {"A": "long"},
        "lines": [{"sku": "bulk", "count": 1}, {"sku": "bulk", "count": 1}],
        "coupon": "a b",
        "parent": {"id": "O-1", "lines": []},
        "surplus": true,
    });
    let expected = pairs(&[
        ("", "additionalProperties"),
        ("", "required"),
        ("/address/city", "minLength"),
        ("/address/zip", "pattern"),
        ("/chain/1", "maxItems"),
        ("/comment", "maxLength"),
        ("/coupon", "pattern"),
        ("/discount", "multipleOf"),
        ("/email", "format"),
        ("/id", "pattern"),
        ("/labels", "propertyNames"),
        ("/labels/A", "maxLength"),
        ("/lines", "contains"),
        ("/lines", "uniqueItems"),
        ("/lines/0/count", "minimum"),
        ("/lines/1/count", "minimum"),
        ("/parent/lines", "contains"),
        ("/parent/lines", "minItems"),
        ("/position/0", "minimum"),
        ("/state", "enum"),
    ]);
    assert_eq!(found(wrong, Order::validate), expected);
}

#[test]
fn each_type_validates_itself() {
    assert_eq!(found(json!({"sku": "a", "forbidden": 1}), Line::validate), pairs(&[("", "not")]));
    assert_eq!(found(json!({"sku": "a", "b": 1, "c": 2, "d": 3}), Line::validate), pairs(&[("", "maxProperties")]));
    assert_eq!(found(json!("lost"), OrderState::validate), pairs(&[("", "enum")]));
    assert_eq!(found(json!(["a", "a"]), Handles::validate), pairs(&[("", "uniqueItems")]));
    assert_eq!(found(json!([]), Counts::validate), pairs(&[("", "minItems")]));
    assert_eq!(found(json!("a"), Either::validate), pairs(&[("", "minLength")]));
    assert_eq!(found(json!(9), Either::validate), pairs(&[("", "minimum")]));
    assert_eq!(found(json!({"a": 1}), Closed::validate), pairs(&[("", "additionalProperties")]));
}

#[test]
fn contains_counts_the_items_of_a_list() {
    let id = "0b8ad9c5-7ab1-4e1a-8d6e-3c1f5a1d2b3c";
    let valid = json!({
        "dice": [6, 1, 6], "drawn": [{"card": id}, 1, {"card": id}], "any": [1], "pairs": [[1]], "plain": [],
    });
    assert_eq!(found(valid, Rolls::validate), []);
    let rows = [
        (json!({"dice": [1, 2]}), "/dice", "minContains"),
        (json!({"dice": [6, 6, 6]}), "/dice", "maxContains"),
        (json!({"drawn": [{"card": id}, {"card": "7"}]}), "/drawn", "minContains"),
        (json!({"drawn": [{"card": id}, {"suit": "spades"}]}), "/drawn", "minContains"),
        (json!({"pairs": [["a"]]}), "/pairs", "maxContains"),
    ];
    for (value, at, keyword) in rows {
        assert_eq!(found(value, Rolls::validate), pairs(&[(at, keyword)]));
    }
}

#[test]
fn a_union_is_exactly_one_of_its_alternatives() {
    assert_eq!(found(json!({"kind": "dog", "friend": {"kind": "cat", "lives": 9}}), Pet::validate), []);
    let wrong = json!({"kind": "dog", "friend": {"kind": "cat", "lives": 10}});
    // The tag tells which is meant, so what is wrong with that is said too.
    let expected = pairs(&[("/friend", "oneOf"), ("/friend/lives", "maximum")]);
    assert_eq!(found(wrong, validated::Dog::validate), expected);
    assert_eq!(found(json!({"kind": "bird"}), Pet::validate), pairs(&[("", "oneOf")]));
    for (kind, most) in [("Radio", "11"), ("Clock", "3")] {
        let device: validated::Device = serde_json::from_value(json!({"kind": kind, "volume": 12})).expect("it reads");
        let violations = device.validate().expect_err("it is too loud").to_string();
        assert!(violations.contains("/volume: maximum") && violations.contains(&format!("of {most}")), "{violations}");
    }
    let both = json!({"id": "ab", "from": "Ulm", "to": "Bonn"});
    assert_eq!(found(both, Journey::validate), pairs(&[("", "oneOf")]));
    // What all alternatives share holds for each of them.
    let short = json!({"id": "a", "from": "Ulm"});
    assert_eq!(found(short.clone(), Journey::validate), pairs(&[("/id", "minLength")]));
    let empty = json!({"id": "ab", "to": ""});
    assert_eq!(found(empty, Journey::validate), pairs(&[("", "oneOf"), ("/to", "minLength")]));
    assert_eq!(found(short, validated::JourneyStarted::validate), pairs(&[("/id", "minLength")]));
}

#[test]
fn schemas_of_avro_are_validated_as_the_json_that_they_describe() {
    let measurement = |value: Value, unit: &str| json!({"device": "6a2f41a3-c54c-fce8-32d2-0324e1c32e22", "value": value, "unit": unit, "note": null});
    assert_eq!(found(measurement(json!(1), "METRE"), Measurement::validate), []);
    assert_eq!(found(measurement(Value::Null, "SECOND"), Measurement::validate), []);
    assert_eq!(found(measurement(json!(1), "MILE"), Measurement::validate), pairs(&[("/unit", "enum")]));
}

#[test]
fn a_newtype_is_built_from_its_value_and_read_as_it() {
    let id = OrderId::from("O-7".to_owned());
    assert_eq!((id.len(), id.validate()), (3, Ok(())));
}

#[test]
fn a_violation_does_not_contain_the_value() {
    let order: Order = serde_json::from_value(with(&json!({"comment": "confidential", "id": "secret"}))).expect("read");
    let violations = order.validate().expect_err("two are wrong");
    assert_eq!(
        violations.to_string(),
        "at /comment: maxLength: the value is longer than 10 characters\n\
         at /id: pattern: the value does not match \"^O-\\d+$\"",
    );
    assert!(!format!("{violations:?}").contains("confidential"));
}

/// Notes what reaches it.
struct Receives(Arc<Notes>);

impl validated::Handler for Receives {
    async fn on_order(&self, event: Order, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("order {}", *event.id));
        Ok(())
    }

    async fn on_counts(&self, event: Counts, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("{} counts", event.len()));
        Ok(())
    }

    async fn on_measurement(&self, event: Measurement, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("{:?}", event.unit));
        Ok(())
    }

    async fn on_pet(&self, event: validated::OnPetMessage, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("{event:?}"));
        Ok(())
    }

    async fn on_anything(&self, event: Value, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(event.to_string());
        Ok(())
    }
}

#[tokio::test]
async fn invalid_payloads_do_not_reach_the_handler() {
    let notes = Arc::new(Notes::default());
    let dispatcher = validated::Dispatcher::new(Receives(notes.clone()));
    let send = |channel: &str, value: &Value| Inbound::new(value.to_string()).with_channel(channel);
    dispatched(&dispatcher, &send("orders", &order())).await.expect("valid");
    dispatched(&dispatcher, &send("counts", &json!([1, 2]))).await.expect("valid");
    assert_eq!(notes.take(), ["order O-1", "2 counts"]);
    let wrong = with(&json!({"id": "1", "comment": "more than ten signs"}));
    for (channel, value, pointer) in [("orders", wrong, "/comment"), ("counts", json!([]), "")] {
        let Err(DispatchError::Undecodable(error)) = dispatched(&dispatcher, &send(channel, &value)).await else {
            panic!("{channel}: it is not valid");
        };
        assert_eq!((error.kind(), error.pointer()), (DecodeErrorKind::Violation, pointer));
    }
    assert_eq!(notes.take(), Vec::<String>::new());
}

#[test]
fn types_without_methods_have_a_validate_function() {
    use validated::{Line, ShortLine, validate};

    let line = |value: Value| serde_json::from_value::<Line>(value).expect("a line");
    let (long, wrong) = (line(json!({"sku": "a", "count": 1})), line(json!({"sku": "a", "count": 0})));
    assert_eq!(long.validate(), Ok(()));
    let keyword = |found: Result<(), Violations>| {
        let found = found.expect_err("it is not valid");
        found.iter().map(|violation| violation.keyword().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keyword(validate::short_line(&ShortLine::clone(&long))), ["maxProperties"]);
    assert_eq!(validate::same_maybe_line(&None), Ok(()));
    assert_eq!(validate::same_maybe_line(&Some(long)), Ok(()));
    assert!(validate::same_maybe_line(&Some(wrong)).is_err());
    assert_eq!(validate::count(&1), Ok(()));
}

#[test]
fn a_kept_null_of_an_optional_property_is_valid() {
    let order = |value: Value| serde_json::from_value::<validated_nulls::Order>(value).expect("it is read");
    let kept = order(json!({"id": "1", "length": null, "line": null, "state": null}));
    assert_eq!(kept.validate(), Ok(()));
    let wrong = order(json!({"id": "1", "length": 0, "line": {"count": 0}, "state": "gone"})).validate();
    let found: Vec<String> = wrong.expect_err("three faults").iter().map(|found| found.pointer().to_owned()).collect();
    assert_eq!(found, ["/length", "/line/count", "/state"]);
}
