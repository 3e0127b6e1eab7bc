//! The same document gives the same bytes, whatever the order of its unordered keys.
//!
//! Maps whose keys the author chose (channels, schemas, properties, …) are ordered: the output follows their order. The
//! keys that the specification fixes, and the list of required properties, are unordered.

use asyncapi_codegen::{Config, Source};
use serde_yaml::{Mapping, Value};

use super::fixture_directories;

/// Keys of maps whose keys the author chose.
const AUTHORED: &[&str] = &["channels", "messages", "operations", "properties", "schemas", "servers", "variables"];

/// Fixtures of both versions of AsyncAPI that together use most keywords.
const FIXTURES: [&str; 5] = ["both-sides", "types-only", "exchange", "unions", "version-3"];

#[test]
fn order_of_unordered_keys_does_not_change_the_output() {
    for directory in fixture_directories().iter().filter(|path| FIXTURES.iter().any(|name| path.ends_with(name))) {
        let text = std::fs::read_to_string(directory.join("input.yaml")).expect("every fixture has an input");
        let value: Value = serde_yaml::from_str(&text).expect("the document is YAML");
        let expected = generate(text);
        for steps in 1..6 {
            let rotated = serde_yaml::to_string(&rotate(&value, steps, Keys::Fixed)).expect("the value is YAML");
            assert!(generate(rotated) == expected, "{}, rotated by {steps}", directory.display());
        }
    }
}

fn generate(text: String) -> String {
    let output = Config::new().generate(&Source::new("document.yaml", text)).expect("the document is valid");
    output.code().to_owned()
}

/// Who chose the keys of a map.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    Authored,
    Fixed,
}

/// Rotates the entries of every unordered map, and every list of required properties, by `steps`.
fn rotate(value: &Value, steps: usize, keys: Keys) -> Value {
    match value {
        Value::Mapping(entries) => {
            let rotate_entry = |(key, value): (&Value, &Value)| {
                let name = key.as_str().filter(|_| keys == Keys::Fixed).unwrap_or_default();
                let below = if AUTHORED.contains(&name) { Keys::Authored } else { Keys::Fixed };
                let value = rotate(value, steps, below);
                (key.clone(), if name == "required" { rotate_list(value, steps) } else { value })
            };
            let mut entries: Vec<(Value, Value)> = entries.iter().map(rotate_entry).collect();
            if keys == Keys::Fixed {
                let length = entries.len();
                entries.rotate_left(steps % length.max(1));
            }
            Value::Mapping(entries.into_iter().collect::<Mapping>())
        }
        Value::Sequence(items) => items.iter().map(|item| rotate(item, steps, Keys::Fixed)).collect(),
        other => other.clone(),
    }
}

fn rotate_list(value: Value, steps: usize) -> Value {
    match value {
        Value::Sequence(mut items) => {
            let length = items.len();
            items.rotate_left(steps % length.max(1));
            Value::Sequence(items)
        }
        other => other,
    }
}
