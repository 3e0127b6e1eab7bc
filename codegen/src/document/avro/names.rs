//! Names of Avro (Avro 1.12, "Names"): which definitions a schema holds, and what a name in it means.

use std::collections::{BTreeMap, BTreeSet};

use super::super::cursor::Node;
use super::super::resolve;
use super::super::schema::SchemaId;
use crate::json::Value;
use crate::location::Location;

/// Stands among the uses of a definition for what it refers to by `$ref`.
const REFERENCE: &str = "$ref";

/// A definition, and the namespace that its surroundings give it.
pub(super) struct Definition<'a> {
    pub(super) node: Node<'a>,
    pub(super) namespace: String,
    /// The full names that it uses, those of the definitions inside it among them.
    uses: BTreeSet<String>,
}

/// The definitions of one schema, by their full names.
#[derive(Default)]
pub(super) struct Names<'a> {
    definitions: BTreeMap<String, Definition<'a>>,
    /// From what else a definition may be called to its full name.
    aliases: BTreeMap<String, String>,
    /// Definitions that another schema of the document holds in the very same way.
    shared: BTreeSet<String>,
    seen: BTreeSet<Location>,
}

/// The definitions of the whole document: each schema of Avro brings all of its own, so many stand in several places.
#[derive(Debug, Default)]
pub(in super::super) struct DocumentDefinitions {
    definitions: BTreeMap<String, SharedDefinition>,
}

#[derive(Debug)]
struct SharedDefinition {
    at: Location,
    text: Value,
    id: Option<SchemaId>,
}

impl DocumentDefinitions {
    /// The schema of a definition that stands elsewhere too and was read there.
    pub(super) fn shared(&self, full: &str, names: &Names<'_>) -> Option<SchemaId> {
        names.shared.contains(full).then(|| self.definitions.get(full)?.id).flatten()
    }

    /// Notes that a definition is read, if it is the first of its name.
    pub(super) fn record_definition(&mut self, full: &str, at: &Location, id: Option<SchemaId>) {
        if let Some(shared) = self.definitions.get_mut(full).filter(|shared| shared.at == *at) {
            shared.id = id;
        }
    }
}

impl<'a> Names<'a> {
    /// Gathers the definitions at and below a node.
    pub(super) fn below(node: &Node<'a>, known: &mut DocumentDefinitions) -> Self {
        let mut names = Self::default();
        names.gather(node, "", &mut BTreeSet::new());
        names.share(known);
        names
    }

    /// What a name means where the surroundings have this namespace.
    pub(super) fn find(&self, word: &str, namespace: &str) -> Option<(&str, &Definition<'a>)> {
        let full = qualified(word, namespace);
        let known = |name: &str| {
            let full = if self.definitions.contains_key(name) { name } else { self.aliases.get(name)? };
            self.definitions.get_key_value(full).map(|(full, definition)| (full.as_str(), definition))
        };
        known(&full).or_else(|| known(word))
    }

    /// Every full name.
    pub(super) fn all(&self) -> impl Iterator<Item = &String> {
        self.definitions.keys()
    }

    /// The full name of the definition at a node, where it is the first of its name.
    pub(super) fn is_first(&self, full: &str, node: &Node<'_>) -> bool {
        self.definitions.get(full).is_some_and(|definition| definition.node.at == node.at)
    }

    fn gather(&mut self, node: &Node<'a>, namespace: &str, uses: &mut BTreeSet<String>) {
        if node.reference().is_some() {
            // What is said elsewhere is the same only where it is said.
            uses.insert(REFERENCE.to_owned());
            if let Ok(target) = resolve::follow(node.clone())
                && self.seen.insert(target.at.clone())
            {
                self.gather(&target, namespace, uses);
            }
            return;
        }
        match node.value {
            Value::String(word) => {
                uses.extend([word.clone(), qualified(word, namespace)]);
            }
            Value::Sequence(_) => node.items("").iter().for_each(|part| self.gather(part, namespace, uses)),
            Value::Mapping(_) => self.gather_object(node, namespace, uses),
            _ => {}
        }
    }

