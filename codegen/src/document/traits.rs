//! Merges traits into messages and operations, before anything else is read.
//!
//! Both versions use JSON Merge Patch (RFC 7396). In AsyncAPI 2 the trait has precedence (AsyncAPI 2.6, "Message
//! Object"), in AsyncAPI 3 the object ("Traits Merge Mechanism").

use std::collections::BTreeMap;

use super::cursor::{Node, Tree};
use super::resolve;
use crate::json::{Mapping, Value};
use crate::location::FileId;

/// Which value is used if a trait and its object both have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precedence {
    Trait,
    Object,
}

/// Keys whose values are data or schemas, in which `traits` would be a name.
const DATA_KEYS: &[&str] = &["default", "enum", "examples", "payload", "headers", "schemas", "bindings", "const"];

/// The root of each file with its traits merged. A file without traits is `None`.
pub(super) fn merge_all(tree: Tree<'_>, precedence: Precedence) -> Vec<Option<Value>> {
    tree.source.files().map(|file| merge_below(&Node::root(tree, file), precedence)).collect()
}

/// The value of a node with all traits below it merged, or `None` if nothing changes.
fn merge_below(node: &Node<'_>, precedence: Precedence) -> Option<Value> {
    match node.value {
        Value::Mapping(entries) => merge_in_object(node, entries, precedence),
        Value::Sequence(items) => {
            let merged: Vec<Option<Value>> =
                (0..items.len()).map(|index| merge_below(&node.child(&index.to_string())?, precedence)).collect();
            let is_changed = merged.iter().any(Option::is_some);
            let items = || merged.into_iter().zip(items).map(|(new, old)| new.unwrap_or_else(|| old.clone()));
            is_changed.then(|| Value::Sequence(items().collect()))
        }
        _ => None,
    }
}

fn merge_in_object(node: &Node<'_>, entries: &Mapping, precedence: Precedence) -> Option<Value> {
    let children = entries.keys().filter(|key| !DATA_KEYS.contains(&key.as_str()));
    let mut changed: BTreeMap<&str, Value> =
        children.filter_map(|key| Some((key.as_str(), merge_below(&node.child(key)?, precedence)?))).collect();
    let is_reference = precedence == Precedence::Trait && is_channel_reference(node);
    if changed.is_empty() && !is_reference && !entries.contains_key("traits") {
        return None;
    }
    let new_entry =
        |(key, value): (&String, &Value)| (key.clone(), changed.remove(key.as_str()).unwrap_or_else(|| value.clone()));
    let object = merge_own_traits(node, entries.iter().map(new_entry).collect(), precedence);
    Some(if is_reference { merge_channel_target(node, object) } else { object })
}

/// Whether a node is a Channel Item with a `$ref`, which may have siblings in AsyncAPI 2.
fn is_channel_reference(node: &Node<'_>) -> bool {
    let mut steps = node.at.pointer.steps();
    let is_channel = steps.next().is_some_and(|step| step == "channels") && steps.count() == 1;
    is_channel && node.at.file == FileId::default() && node.reference().is_some()
}

/// Merges a Channel Item into the target of its `$ref`. The precedence is undefined (AsyncAPI 2.6, "Channel Item
/// Object"); here the Channel Item has it.
fn merge_channel_target(node: &Node<'_>, object: Value) -> Value {
    let Value::Mapping(mut own) = object else { return object };
    let has_siblings = own.keys().any(|key| key != "$ref" && !key.starts_with("x-"));
    match resolve::follow(node.clone()) {
        Ok(target) if has_siblings => {
            own.shift_remove("$ref");
            merge_patch(copy_to_file(&target, node.at.file), &Value::Mapping(own))
        }
        _ => Value::Mapping(own),
    }
}

/// Merges the traits of one object. Traits that are not found stay in the list, so that they are reported later.
fn merge_own_traits(node: &Node<'_>, mut object: Mapping, precedence: Precedence) -> Value {
    let Some(Value::Sequence(traits)) = object.get("traits") else { return Value::object(object) };
    let nodes = (0..traits.len()).filter_map(|index| node.child("traits")?.child(&index.to_string()));
    let (found, missing): (Vec<_>, Vec<_>) = nodes.map(resolve::follow).partition(Result::is_ok);
    let merged_traits = found
        .into_iter()
        .flatten()
        .fold(Value::object([]), |merged, found| merge_patch(merged, &copy_to_file(&found, node.at.file)));
    if missing.is_empty() {
        object.shift_remove("traits");
    }
    if precedence == Precedence::Trait {
        report_replaced(node, &object, &merged_traits);
    }
    let object = Value::object(object);
    match precedence {
        Precedence::Trait => merge_patch(object, &merged_traits),
        Precedence::Object => merge_patch(merged_traits, &object),
    }
}

/// ```yaml
/// {contentType: application/json, traits: [{contentType: text/plain}]}   # AsyncAPI 2: `text/plain`
/// ```
fn report_replaced(node: &Node<'_>, object: &Mapping, merged_traits: &Value) {
    let is_scalar = |value: &Value| !matches!(value, Value::Mapping(_) | Value::Sequence(_));
    for (key, own) in object.iter().filter(|(key, own)| is_scalar(own) && !key.starts_with("x-")) {
        let replaced = merged_traits.child(key).is_some_and(|other| other != own);
        if let Some(own) = node.child(key).filter(|_| replaced) {
            own.report_warning(
                format!("a trait has another `{key}`, which replaces this one"),
                "remove one of the two, because traits have precedence in AsyncAPI 2",
            );
        }
    }
}

/// JSON Merge Patch (RFC 7396). A patch with `$ref` replaces its target, because two references cannot be merged.
fn merge_patch(target: Value, patch: &Value) -> Value {
    let Value::Mapping(patch) = patch else { return patch.clone() };
    if patch.contains_key("$ref") {
        return Value::Mapping(patch.clone());
    }
    let mut target = match target {
        Value::Mapping(entries) if !entries.contains_key("$ref") => *entries,
        _ => Mapping::new(),
    };
    for (key, value) in patch.iter() {
        if *value == Value::Null {
            target.shift_remove(key);
            continue;
        }
        let slot = target.entry(key.clone()).or_insert(Value::Null);
        *slot = merge_patch(std::mem::replace(slot, Value::Null), value);
    }
    Value::object(target)
}

/// A copy of a node for another file: its references are rewritten so that they mean the same there.
fn copy_to_file(node: &Node<'_>, to: FileId) -> Value {
    if node.at.file == to { node.value.clone() } else { rebase_references(node.value, node, to) }
}

fn rebase_references(value: &Value, origin: &Node<'_>, to: FileId) -> Value {
    match value {
        Value::Mapping(entries) => Value::object(entries.iter().map(|(key, value)| match (key.as_str(), value) {
            ("$ref", Value::String(reference)) => {
                let reference = resolve::rebase_reference(origin.tree.source, reference, origin.at.file, to);
                (key.clone(), Value::String(reference))
            }
            _ => (key.clone(), rebase_references(value, origin, to)),
        })),
        Value::Sequence(items) => {
            Value::Sequence(items.iter().map(|item| rebase_references(item, origin, to)).collect())
        }
        scalar => scalar.clone(),
    }
}
