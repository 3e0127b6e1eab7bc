//! Changes one part of a value, so that a valid value often becomes invalid.

use serde_json::{Value, json};

use super::Rng;

/// The value with one changed part.
pub(super) fn damage(value: &Value, rng: &mut Rng) -> Value {
    let mut value = value.clone();
    change(&mut value, rng);
    value
}

fn change(value: &mut Value, rng: &mut Rng) {
    match value {
        Value::Object(entries) if !entries.is_empty() && rng.chance(80) => {
            let names: Vec<String> = entries.keys().cloned().collect();
            let name = rng.pick(&names).clone();
            match rng.below(4) {
                0 => {
                    entries.remove(&name);
                }
                1 => {
                    entries.insert("unexpected".to_owned(), json!(1));
                }
                _ => change(&mut entries[&name], rng),
            }
        }
        Value::Array(items) if !items.is_empty() && rng.chance(80) => {
            let index = rng.below(items.len());
            match rng.below(4) {
                0 => {
                    items.remove(index);
                }
                1 => items.push(items[index].clone()),
                _ => change(&mut items[index], rng),
            }
        }
        Value::String(text) if rng.chance(50) => {
            *text = rng.pick(&["", "A longer text than any", "a", "00"]).to_string();
        }
        Value::Number(_) if rng.chance(50) => {
            *value = rng.pick(&[json!(-1), json!(0), json!(7), json!(0.3), json!(1e9)]).clone();
        }
        other => {
            *other = rng.pick(&[json!(null), json!("text"), json!(3), json!([]), json!({}), json!(false)]).clone();
        }
    }
}
