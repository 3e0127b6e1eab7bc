//! Generators of JSON values for property tests.

use proptest::prelude::*;
use serde_json::Value;

/// Any JSON value with a few levels. Some keys need escapes in a JSON pointer, and some look like other keys.
pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any_key(), inner, 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

pub(crate) fn any_key() -> impl Strategy<Value = String> {
    prop_oneof!["[ab/~01]{0,3}", ".{0,4}"]
}

/// The pointers of all values inside this value, and of the value itself.
pub(crate) fn pointers(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut below = |token: &str, child: &Value| {
        let token = token.replace('~', "~0").replace('/', "~1");
        found.extend(pointers(child).into_iter().map(|rest| format!("/{token}{rest}")));
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, child)| below(key, child)),
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, child)| below(&index.to_string(), child));
        }
        _ => {}
    }
    found
}
