//! The nodes of a document, of version 2 or 3, with their roles.

use std::collections::BTreeSet;

use serde_yaml::{Mapping, Value};

use super::files;

/// The file, and the keys and indices from its root to a node.
pub(super) type Path = Vec<String>;

/// The role of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Root,
    Components,
    Server,
    Channel,
    Parameter,
    Operation,
    Message,
    Schema,
    Other,
}

/// The nodes under a key.
enum Children {
    One(Role),
    /// A map whose keys the author chose.
    Map(Role),
    List(Role),
}

/// The nodes of a document.
#[derive(Default)]
pub(super) struct Places {
    pub(super) nodes: Vec<(Role, Path)>,
    /// Maps whose keys the author chose.
    pub(super) maps: Vec<(Role, Path)>,
    pub(super) lists: Vec<(Role, Path)>,
}

impl Places {
    /// The nodes of all files. The role of a part in another file is the role of the reference to it.
    pub(super) fn find(tree: &Value) -> Self {
        let mut places = Self::default();
        let Some(document) = files::document(tree) else { return places };
        let mut left = vec![(Role::Root, vec![document.to_owned()])];
        let mut seen = BTreeSet::new();
        while let Some((role, mut path)) = left.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let first = places.nodes.len();
            if let Some(value) = at(tree, &path) {
                places.walk(value, role, &mut path);
            }
            let found = places.nodes[first..].iter().filter_map(|(role, path)| {
                let target = target(at(tree, path)?.get("$ref")?.as_str()?)?;
                target.first().is_some_and(|file| file != document).then_some((*role, target))
            });
            left.extend(found);
        }
        places
    }

    /// The nodes with a role.
    pub(super) fn with_role(&self, wanted: Role) -> Vec<&Path> {
        self.nodes.iter().filter(|(role, _)| *role == wanted).map(|(_, path)| path).collect()
    }

    fn walk(&mut self, value: &Value, role: Role, path: &mut Path) {
        self.nodes.push((role, path.clone()));
        for (key, child) in value.as_mapping().into_iter().flatten() {
            let Some(key) = key.as_str() else { continue };
            path.push(key.to_owned());
            match children(role, key, child) {
                Some(Children::One(role)) => self.walk(child, role, path),
                Some(Children::Map(role)) => {
                    self.maps.push((role, path.clone()));
                    for (key, entry) in child.as_mapping().into_iter().flatten() {
                        let Some(key) = key.as_str() else { continue };
                        path.push(key.to_owned());
                        self.walk(entry, role, path);
                        path.pop();
                    }
                }
                Some(Children::List(role)) => {
                    self.lists.push((role, path.clone()));
                    for (index, item) in child.as_sequence().into_iter().flatten().enumerate() {
                        path.push(index.to_string());
                        self.walk(item, role, path);
                        path.pop();
                    }
                }
                None => {}
            }
            path.pop();
        }
    }
}

fn children(role: Role, key: &str, child: &Value) -> Option<Children> {
    let children = match (role, key) {
        (Role::Root, "components") => Children::One(Role::Components),
        (Role::Root | Role::Components, "servers") => Children::Map(Role::Server),
        (Role::Root | Role::Components, "channels") => Children::Map(Role::Channel),
        (Role::Root | Role::Components, "operations") | (Role::Components, "operationTraits") => {
            Children::Map(Role::Operation)
        }
        (Role::Components | Role::Channel, "messages") | (Role::Components, "messageTraits") => {
            Children::Map(Role::Message)
        }
        (Role::Components | Role::Channel, "parameters") => Children::Map(Role::Parameter),
        (Role::Components, "schemas")
        | (Role::Schema, "properties" | "patternProperties" | "definitions" | "$defs") => Children::Map(Role::Schema),
        (Role::Server, "variables") => Children::Map(Role::Other),
        (Role::Channel, "publish" | "subscribe") => Children::One(Role::Operation),
        (Role::Operation, "message") => Children::One(Role::Message),
        (Role::Operation, "traits") => Children::List(Role::Operation),
        (Role::Message, "oneOf" | "traits") => Children::List(Role::Message),
        (Role::Message, "payload" | "headers") if child.get("schemaFormat").is_none() => Children::One(Role::Schema),
        (Role::Schema, "oneOf" | "anyOf" | "allOf") => Children::List(Role::Schema),
        (Role::Schema, "items") if child.is_sequence() => Children::List(Role::Schema),
        (Role::Parameter, "schema")
        | (
            Role::Schema,
            "items" | "additionalProperties" | "propertyNames" | "contains" | "not" | "if" | "then" | "else",
        ) => Children::One(Role::Schema),
        _ => return None,
    };
    Some(children)
}

/// The node at a path.
pub(super) fn at<'v>(root: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(root, |value, step| match value {
        Value::Mapping(entries) => entries.get(step.as_str()),
        Value::Sequence(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The node at a path, to change it.
pub(super) fn at_mut<'v>(root: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    path.iter().try_fold(root, |value, step| match value {
        Value::Mapping(entries) => entries.get_mut(step.as_str()),
        Value::Sequence(items) => items.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The object at a path, to change it.
pub(super) fn object<'v>(root: &'v mut Value, path: &[String]) -> Option<&'v mut Mapping> {
    at_mut(root, path)?.as_mapping_mut()
}

/// The reference to a node.
pub(super) fn reference(path: &[String]) -> String {
    let Some((file, steps)) = path.split_first() else { return String::new() };
    let steps = steps.iter().map(|step| step.replace('~', "~0").replace('/', "~1"));
    steps.fold(format!("{file}#"), |text, step| text + "/" + &step)
}

/// The target of a reference.
fn target(reference: &str) -> Option<Path> {
    let file = files::file(reference);
    let pointer = reference[file.len()..].trim_start_matches('#');
    let steps = pointer.strip_prefix('/').into_iter().flat_map(|steps| steps.split('/'));
    let steps = steps.map(|step| step.replace("~1", "/").replace("~0", "~"));
    (!file.is_empty()).then(|| std::iter::once(file.to_owned()).chain(steps).collect())
}

/// Applies a change to every `$ref`.
pub(super) fn each_reference(value: &mut Value, change: &mut impl FnMut(&mut String)) {
    match value {
        Value::Mapping(entries) => {
            for (key, child) in entries.iter_mut() {
                match child {
                    Value::String(text) if key.as_str() == Some("$ref") => change(text),
                    child => each_reference(child, change),
                }
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(|item| each_reference(item, change)),
        _ => {}
    }
}

/// Changes every reference to a node, or to a node in it, into a reference to another node.
pub(super) fn redirect(tree: &mut Value, from: &str, to: &str) {
    each_reference(tree, &mut |text| {
        let rest = text.strip_prefix(from).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        if let Some(rest) = rest {
            *text = format!("{to}{rest}");
        }
    });
}
