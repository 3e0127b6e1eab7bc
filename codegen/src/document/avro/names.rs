//! Resolves Avro names (Avro 1.12, "Names"): the definitions inside a schema, their namespaces and aliases.

use std::collections::{BTreeMap, BTreeSet};

use super::super::cursor::Node;
use super::super::resolve;
use super::super::schema::SchemaId;
use crate::json::Value;
use crate::location::Location;

/// The entry for a `$ref` in the names that a definition uses.
const REFERENCE: &str = "$ref";

/// A definition inside a schema.
pub(super) struct Definition<'a> {
    pub(super) node: Node<'a>,
    /// The namespace of the enclosing definition.
    pub(super) namespace: String,
    /// The full names that the definition and the definitions inside it use.
    used_names: BTreeSet<String>,
}

/// The definitions inside one schema, by their full names.
#[derive(Default)]
pub(super) struct Names<'a> {
    definitions: BTreeMap<String, Definition<'a>>,
    /// From each alias to the full name.
    aliases: BTreeMap<String, String>,
    /// The definitions that are equal to one of another schema.
    shared: BTreeSet<String>,
    seen: BTreeSet<Location>,
}

/// The definitions of all Avro schemas of a document. Each schema contains the definitions that it uses, so the same
/// definition may occur in many schemas. Equal definitions with one full name are one type.
#[derive(Debug, Default)]
pub(in super::super) struct DocumentDefinitions {
    definitions: BTreeMap<String, SharedDefinition>,
}

#[derive(Debug)]
struct SharedDefinition {
    at: Location,
    value: Value,
    id: Option<SchemaId>,
}

impl DocumentDefinitions {
    /// The id of an equal definition in another schema that has been read.
    pub(super) fn shared(&self, full_name: &str, names: &Names<'_>) -> Option<SchemaId> {
        names.shared.contains(full_name).then(|| self.definitions.get(full_name)?.id).flatten()
    }

    /// Records the id of a definition, if it is the first one with its name.
    pub(super) fn record_definition(&mut self, full_name: &str, at: &Location, id: Option<SchemaId>) {
        if let Some(shared) = self.definitions.get_mut(full_name).filter(|shared| shared.at == *at) {
            shared.id = id;
        }
    }
}

impl<'a> Names<'a> {
    /// Collects the definitions at and below a node.
    pub(super) fn collect(node: &Node<'a>, document: &mut DocumentDefinitions) -> Self {
        let mut names = Self::default();
        names.visit(node, "", &mut BTreeSet::new());
        names.find_shared(document);
        names
    }

    /// The definition that a name means inside a namespace, with its full name.
    pub(super) fn find(&self, name: &str, namespace: &str) -> Option<(&str, &Definition<'a>)> {
        let find_full = |name: &str| {
            let full_name = if self.definitions.contains_key(name) { name } else { self.aliases.get(name)? };
            self.definitions.get_key_value(full_name).map(|(full_name, definition)| (full_name.as_str(), definition))
        };
        find_full(&qualify(name, namespace)).or_else(|| find_full(name))
    }

    /// The full names of all definitions.
    pub(super) fn full_names(&self) -> impl Iterator<Item = &String> {
        self.definitions.keys()
    }

    /// Whether the definition at a node is the first with its name.
    pub(super) fn is_first(&self, full_name: &str, node: &Node<'_>) -> bool {
        self.definitions.get(full_name).is_some_and(|definition| definition.node.at == node.at)
    }

    fn visit(&mut self, node: &Node<'a>, namespace: &str, used_names: &mut BTreeSet<String>) {
        if node.reference().is_some() {
            used_names.insert(REFERENCE.to_owned());
            if let Ok(target) = resolve::follow(node.clone())
                && self.seen.insert(target.at.clone())
            {
                self.visit(&target, namespace, used_names);
            }
            return;
        }
        match node.value {
            Value::String(name) => used_names.extend([name.clone(), qualify(name, namespace)]),
            Value::Sequence(_) => node.as_items("").iter().for_each(|part| self.visit(part, namespace, used_names)),
            Value::Mapping(_) => self.visit_object(node, namespace, used_names),
            _ => {}
        }
    }

