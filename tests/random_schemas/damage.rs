//! One thing about a value changed: what was valid often is so no longer.

use serde_json::{Value, json};

use super::Dice;

/// The value with one node of it changed.
pub(super) fn damaged(value: &Value, dice: &mut Dice) -> Value {
    let mut value = value.clone();
    change(&mut value, dice);
    value
}

fn change(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Object(entries) if !entries.is_empty() && dice.chance(80) => {
            let names: Vec<String> = entries.keys().cloned().collect();
            let name = dice.pick(&names).clone();
            match dice.below(4) {
                0 => {
                    entries.remove(&name);
                }
                1 => {
                    entries.insert("unexpected".to_owned(), json!(1));
                }
                _ => change(&mut entries[&name], dice),
            }
        }
        Value::Array(items) if !items.is_empty() && dice.chance(80) => {
            let index = dice.below(items.len());
            match dice.below(4) {
                0 => {
                    items.remove(index);
                }
                1 => items.push(items[index].clone()),
                _ => change(&mut items[index], dice),
            }
        }
        Value::String(text) if dice.chance(50) => {
            *text = dice.pick(&["", "A longer text than any", "a", "00"]).to_string();
        }
        Value::Number(_) if dice.chance(50) => {
            *value = dice.pick(&[json!(-1), json!(0), json!(7), json!(0.3), json!(1e9)]).clone();
        }
        other => {
            *other = dice.pick(&[json!(null), json!("text"), json!(3), json!([]), json!({}), json!(false)]).clone();
        }
    }
}
