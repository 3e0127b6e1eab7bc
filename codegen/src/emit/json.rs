//! JSON as text in the code: one line where it fits, else each of its parts on lines of their own.

use std::fmt::Write as _;

use proc_macro2::{Literal, TokenStream};
use quote::ToTokens;

use super::Context;
use crate::ir::{DefinitionOwner, Json};

/// A line of the text is no longer than this, where what stands in it can be broken.
const WIDTH: usize = 100;

/// A value whose outermost parts stand on lines of their own.
pub(super) fn on_lines(cx: Context<'_>, value: &Json) -> String {
    let mut text = String::new();
    broken(cx, value, 0, &mut text);
    text
}

/// A value that begins after so many signs of its line.
pub(super) fn after(cx: Context<'_>, before: usize, value: &Json) -> String {
    let mut text = String::new();
    write(cx, value, 0, before, &mut text);
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

/// What a definition is called in the schemas of the file.
pub(super) fn name(cx: Context<'_>, defined: &DefinitionOwner) -> String {
    match defined {
        DefinitionOwner::Type(id) => cx.names.types[id].plain().to_owned(),
        DefinitionOwner::Place(name) => name.clone(),
    }
}

/// Writes a value on one line, where it fits, else each of its parts on lines of their own.
fn write(cx: Context<'_>, value: &Json, depth: usize, before: usize, text: &mut String) {
    let start = text.len();
    flat(cx, value, text);
    if before + text.len() - start > WIDTH {
        text.truncate(start);
        broken(cx, value, depth, text);
    }
}

fn broken(cx: Context<'_>, value: &Json, depth: usize, text: &mut String) {
    let indent = |depth: usize| "  ".repeat(depth);
    match value {
        Json::Object(entries) if !entries.is_empty() => {
            text.push_str("{\n");
            for (index, (key, value)) in entries.iter().enumerate() {
                let key = format!("{}{}: ", indent(depth + 1), quoted(key));
                text.push_str(&key);
                // One sign more for the comma.
                write(cx, value, depth + 1, key.len() + 1, text);
                text.push_str(if index + 1 < entries.len() { ",\n" } else { "\n" });
            }
            let _ = write!(text, "{}}}", indent(depth));
        }
        Json::List(items) if !items.is_empty() => {
            text.push_str("[\n");
            for (index, item) in items.iter().enumerate() {
                text.push_str(&indent(depth + 1));
                write(cx, item, depth + 1, 2 * (depth + 1) + 1, text);
                text.push_str(if index + 1 < items.len() { ",\n" } else { "\n" });
            }
            let _ = write!(text, "{}]", indent(depth));
        }
        value => flat(cx, value, text),
    }
}

fn flat(cx: Context<'_>, value: &Json, text: &mut String) {
    match value {
        Json::Null => text.push_str("null"),
        Json::Boolean(value) => {
            let _ = write!(text, "{value}");
        }
        Json::Integer(number) => {
            let _ = write!(text, "{number}");
        }
        Json::Number(number) => {
            let _ = write!(text, "{number:?}");
        }
        Json::Text(value) => text.push_str(&quoted(value)),
        Json::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                flat(cx, item, text);
            }
            text.push(']');
        }
        Json::Object(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index > 0 { ", " } else { "" });
                let _ = write!(text, "{}: ", quoted(key));
                flat(cx, value, text);
            }
            text.push('}');
        }
        Json::Reference(to) => {
            let reference = format!("#/definitions/{}", escaped(&name(cx, to)));
            let _ = write!(text, "{{\"$ref\": {}}}", quoted(&reference));
        }
    }
}

/// A text as JSON writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A step of a JSON pointer in the fragment of a URI.
fn escaped(step: &str) -> String {
    let step = step.replace('~', "~0").replace('/', "~1");
    let mut text = String::new();
    for byte in step.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
