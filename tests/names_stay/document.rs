//! Changes of a document: a part taken out, or parts put into another order.

use serde_yaml::{Mapping, Value};

/// Under these keys stand maps whose keys the author chose.
const MAPS: &[&str] =
    &["channels", "messages", "operations", "parameters", "properties", "schemas", "servers", "variables"];

/// Under these keys stand lists of parts.
const LISTS: &[&str] = &["anyOf", "enum", "oneOf"];

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
/// What is left with fewer than two parts may be of another kind, and an alternative without a name goes by what is in
/// it; so such parts stay.
pub(crate) fn changes(root: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    collect(root, &mut Vec::new(), Surroundings::default(), &mut found);
    found
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
            if key != "enum" {
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
    if keys.len() > 2 && !inside.is_alternative {
        let delete = |(index, key): (usize, &String)| Change::Delete(path.to_vec(), index, key.clone());
        found.extend(keys.iter().enumerate().map(delete));
    }
    found
}

impl Change {
    /// The JSON pointer of what is taken out.
    pub(crate) fn gone(&self) -> Option<String> {
        let Self::Delete(path, _, key) = self else { return None };
        let escaped = |step: &String| format!("/{}", step.replace('~', "~0").replace('/', "~1"));
        Some(path.iter().chain([key]).map(escaped).collect())
    }

    /// What the part that is taken out may be called after: its key, its own text, its message's name or title.
    pub(crate) fn texts(&self, root: &Value) -> Vec<String> {
        let Self::Delete(path, index, key) = self else { return Vec::new() };
        let container = path.iter().try_fold(root, |value, step| match value {
            Value::Sequence(items) => items.get(step.parse::<usize>().ok()?),
            other => other.get(step.as_str()),
        });
        let part = match container {
            Some(Value::Sequence(items)) => items.get(*index),
            Some(Value::Mapping(entries)) => entries.values().nth(*index),
            _ => None,
        };
        let named = ["name", "messageId", "title", "operationId"].map(|key| part.and_then(|part| part.get(key)));
        let texts = named.into_iter().flatten().chain(part).filter_map(Value::as_str).map(str::to_owned);
        texts.chain([key.clone()]).collect()
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
