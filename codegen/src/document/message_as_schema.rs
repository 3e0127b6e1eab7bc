//! References that lead beside what is meant.

use super::cursor::Node;
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Value;

/// Where a reference in the place of a schema leads to a message, its payload is meant, unless that is in a language of its
/// own.
///
/// ```yaml
/// properties: {lamp: {$ref: '#/components/messages/lamp'}}
/// ```
pub(super) fn payload_of_message<'a>(node: &Node<'_>, target: &Node<'a>) -> Option<Node<'a>> {
    let payload = target.child("payload").filter(|payload| matches!(payload.value, Value::Mapping(_)))?;
    let steps: Vec<String> = target.at.pointer.steps().collect();
    let is_message = matches!(&steps[..], [.., messages, _] if messages == "messages");
    if !is_message || ["schemaFormat", "type", "properties"].iter().any(|key| target.child(key).is_some()) {
        return None;
    }
    let message = "this leads to a message, and stands for a schema: its payload is taken";
    let cure = format!("write `#{}`", payload.at.pointer);
    node.report(Diagnostic::new(Severity::Warning, &node.at.join("$ref"), message).with_help(cure));
    Some(payload)
}
