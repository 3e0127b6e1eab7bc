//! Changes of a document: a part is deleted, or the parts of a container are put in another order.

use std::collections::BTreeSet;

use asyncapi_codegen::Pointer;
use serde_yaml::{Mapping, Value};

/// Keys of maps whose keys the author chose.
const MAPS: &[&str] =
    &["channels", "messages", "operations", "parameters", "properties", "schemas", "servers", "variables"];

/// Keys of lists of parts; the last two are keys of Avro.
const LISTS: &[&str] = &["anyOf", "enum", "oneOf", "fields", "symbols"];

/// Keys of values that are data, not parts.
const DATA: &[&str] = &["bindings", "const", "default", "examples", "example", "required"];

/// A change of a container, which is a map or a list. The first field is the path of the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Deletes the part with this index and this key.
    Delete(Vec<String>, usize, String),
    /// Moves the first part to the end.
    Rotate(Vec<String>),
    /// Reverses the order of the parts.
    Reverse(Vec<String>),
}

/// Every change of a document.
///
/// Two kinds of parts are not deleted, because the deletion renames other parts: one of the last two parts of a container
/// (except of a list of messages), which may become another kind of type, and a part of an unnamed alternative, which is
/// called after its parts.
pub(super) fn changes(root: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    collect(root, &mut Vec::new(), Surroundings::default(), &mut found);
    let repeated = repeated_definitions(root);
    found.retain(|change| !change.is_inside_definition(root, &repeated));
    found
}

/// The names of Avro definitions that occur several times: they are one type until a change makes one of them different.
fn repeated_definitions(root: &Value) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    definitions(root).into_iter().filter(|name| !seen.insert(*name)).map(str::to_owned).collect()
}

/// The names of the Avro definitions in a value.
fn definitions(value: &Value) -> Vec<&str> {
    let below: Vec<&str> = match value {
        Value::Mapping(entries) => entries.values().flat_map(definitions).collect(),
        Value::Sequence(items) => items.iter().flat_map(definitions).collect(),
        _ => Vec::new(),
    };
    definition(value).into_iter().chain(below).collect()
}

/// The name of an Avro definition.
fn definition(value: &Value) -> Option<&str> {
    let is_one = matches!(value.get("type")?.as_str()?, "record" | "enum" | "fixed");
    is_one.then(|| value.get("name")?.as_str())?
}

#[derive(Clone, Copy, Default)]
struct Surroundings {
    /// Whether the author chose the keys of this map.
    is_authored: bool,
    /// Whether the value is inside of an alternative.
    is_alternative: bool,
}

fn collect(value: &Value, path: &mut Vec<String>, inside: Surroundings, found: &mut Vec<Change>) {
    let Value::Mapping(entries) = value else {
        for (index, item) in value.as_sequence().into_iter().flatten().enumerate() {
            path.push(index.to_string());
            collect(item, path, Surroundings { is_authored: false, ..inside }, found);
            path.pop();
        }
        return;
    };
    for (key, below) in entries {
        let Some(key) = key.as_str() else { continue };
        path.push(key.to_owned());
        if inside.is_authored {
            collect(below, path, Surroundings { is_authored: false, ..inside }, found);
        } else if !DATA.contains(&key) && !key.starts_with("x-") {
            let is_map = MAPS.contains(&key) && below.is_mapping();
            // Extensions with names of enum values refer to the values by their positions.
            let has_value_names = key == "enum" && entries.keys().any(is_value_names);
            let is_list = LISTS.contains(&key) && below.is_sequence() && !has_value_names;
            if is_map || is_list {
                found.extend(changes_of(below, path, inside));
            }
            let is_alternative = inside.is_alternative || is_list;
            if !matches!(key, "enum" | "symbols") {
                collect(below, path, Surroundings { is_authored: is_map, is_alternative }, found);
            }
        }
        path.pop();
    }
}

fn is_value_names(key: &Value) -> bool {
    key.as_str().is_some_and(|key| key.starts_with("x-") && key.contains("enum"))
}

fn changes_of(container: &Value, path: &[String], inside: Surroundings) -> Vec<Change> {
    let keys: Vec<String> = match container {
        Value::Mapping(entries) => entries.keys().map(|key| key.as_str().unwrap_or_default().to_owned()).collect(),
        Value::Sequence(items) => (0..items.len()).map(|index| index.to_string()).collect(),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    if keys.len() > 1 {
        found.extend([Change::Rotate(path.to_vec()), Change::Reverse(path.to_vec())]);
    }
    let least = if is_message_list(path) { 1 } else { 2 };
    if keys.len() > least && !inside.is_alternative {
        // The pointer of a key that is not a string depends on the generator.
        let is_text = |index: usize| match container {
            Value::Mapping(entries) => entries.keys().nth(index).is_some_and(Value::is_string),
            _ => true,
        };
        let named = keys.iter().enumerate().filter(|(index, _)| is_text(*index));
        found.extend(named.map(|(index, key)| Change::Delete(path.to_vec(), index, key.clone())));
    }
    found
}

fn is_message_list(path: &[String]) -> bool {
    path.ends_with(&["message".to_owned(), "oneOf".to_owned()])
}

fn container<'v>(root: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(root, |value, step| match value {
        Value::Sequence(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step.as_str()),
    })
}

