//! Random schemas: reading and `validate` together refuse exactly the values that a JSON Schema validator refuses.
//!
//! The types may refuse a valid value; `round_trip.rs` tests that, with other options.

use std::fmt::Write as _;

use serde_json::Value;

use crate::outcome::{Outcome, is_equal, read_property};

include!(concat!(env!("OUT_DIR"), "/validation.rs"));

/// The length of a UUID with its hyphens (RFC 9562, section 4).
const UUID_LENGTH: usize = 36;

/// A schema and values to try.
#[derive(serde::Deserialize)]
struct Case {
    schema: Value,
    values: Vec<Value>,
}

#[test]
fn values_of_random_schemas_are_refused_if_a_validator_refuses_them() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/validation.json"))).expect("cases are JSON");
    let (mut valid, mut invalid) = (0, 0);
    let mut faults = String::new();
    for (module, case) in cases.iter().enumerate() {
        // Draft 7 has no format `uuid`; generated code checks it.
        let options = jsonschema::draft7::options()
            .with_format("uuid", |text: &str| text.len() == UUID_LENGTH && uuid::Uuid::try_parse(text).is_ok());
        let validator = options.build(&case.schema).expect("random schemas are schemas");
        for value in &case.values {
            let is_valid = validator.is_valid(value);
            *if is_valid { &mut valid } else { &mut invalid } += 1;
            if let Some(fault) = fault(value, read(module, &value.to_string()), &validator) {
                let _ = writeln!(faults, "{value}\n  {fault}\n  {}", case.schema);
                break;
            }
        }
    }
    println!("{valid} valid values, {invalid} invalid ones");
    assert!(valid > 50 && invalid > 50, "{valid} valid and {invalid} invalid values are too few");
    assert!(faults.is_empty(), "{faults}");
}

/// What is wrong with an outcome.
fn fault(value: &Value, outcome: Outcome, validator: &jsonschema::Validator) -> Option<String> {
    let is_valid = validator.is_valid(value);
    match outcome {
        // The alias of an `Option` accepts `null` and has no `validate`.
        _ if value.is_null() => None,
        Outcome::Refused(_) => None,
        Outcome::Written(_) if is_valid => None,
        Outcome::Written(written) if validator.is_valid(&written) && differs_in_nulls(value, &written) => None,
        Outcome::Invalid(_) if !is_valid => None,
        // A property that is `null` may be read as absent, and another schema may require it.
        Outcome::Invalid(_) if !validator.is_valid(&without_nulls(value)) => None,
        Outcome::Written(written) => Some(format!("passes as {written}")),
        Outcome::Invalid(why) => Some(format!("is valid, and refused: {why}")),
    }
}

/// Whether the only differences are properties that are `null` in the first value and absent in the second.
fn differs_in_nulls(value: &Value, written: &Value) -> bool {
    match (value, written) {
        (Value::Object(value), Value::Object(written)) => {
            let is_kept = |(name, value): (&String, &Value)| match written.get(name) {
                Some(written) => differs_in_nulls(value, written),
                None => value.is_null(),
            };
            value.iter().all(is_kept) && written.keys().all(|name| value.contains_key(name))
        }
        (Value::Array(value), Value::Array(written)) => {
            value.len() == written.len()
                && value.iter().zip(written).all(|(value, written)| differs_in_nulls(value, written))
        }
        (value, written) => is_equal(value, written),
    }
}

/// The value without the properties that are `null`.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(properties) => {
            let kept = properties.iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name.clone(), without_nulls(value))).collect()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}
