//! Removes patterns that are invalid regular expressions from schemas.

use jsonschema::Draft;
use serde_json::{Value, json};

/// Removes the invalid patterns, so that all other keywords are still checked. Returns whether there were any.
pub(super) fn leave_out_unreadable(schemas: &mut Value) -> bool {
    match schemas {
        Value::Array(items) => items.iter_mut().map(leave_out_unreadable).filter(|found| *found).count() > 0,
        Value::Object(keywords) => {
            let before = keywords.len();
            keywords.retain(|key, value| key != "pattern" || value.as_str().is_none_or(is_readable));
            let mut found = keywords.len() < before;
            for (key, value) in keywords.iter_mut().filter(|(key, _)| !matches!(key.as_str(), "const" | "enum")) {
                if let (true, Some(patterns)) = (key == "patternProperties", value.as_object_mut()) {
                    let before = patterns.len();
                    patterns.retain(|pattern, _| is_readable(pattern));
                    found |= patterns.len() < before;
                }
                found |= leave_out_unreadable(value);
            }
            found
        }
        _ => false,
    }
}

fn is_readable(pattern: &str) -> bool {
    jsonschema::options().with_draft(Draft::Draft7).build(&json!({"pattern": pattern})).is_ok()
}