    fn visit_object(&mut self, node: &Node<'a>, namespace: &str, used_names: &mut BTreeSet<String>) {
        let Some(inner) = node.child("type") else { return };
        let content = match inner.value.as_str() {
            Some("record" | "error" | "enum" | "fixed") => return self.visit_definition(node, namespace, used_names),
            Some("array") => node.child("items"),
            Some("map") => node.child("values"),
            _ => Some(inner),
        };
        if let Some(content) = content {
            self.visit(&content, namespace, used_names);
        }
    }

    fn visit_definition(&mut self, node: &Node<'a>, namespace: &str, used_names: &mut BTreeSet<String>) {
        let Some((full_name, inner_namespace)) = full_name(node.value, namespace) else { return };
        let mut own_names = BTreeSet::new();
        let fields = node.child("fields").filter(|fields| matches!(fields.value, Value::Sequence(_)));
        for field in fields.iter().flat_map(|fields| fields.as_items("")) {
            if let Some(field_type) = field.child("type") {
                self.visit(&field_type, &inner_namespace, &mut own_names);
            }
        }
        used_names.insert(full_name.clone());
        used_names.extend(own_names.iter().cloned());
        if let Some(Value::Sequence(aliases)) = node.value.child("aliases") {
            for alias in aliases.iter().filter_map(Value::as_str) {
                self.aliases.entry(qualify(alias, &inner_namespace)).or_insert_with(|| full_name.clone());
            }
        }
        let namespace = namespace.to_owned();
        let definition = Definition { node: node.clone(), namespace, used_names: own_names };
        self.definitions.entry(full_name).or_insert(definition);
    }

    /// Finds the definitions that are equal to one of another schema, as is everything that they use.
    fn find_shared(&mut self, document: &mut DocumentDefinitions) {
        for (full_name, definition) in &self.definitions {
            let (at, value) = (&definition.node.at, definition.node.value);
            match document.definitions.get(full_name) {
                Some(shared) if shared.at != *at && shared.value == *value => {
                    self.shared.insert(full_name.clone());
                }
                Some(_) => {}
                None => {
                    let shared = SharedDefinition { at: at.clone(), value: value.clone(), id: None };
                    document.definitions.insert(full_name.clone(), shared);
                }
            }
        }
        while let Some(other) = self.shared.iter().find(|name| self.uses_unshared_definitions(name)).cloned() {
            self.shared.remove(&other);
        }
    }

    fn uses_unshared_definitions(&self, full_name: &str) -> bool {
        let is_unshared = |name: &String| {
            let name = self.aliases.get(name).unwrap_or(name);
            name == REFERENCE || self.definitions.contains_key(name) && !self.shared.contains(name)
        };
        self.definitions.get(full_name).is_some_and(|definition| definition.used_names.iter().any(is_unshared))
    }
}

/// The full name for a name inside a namespace. A name with a dot is a full name.
fn qualify(name: &str, namespace: &str) -> String {
    if namespace.is_empty() || name.contains('.') { name.to_owned() } else { format!("{namespace}.{name}") }
}

/// The full name of a definition, and the namespace for the names inside it.
pub(super) fn full_name(definition: &Value, namespace: &str) -> Option<(String, String)> {
    let name = definition.child("name")?.as_str()?;
    if let Some((namespace, _)) = name.rsplit_once('.') {
        return Some((name.to_owned(), namespace.to_owned()));
    }
    let namespace = definition.child("namespace").and_then(Value::as_str).unwrap_or(namespace);
    Some((qualify(name, namespace), namespace.to_owned()))
}

/// The definition that the fragment of a reference names, in the file of the reference.
pub(super) fn find_named_in_file<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    let (path, fragment) = node.reference()?.split_once('#')?;
    let name = fragment.trim_start_matches('/');
    let file = resolve::target_file(node, path).ok()?;
    let mut names = Names::default();
    names.visit(&Node::root(node.tree, file), "", &mut BTreeSet::new());
    let is_named = |full_name: &&String| *full_name == name || full_name.rsplit('.').next() == Some(name);
    let full_name = names.full_names().find(is_named)?.clone();
    names.definitions.remove(&full_name).map(|definition| definition.node)
}
