//! Traits: what several messages or operations share, merged into each of them before anything else is read.
//!
//! By JSON Merge Patch (RFC 7396), with opposite winners: in 2.x the trait is laid over the object (AsyncAPI 2.6,
//! "Message Object": traits are merged *into* it, in order), in 3.x the object over the trait (AsyncAPI 3.0, "Traits
//! Merge Mechanism": a trait must not override what its target says).

use std::collections::BTreeMap;

use super::cursor::{Node, Tree};
use super::resolve;
use crate::json::{Mapping, Value};
use crate::location::FileId;

/// Which of trait and object has the last word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precedence {
    Trait,
    Object,
}

/// The root of each file with its traits merged; nothing of a file that has none.
pub(super) fn merged(tree: Tree<'_>, winner: Precedence) -> Vec<Option<Value>> {
    tree.source.files().map(|file| deep_merge(&Node::root(tree, file), winner)).collect()
}

/// Where everything is data of the author's, and `traits` would be a name like any other.
const DATA: &[&str] = &["default", "enum", "examples", "payload", "headers", "schemas", "bindings", "const"];

/// What becomes of a node; nothing of one that stays as it is, which most do.
fn deep_merge(node: &Node<'_>, winner: Precedence) -> Option<Value> {
    match node.value {
        Value::Mapping(entries) => {
            let children = entries.keys().filter(|key| !DATA.contains(&key.as_str()));
            let mut changed: BTreeMap<&str, Value> =
                children.filter_map(|key| Some((key.as_str(), deep_merge(&node.child(key)?, winner)?))).collect();
            let refers = winner == Precedence::Trait && is_channel_item(node);
            if changed.is_empty() && !refers && !entries.contains_key("traits") {
                return None;
            }
            let new = |(key, value): (&String, &Value)| {
                (key.clone(), changed.remove(key.as_str()).unwrap_or_else(|| value.clone()))
            };
            let object = merge_own(node, entries.iter().map(new).collect(), winner);
            Some(if refers { merge_referred(node, object) } else { object })
        }
        Value::Sequence(items) => {
            let children = (0..items.len()).map(|index| deep_merge(&node.child(&index.to_string())?, winner));
            let changed: Vec<Option<Value>> = children.collect();
            let is_changed = changed.iter().any(Option::is_some);
            let items = || changed.into_iter().zip(items).map(|(new, old)| new.unwrap_or_else(|| old.clone()));
            is_changed.then(|| Value::Sequence(items().collect()))
        }
        _ => None,
    }
}

/// Whether a node is a Channel Item, which in 2.x may say more than what its `$ref` leads to.
fn is_channel_item(node: &Node<'_>) -> bool {
    let mut steps = node.at.pointer.steps();
    let is_below_channels = steps.next().is_some_and(|step| step == "channels") && steps.count() == 1;
    is_below_channels && node.at.file == FileId::default() && node.reference().is_some()
}

/// Merges a Channel Item with what it refers to (AsyncAPI 2.6, "Channel Item Object": what happens where both say the same
/// is undefined; here, the item has the last word).
fn merge_referred(node: &Node<'_>, object: Value) -> Value {
    let Value::Mapping(mut own) = object else { return object };
    let says_more = own.keys().any(|key| key != "$ref" && !key.starts_with("x-"));
    match resolve::follow(node.clone()) {
        Ok(target) if says_more => {
            own.shift_remove("$ref");
            let whole = moved(target.value, target.at.file, node.at.file, node.tree);
            patched(whole, &Value::Mapping(own))
        }
        _ => Value::Mapping(own),
    }
}

/// Merges the traits of one object, if it has any.
fn merge_own(node: &Node<'_>, mut object: Mapping, winner: Precedence) -> Value {
    let Some(Value::Sequence(traits)) = object.get("traits") else { return Value::object(object) };
    let nodes = (0..traits.len()).filter_map(|index| node.child("traits")?.child(&index.to_string()));
    // A trait that cannot be found is reported where the object is read, so it stays in the list.
    let (found, lost): (Vec<_>, Vec<_>) =
        nodes.map(|node| resolve::follow(node.clone()).map_err(|_| node)).partition(Result::is_ok);
    let merged_traits = found.into_iter().flatten().fold(Value::object([]), |merged, found| {
        let patch = moved(found.value, found.at.file, node.at.file, node.tree);
        patched(merged, &patch)
    });
    if lost.is_empty() {
        object.shift_remove("traits");
    }
    let object = Value::object(object);
    match winner {
        Precedence::Trait => patched(object, &merged_traits),
        Precedence::Object => patched(merged_traits, &object),
    }
}

/// JSON Merge Patch (RFC 7396): members replace each other one by one, and `null` removes.
fn patched(target: Value, patch: &Value) -> Value {
    let Value::Mapping(patch) = patch else { return patch.clone() };
    // Two references cannot be merged member by member: one of them is the value.
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
        *slot = patched(std::mem::replace(slot, Value::Null), value);
    }
    Value::object(target)
}

/// A copy for another file: references within its own file now say which file that is.
fn moved(value: &Value, from: FileId, to: FileId, tree: Tree<'_>) -> Value {
    if from == to {
        return value.clone();
    }
    match value {
        Value::Mapping(entries) => {
            let entries = entries.iter().map(|(key, value)| match (key.as_str(), value) {
                ("$ref", Value::String(text)) => {
                    (key.clone(), Value::String(resolve::rebase_reference(tree.source, text, from, to)))
                }
                _ => (key.clone(), moved(value, from, to, tree)),
            });
            Value::object(entries)
        }
        Value::Sequence(items) => Value::Sequence(items.iter().map(|item| moved(item, from, to, tree)).collect()),
        other => other.clone(),
    }
}
