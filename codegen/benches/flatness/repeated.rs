//! A document of somebody's, and the same many times over in one: everything in it again, under other names.

use serde_yaml::{Mapping, Value};

/// What is copied, beside the kinds of components.
const COPIED: [&str; 2] = ["channels", "operations"];

/// The document so many times over; `None` where it is no object.
pub(crate) fn repeated(text: &str, copies: usize) -> Option<String> {
    let document: Mapping = serde_yaml::from_str(text).ok()?;
    let mut whole = Mapping::new();
    for (key, value) in &document {
        let several = match (key.as_str(), value) {
            (Some(name), Value::Mapping(entries)) if COPIED.contains(&name) => Value::Mapping(many(entries, copies)),
            (Some("components"), Value::Mapping(kinds)) => {
                let kinds = kinds.iter().map(|(kind, entries)| match entries {
                    Value::Mapping(entries) => (kind.clone(), Value::Mapping(many(entries, copies))),
                    other => (kind.clone(), other.clone()),
                });
                Value::Mapping(kinds.collect())
            }
            (_, other) => other.clone(),
        };
        whole.insert(key.clone(), several);
    }
    serde_yaml::to_string(&whole).ok()
}

fn many(entries: &Mapping, copies: usize) -> Mapping {
    let copy = |number: usize| entries.iter().map(move |(key, value)| (renamed(key, number), copy(value, number)));
    (0..copies).flat_map(copy).collect()
}

/// A value that refers to the things of its own copy.
fn copy(value: &Value, number: usize) -> Value {
    match value {
        Value::Mapping(entries) => {
            let entries = entries.iter().map(|(key, value)| {
                let value = match (key.as_str(), value) {
                    (Some("$ref"), Value::String(to)) => Value::String(referred(to, number)),
                    (Some("operationId" | "messageId" | "address"), name) => renamed(name, number),
                    (Some("message"), Value::Mapping(message)) => {
                        let mut message = message.clone();
                        if let Some(name) = message.get_mut("name") {
                            *name = renamed(name, number);
                        }
                        copy(&Value::Mapping(message), number)
                    }
                    (_, value) => copy(value, number),
                };
                (key.clone(), value)
            });
            Value::Mapping(entries.collect())
        }
        Value::Sequence(items) => Value::Sequence(items.iter().map(|item| copy(item, number)).collect()),
        other => other.clone(),
    }
}

/// The first copy keeps its names.
fn renamed(name: &Value, number: usize) -> Value {
    match name {
        Value::String(name) if number > 0 => Value::String(format!("{name}-{number}")),
        other => other.clone(),
    }
}

/// A reference to something that is copied, in the copy of this number.
fn referred(to: &str, number: usize) -> String {
    let mut steps: Vec<String> = to.split('/').map(str::to_owned).collect();
    let named = match steps.get(1).map(String::as_str) {
        Some("components") => 3,
        Some(name) if COPIED.contains(&name) => 2,
        _ => return to.to_owned(),
    };
    if let Some(name) = steps.get_mut(named).filter(|_| to.starts_with("#/") && number > 0) {
        *name = format!("{name}-{number}");
    }
    steps.join("/")
}