/// The targets in the document of the references in a value.
fn references(value: &Value) -> Vec<Pointer> {
    match value {
        Value::Mapping(entries) => {
            let own =
                entries.get("$ref").and_then(Value::as_str).and_then(|text| Pointer::parse(text.strip_prefix('#')?));
            entries.values().flat_map(references).chain(own).collect()
        }
        Value::Sequence(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// The texts in these parts that names can come from: keys, strings, names and titles, and names of Avro definitions.
pub(super) fn texts(root: &Value, pointers: &[Pointer]) -> Vec<String> {
    let mut texts = Vec::new();
    for pointer in pointers {
        let steps: Vec<String> = pointer.steps().collect();
        texts.extend(steps.last().cloned());
        let Some(part) = container(root, &steps) else { continue };
        let named = ["name", "messageId", "title", "operationId"].map(|key| part.get(key));
        texts.extend(named.into_iter().flatten().chain([part]).filter_map(Value::as_str).map(str::to_owned));
        let defined = definitions(part).into_iter();
        texts.extend(defined.map(|name| name.rsplit('.').next().unwrap_or(name).to_owned()));
    }
    texts
}

impl Change {
    /// The JSON pointer of the deleted part.
    pub(super) fn deleted(&self) -> Option<String> {
        let Self::Delete(path, _, key) = self else { return None };
        let escaped = |step: &String| format!("/{}", step.replace('~', "~0").replace('/', "~1"));
        Some(path.iter().chain([key]).map(escaped).collect())
    }

    /// Whether the container is inside of one of these definitions.
    fn is_inside_definition(&self, root: &Value, names: &BTreeSet<String>) -> bool {
        let (Self::Delete(path, ..) | Self::Rotate(path) | Self::Reverse(path)) = self;
        let around = (0..=path.len()).filter_map(|end| definition(container(root, &path[..end])?));
        around.into_iter().any(|name| names.contains(name))
    }

    /// The pointer after the change; `None` for the deleted part.
    pub(super) fn moved(&self, root: &Value, pointer: &Pointer) -> Option<Pointer> {
        let (Self::Delete(path, ..) | Self::Rotate(path) | Self::Reverse(path)) = self;
        let steps: Vec<String> = pointer.steps().collect();
        let Some((step, rest)) = steps.strip_prefix(path.as_slice()).and_then(<[String]>::split_first) else {
            return Some(pointer.clone());
        };
        let step = match (container(root, path), step.parse::<usize>()) {
            (Some(Value::Sequence(items)), Ok(index)) => self.moved_index(index, items.len())?.to_string(),
            _ if matches!(self, Self::Delete(_, _, key) if key == step) => return None,
            _ => step.clone(),
        };
        let moved = path.iter().chain([&step]).chain(rest);
        Some(moved.fold(Pointer::root(), |pointer, step| pointer.join(step)))
    }

    /// The index after the change of an item of a list.
    fn moved_index(&self, index: usize, length: usize) -> Option<usize> {
        match self {
            Self::Delete(_, deleted, _) if index == *deleted => None,
            Self::Delete(_, deleted, _) => Some(if index > *deleted { index - 1 } else { index }),
            Self::Rotate(_) => Some((index + length - 1) % length),
            Self::Reverse(_) => Some(length - 1 - index),
        }
    }

    /// The deleted part, and after it the parts that its references reach.
    pub(super) fn reachable(&self, root: &Value) -> Vec<Pointer> {
        let mut reached: Vec<Pointer> = self.deleted().iter().filter_map(|text| Pointer::parse(text)).collect();
        let mut next = 0;
        while let Some(pointer) = reached.get(next) {
            let steps: Vec<String> = pointer.steps().collect();
            for target in container(root, &steps).map(references).unwrap_or_default() {
                if !reached.contains(&target) {
                    reached.push(target);
                }
            }
            next += 1;
        }
        reached
    }

    /// The document after the change.
    pub(super) fn apply(&self, root: &Value) -> Value {
        let mut root = root.clone();
        let (Self::Delete(path, ..) | Self::Rotate(path) | Self::Reverse(path)) = self;
        let container = path.iter().try_fold(&mut root, |value, step| match value {
            Value::Mapping(entries) => entries.get_mut(step.as_str()),
            Value::Sequence(items) => items.get_mut(step.parse::<usize>().ok()?),
            _ => None,
        });
        match container {
            Some(Value::Mapping(entries)) => {
                let mut parts: Vec<(Value, Value)> = std::mem::take(entries).into_iter().collect();
                self.change(&mut parts);
                *entries = parts.into_iter().collect::<Mapping>();
            }
            Some(Value::Sequence(items)) => self.change(items),
            _ => {}
        }
        root
    }

    fn change<T>(&self, parts: &mut Vec<T>) {
        match self {
            Self::Delete(_, index, _) => {
                parts.remove(*index);
            }
            Self::Rotate(_) => parts.rotate_left(1),
            Self::Reverse(_) => parts.reverse(),
        }
    }
}
