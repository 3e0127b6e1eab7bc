//! Changes of a document: a part taken out, or parts put into another order.

use std::collections::BTreeSet;

use asyncapi_codegen::Pointer;
use serde_yaml::{Mapping, Value};

/// Under these keys stand maps whose keys the author chose.
const MAPS: &[&str] =
    &["channels", "messages", "operations", "parameters", "properties", "schemas", "servers", "variables"];

/// Under these keys stand lists of parts; the last two are Avro's.
const LISTS: &[&str] = &["anyOf", "enum", "oneOf", "fields", "symbols"];

/// What stands below these is data.
const DATA: &[&str] = &["bindings", "const", "default", "examples", "example", "required"];

/// A change, at a map or list that the keys lead to.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// The part at this place of the container is taken out.
    Delete(Vec<String>, usize, String),
    /// The parts of the container move round by one.
    Rotate(Vec<String>),
    /// The parts of the container stand the other way round.
    Reverse(Vec<String>),
}

/// Every change of a document.
///
/// What is left with fewer than two parts may be of another kind, but for a list of messages, and an alternative without a
/// name goes by what is in it; so such parts stay.
pub(crate) fn changes(root: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    collect(root, &mut Vec::new(), Surroundings::default(), &mut found);
    let twins = twins(root);
    found.retain(|change| !change.divides(root, &twins));
    found
}

/// The names of Avro's definitions that stand in several places: one type, until one of them says something else.
fn twins(root: &Value) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    definitions(root).into_iter().filter(|name| !seen.insert(*name)).map(str::to_owned).collect()
}

/// The names of Avro's definitions at and below a value.
fn definitions(value: &Value) -> Vec<&str> {
    let below: Vec<&str> = match value {
        Value::Mapping(entries) => entries.values().flat_map(definitions).collect(),
        Value::Sequence(items) => items.iter().flat_map(definitions).collect(),
        _ => Vec::new(),
    };
    definition(value).into_iter().chain(below).collect()
}

/// The name of a definition of Avro.
fn definition(value: &Value) -> Option<&str> {
    let is_one = matches!(value.get("type")?.as_str()?, "record" | "enum" | "fixed");
    is_one.then(|| value.get("name")?.as_str())?
}

#[derive(Clone, Copy, Default)]
struct Surroundings {
    /// The keys of this map are the author's.
    is_authored: bool,
    /// Inside an alternative.
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
            // Words beside a list go by positions, so neither changes alone.
            let has_words = key == "enum" && entries.keys().any(is_word_list);
            let is_list = LISTS.contains(&key) && below.is_sequence() && !has_words;
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

fn is_word_list(key: &Value) -> bool {
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
        // A key that is no text has a pointer that only the generator knows.
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

/// Where the references at and below a value lead to in the document.
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

impl Change {
    /// The JSON pointer of what is taken out.
    pub(crate) fn gone(&self) -> Option<String> {
        let Self::Delete(path, _, key) = self else { return None };
        let escaped = |step: &String| format!("/{}", step.replace('~', "~0").replace('/', "~1"));
        Some(path.iter().chain([key]).map(escaped).collect())
    }

    /// Whether the change is inside one of several equal definitions.
    fn divides(&self, root: &Value, twins: &BTreeSet<String>) -> bool {
        let (Self::Delete(path, ..) | Self::Rotate(path) | Self::Reverse(path)) = self;
        let around = (0..=path.len()).filter_map(|end| definition(container(root, &path[..end])?));
        around.into_iter().any(|name| twins.contains(name))
    }

    /// Where afterwards stands what stood at a pointer; `None` for what is taken out.
    pub(crate) fn moved(&self, root: &Value, pointer: &Pointer) -> Option<Pointer> {
        let (Self::Delete(path, ..) | Self::Rotate(path) | Self::Reverse(path)) = self;
        let steps: Vec<String> = pointer.steps().collect();
        let Some((step, rest)) = steps.strip_prefix(path.as_slice()).and_then(<[String]>::split_first) else {
            return Some(pointer.clone());
        };
        let step = match (container(root, path), step.parse::<usize>()) {
            (Some(Value::Sequence(items)), Ok(index)) => self.index(index, items.len())?.to_string(),
            _ if matches!(self, Self::Delete(_, _, key) if key == step) => return None,
            _ => step.clone(),
        };
        let moved = path.iter().chain([&step]).chain(rest);
        Some(moved.fold(Pointer::root(), |pointer, step| pointer.join(step)))
    }

    /// The index afterwards of an item of a list.
    fn index(&self, index: usize, length: usize) -> Option<usize> {
        match self {
            Self::Delete(_, gone, _) if index == *gone => None,
            Self::Delete(_, gone, _) => Some(if index > *gone { index - 1 } else { index }),
            Self::Rotate(_) => Some((index + length - 1) % length),
            Self::Reverse(_) => Some(length - 1 - index),
        }
    }

    /// The places that the part that is taken out leads to, by references of the document, itself first.
    pub(crate) fn reached(&self, root: &Value) -> Vec<Pointer> {
        let mut reached: Vec<Pointer> = self.gone().iter().filter_map(|gone| Pointer::parse(gone)).collect();
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

    /// What the part that is taken out, and what it leads to, may be called after: its key, its own text, the name or the
    /// title of a message, the names of Avro's definitions.
    pub(crate) fn texts(root: &Value, reached: &[Pointer]) -> Vec<String> {
        let mut texts = Vec::new();
        for pointer in reached {
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

    pub(crate) fn apply(&self, root: &Value) -> Value {
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
