//! JSON as text in the code: one line where it fits, else each of its parts on lines of their own.

use std::fmt::Write as _;

use proc_macro2::{Literal, TokenStream};
use quote::ToTokens;

use crate::json::Value;

/// A line of the text is no longer than this, where what stands in it can be broken.
const WIDTH: usize = 100;

/// A value whose outermost parts stand on lines of their own.
pub(super) fn on_lines(value: &Value) -> String {
    let mut text = String::new();
    broken(value, 0, &mut text);
    text
}

/// A value that begins after so many signs of its line.
pub(super) fn after(before: usize, value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, before, &mut text);
    text
}

/// The text as a literal, raw where it would need escapes, and fenced by as many signs as it asks for.
pub(super) fn literal(text: &str) -> TokenStream {
    if !text.contains(['"', '\\', '\n']) {
        return Literal::string(text).into_token_stream();
    }
    let mut fence = String::from("#");
    while text.contains(&format!("\"{fence}")) {
        fence.push('#');
    }
    let raw = format!("r{fence}\"{text}\"{fence}").parse();
    raw.unwrap_or_else(|_| Literal::string(text).into_token_stream())
}

/// Writes a value on one line, where it fits, else each of its parts on lines of their own.
fn write(value: &Value, depth: usize, before: usize, text: &mut String) {
    let start = text.len();
    flat(value, text);
    if before + text.len() - start > WIDTH {
        text.truncate(start);
        broken(value, depth, text);
    }
}

fn broken(value: &Value, depth: usize, text: &mut String) {
    let indent = |depth: usize| "  ".repeat(depth);
    match value {
        Value::Mapping(entries) if !entries.is_empty() => {
            text.push_str("{\n");
            for (index, (key, value)) in entries.iter().enumerate() {
                let key = format!("{}{}: ", indent(depth + 1), quoted(key));
                text.push_str(&key);
                // One sign more for the comma.
                write(value, depth + 1, key.len() + 1, text);
                text.push_str(if index + 1 < entries.len() { ",\n" } else { "\n" });
            }
            let _ = write!(text, "{}}}", indent(depth));
        }
        Value::Sequence(items) if !items.is_empty() => {
            text.push_str("[\n");
            for (index, item) in items.iter().enumerate() {
                text.push_str(&indent(depth + 1));
                write(item, depth + 1, 2 * (depth + 1) + 1, text);
                text.push_str(if index + 1 < items.len() { ",\n" } else { "\n" });
            }
            let _ = write!(text, "{}]", indent(depth));
        }
        value => flat(value, text),
    }
}

fn flat(value: &Value, text: &mut String) {
    match value {
        // JSON has no infinity and no NaN.
        Value::Float(number) if !number.is_finite() => text.push_str("null"),
        Value::Null => text.push_str("null"),
        Value::Bool(value) => {
            let _ = write!(text, "{value}");
        }
        Value::Integer(number) => {
            let _ = write!(text, "{number}");
        }
        Value::Float(number) => {
            let _ = write!(text, "{number:?}");
        }
        Value::String(value) => text.push_str(&quoted(value)),
        Value::Sequence(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                flat(item, text);
            }
            text.push(']');
        }
        Value::Mapping(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                let _ = write!(text, "{}: ", quoted(key));
                flat(value, text);
            }
            text.push('}');
        }
    }
}

/// A text as JSON writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