    fn gather_object(&mut self, node: &Node<'a>, namespace: &str, uses: &mut BTreeSet<String>) {
        let Some(inner) = node.child("type") else { return };
        let Value::String(word) = inner.value else { return self.gather(&inner, namespace, uses) };
        match word.as_str() {
            "array" => node.child("items").iter().for_each(|part| self.gather(part, namespace, uses)),
            "map" => node.child("values").iter().for_each(|part| self.gather(part, namespace, uses)),
            "record" | "error" | "enum" | "fixed" => {
                let Some((full, inner)) = full(node.value, namespace) else { return };
                let mut own = BTreeSet::new();
                let fields = node.child("fields").filter(|fields| matches!(fields.value, Value::Sequence(_)));
                for field in fields.iter().flat_map(|fields| fields.items("")) {
                    field.child("type").iter().for_each(|part| self.gather(part, &inner, &mut own));
                }
                uses.extend([full.clone()]);
                uses.extend(own.iter().cloned());
                for alias in node.child("aliases").iter().flat_map(texts) {
                    self.aliases.entry(qualified(alias, &inner)).or_insert_with(|| full.clone());
                }
                let namespace = namespace.to_owned();
                self.definitions.entry(full).or_insert(Definition { node: node.clone(), namespace, uses: own });
            }
            _ => self.gather(&inner, namespace, uses),
        }
    }

    /// Finds the definitions that are known in the very same words, as is everything that they use.
    fn share(&mut self, known: &mut DocumentDefinitions) {
        for (full, definition) in &self.definitions {
            let (at, text) = (&definition.node.at, definition.node.value);
            match known.definitions.get(full) {
                Some(shared) if shared.at != *at && shared.text == *text => {
                    self.shared.insert(full.clone());
                }
                Some(_) => {}
                None => {
                    let shared = SharedDefinition { at: at.clone(), text: text.clone(), id: None };
                    known.definitions.insert(full.clone(), shared);
                }
            }
        }
        while let Some(other) = self.shared.iter().find(|full| self.uses_unshared_definitions(full)).cloned() {
            self.shared.remove(&other);
        }
    }

    /// Whether a definition uses one that is not shared.
    fn uses_unshared_definitions(&self, full: &str) -> bool {
        let is_other = |name: &String| {
            let name = self.aliases.get(name).unwrap_or(name);
            name == REFERENCE || self.definitions.contains_key(name) && !self.shared.contains(name)
        };
        self.definitions.get(full).is_some_and(|definition| definition.uses.iter().any(is_other))
    }
}

/// A name as its surroundings mean it: one with a dot in it is whole already.
fn qualified(word: &str, namespace: &str) -> String {
    if namespace.is_empty() || word.contains('.') { word.to_owned() } else { format!("{namespace}.{word}") }
}

/// The texts of a list; what is none says nothing here.
fn texts<'a>(node: &Node<'a>) -> Vec<&'a str> {
    let Value::Sequence(items) = node.value else { return Vec::new() };
    let texts = items.iter().filter_map(|item| match item {
        Value::String(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// The full name of a definition, and the namespace that it gives to what is inside it.
pub(super) fn full(definition: &Value, namespace: &str) -> Option<(String, String)> {
    let Some(Value::String(name)) = definition.child("name") else { return None };
    if let Some((namespace, _)) = name.rsplit_once('.') {
        return Some((name.clone(), namespace.to_owned()));
    }
    let namespace = match definition.child("namespace") {
        Some(Value::String(own)) => own,
        _ => namespace,
    };
    Some((qualified(name, namespace), namespace.to_owned()))
}

/// The definition that the last word of a reference names, where the file that it leads to holds one.
pub(super) fn of_file<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    let text = node.reference()?;
    let (path, fragment) = text.split_once('#')?;
    let name = fragment.trim_start_matches('/');
    let file = resolve::file(node, path).ok()?;
    let mut names = Names::default();
    names.gather(&Node::root(node.tree, file), "", &mut BTreeSet::new());
    let is_meant = |full: &&String| *full == name || full.rsplit('.').next() == Some(name);
    let full = names.all().find(is_meant)?.clone();
    names.definitions.remove(&full).map(|definition| definition.node)
}
