//! What stands beside a `$ref`: nothing but the reference counts (Reference Object of AsyncAPI 2 and 3; JSON Schema draft
//! 7), and authors should know what they lose.

use super::Docs;
use super::cursor::Node;
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Value;

/// Words for people and for tools, which change no code.
const NOTES: &[&str] = &[
    "$comment",
    "deprecated",
    "description",
    "example",
    "examples",
    "externalDocs",
    "name",
    "readOnly",
    "summary",
    "tags",
    "title",
    "writeOnly",
];

/// Warns about each sibling that says something else than what the reference leads to.
pub(super) fn report(node: &Node<'_>, target: &Node<'_>) {
    let Value::Mapping(entries) = node.value else { return };
    if node.reference().is_none() {
        return;
    }
    for (key, value) in entries.iter() {
        let is_note = key == "$ref" || key.starts_with("x-") || NOTES.contains(&key.as_str());
        if is_note || target.value.child(key) == Some(value) {
            continue;
        }
        let message = format!("`{key}` stands beside `$ref`, which alone counts");
        let diagnostic = Diagnostic::new(Severity::Warning, &node.at.join(key), message).at_key();
        node.report(diagnostic.with_help("say it where the reference leads, or join the two by `allOf`"));
    }
}

/// The words beside a reference to a schema: they say what it is for in this place.
pub(super) fn notes(node: &Node<'_>) -> Docs {
    let text = |key| match node.value.child(key) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    Docs {
        summary: text("summary"),
        description: text("description"),
        deprecated: node.value.child("deprecated") == Some(&Value::Bool(true)),
        ..Docs::default()
    }
}
