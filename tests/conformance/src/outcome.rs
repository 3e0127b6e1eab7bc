//! What becomes of a JSON value that a generated type reads and writes again.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What became of a value.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The type accepted the value and wrote this one.
    Written(Value),
    /// The type refused the value, for this reason. Also: the generator refused the schema.
    Refused(String),
    /// The type accepted the value, and `validate` refused it.
    Invalid(String),
}

/// Reads a value with the type of a schema.
pub(crate) fn read_root<T: DeserializeOwned + Serialize>(
    value: &str,
    validate: fn(&T) -> Result<(), String>,
) -> Outcome {
    match serde_json::from_str::<T>(value) {
        Ok(value) => match validate(&value) {
            Ok(()) => Outcome::Written(serde_json::to_value(value).expect("the value is JSON")),
            Err(found) => Outcome::Invalid(found),
        },
        Err(why) => Outcome::Refused(why.to_string()),
    }
}

/// Reads a value as the property `root` of a type.
pub(crate) fn read_property<T: DeserializeOwned + Serialize>(
    value: &str,
    validate: fn(&T) -> Result<(), String>,
) -> Outcome {
    match read_root(&format!("{{\"root\":{value}}}"), validate) {
        Outcome::Written(mut holder) => Outcome::Written(holder["root"].take()),
        other => other,
    }
}

/// Equality of JSON. Numbers are compared by value: `1` equals `1.0`.
pub(crate) fn is_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| is_equal(value, other)))
        }
        _ => left == right,
    }
}
