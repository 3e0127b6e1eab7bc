//! Unions that are alternatives of themselves: whatever comes, reading and validating ends, and what is allowed comes back.

use super::unions_round::{Again, Held, One, Other, Part, Shared, Two, Whole};
use super::*;

#[test]
fn valid_values_of_recursive_schemas_come_back() {
    assert_eq!(round_trip::<Again>(&json!("a")), Ok(json!("a")));
    for value in [json!("a"), json!(1)] {
        assert_eq!(round_trip::<One>(&value), Ok(value.clone()));
        assert_eq!(round_trip::<Two>(&value), Ok(value));
    }
    for value in [json!(true), json!(1)] {
        assert_eq!(round_trip::<Part>(&value), Ok(value.clone()));
        assert_eq!(round_trip::<Whole>(&value), Ok(value));
    }
    let held = json!({"one": null, "two": 1});
    let read: Held = serde_json::from_value(held).expect("null is allowed by either");
    assert_eq!(serde_json::to_value(read).ok(), Some(json!({"one": null, "two": 1})));
}

#[test]
fn invalid_values_of_recursive_schemas_are_refused() {
    assert!(round_trip::<Again>(&json!(true)).is_err());
    assert!(round_trip::<One>(&json!(true)).is_err());
    assert!(round_trip::<Two>(&json!([])).is_err());
    assert!(round_trip::<Part>(&json!("a")).is_err());
}

#[test]
fn open_schemas_keep_every_property() {
    for value in [json!("a"), json!(1), json!(true), json!({"a": 1, "b": 2})] {
        assert_eq!(round_trip::<Shared>(&value), Ok(value.clone()));
        assert_eq!(round_trip::<Other>(&value), Ok(value));
    }
}

#[test]
fn validation_ends() {
    let one: One = serde_json::from_value(json!(1)).expect("a number");
    assert_eq!(one.validate().map_err(|violations| violations.to_string()), Ok(()));
    let held: Held = serde_json::from_value(json!({"one": "a", "two": 2})).expect("both");
    assert_eq!(held.validate().map_err(|violations| violations.to_string()), Ok(()));
    let shared: Shared = serde_json::from_value(json!(true)).expect("whatever");
    assert_eq!(shared.validate().map_err(|violations| violations.to_string()), Ok(()));
}
