//! Finds schemas by `$id` and `$anchor` (JSON Schema draft 7, section 8.2).
//!
//! `$id` names a schema and changes the base URI of the references below it. A reference is looked up first among the
//! schemas of the document by their `$id`, then among the copies of remote files, then relative to its own file.
//! Nothing is fetched.

use std::collections::BTreeMap;

use crate::json::Value;
use crate::location::{FileId, Location, Pointer};
use crate::source::uri::{self, is_url, percent_decoded};

/// Keywords whose value is a schema or a list of schemas.
const SCHEMA_KEYWORDS: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "oneOf",
    "prefixItems",
    "propertyNames",
    "then",
];

/// Keywords whose value is an object of schemas.
const SCHEMA_MAP_KEYWORDS: &[&str] = &["$defs", "definitions", "dependencies", "patternProperties", "properties"];

/// All schemas with an `$id` or `$anchor`.
#[derive(Debug, Default)]
pub(crate) struct SchemaIds {
    by_uri: BTreeMap<String, Location>,
    /// The resolved `$id`, by the location of its schema.
    uris: BTreeMap<Location, String>,
    /// Anchors, by the location of the enclosing schema with an `$id` (or the root of the file) and their name.
    anchors: BTreeMap<(Location, String), Location>,
}

/// What applies to a node and everything below it.
#[derive(Clone, Copy)]
struct IdScope<'a> {
    /// The enclosing schema with an `$id`, or the root of the file.
    resource: &'a Location,
    base_uri: &'a str,
    role: Role,
}

/// What a node is, according to the keywords above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// A part of the document. It is a schema if it has a schema keyword.
    Document,
    Schema,
    /// An object of schemas.
    SchemaMap,
}

impl SchemaIds {
    /// Collects the ids of all files of a document.
    pub(crate) fn collect(roots: &[Value]) -> Self {
        let mut ids = Self::default();
        for (file, root) in roots.iter().enumerate() {
            let at = Location { file: FileId(file), ..Location::root() };
            ids.visit(root, &at, IdScope { resource: &at, base_uri: "", role: Role::Document });
        }
        ids
    }

    fn visit(&mut self, value: &Value, at: &Location, scope: IdScope<'_>) {
        match value {
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.visit(item, &at.join(&index.to_string()), scope);
                }
            }
            Value::Mapping(_) => self.visit_object(value, at, scope),
            _ => {}
        }
    }

    fn visit_object(&mut self, object: &Value, at: &Location, scope: IdScope<'_>) {
        let Value::Mapping(entries) = object else { return };
        let text = |key: &str| object.child(key).filter(|_| scope.role != Role::SchemaMap).and_then(Value::as_str);
        // Siblings of `$ref` have no effect.
        let id = text("$id").filter(|_| text("$ref").is_none());
        let uri = id.and_then(|id| self.insert_id(id, at, scope));
        let resource = if uri.is_some() { at } else { scope.resource };
        let base_uri = uri.as_deref().unwrap_or(scope.base_uri);
        if let Some(anchor) = text("$anchor") {
            self.anchors.insert((resource.clone(), anchor.to_owned()), at.clone());
        }
        let is_keyword =
            |key: &String| SCHEMA_KEYWORDS.contains(&key.as_str()) || SCHEMA_MAP_KEYWORDS.contains(&key.as_str());
        let is_schema = scope.role == Role::Schema || id.is_some() || entries.keys().any(is_keyword);
        for (key, value) in entries.iter() {
            let role = match scope.role {
                Role::SchemaMap => Role::Schema,
                _ if SCHEMA_MAP_KEYWORDS.contains(&key.as_str()) => Role::SchemaMap,
                _ if SCHEMA_KEYWORDS.contains(&key.as_str()) => Role::Schema,
                _ if is_schema => continue,
                _ => Role::Document,
            };
            self.visit(value, &at.join(key), IdScope { resource, base_uri, role });
        }
    }

    /// Records an `$id`. Returns its URI, unless it is only a fragment (an anchor in draft 7).
    fn insert_id(&mut self, id: &str, at: &Location, scope: IdScope<'_>) -> Option<String> {
        let (path, anchor) = id.split_once('#').unwrap_or((id, ""));
        if path.is_empty() {
            self.anchors.insert((scope.resource.clone(), anchor.to_owned()), at.clone());
            return None;
        }
        let uri = uri::resolve(scope.base_uri, path);
        self.by_uri.entry(uri.clone()).or_insert_with(|| at.clone());
        self.uris.insert(at.clone(), uri.clone());
        if !anchor.is_empty() {
            self.anchors.insert((at.clone(), anchor.to_owned()), at.clone());
        }
        Some(uri)
    }

    /// The schema that a reference at `from` means by an `$id` or an anchor. `None` if it is an ordinary reference.
    pub(crate) fn resolve(&self, from: &Location, reference: &str) -> Option<Location> {
        if self.uris.is_empty() && self.anchors.is_empty() {
            return None;
        }
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let enclosing = self.enclosing_resource(from);
        let resource = if path.is_empty() {
            enclosing
        } else {
            let base_uri = self.uris.get(&enclosing).map_or("", String::as_str);
            self.by_uri.get(&uri::resolve(base_uri, path))?.clone()
        };
        let fragment = percent_decoded(fragment)?;
        match Pointer::parse(&fragment) {
            // A pointer from the root of the file is an ordinary reference.
            Some(_) if path.is_empty() && resource.pointer == Pointer::root() => None,
            Some(pointer) => Some(pointer.steps().fold(resource, |at, step| at.join(&step))),
            None => self.anchors.get(&(resource, fragment)).cloned(),
        }
    }

    /// The schema with an anchor in a file.
    pub(crate) fn find_anchor(&self, file: FileId, anchor: &str) -> Option<Location> {
        self.anchors.get(&(Location { file, ..Location::root() }, anchor.to_owned())).cloned()
    }

    /// A relative path resolved against the `$id` of the enclosing schema, if that gives another path or a URL.
    pub(crate) fn resolve_path(&self, from: &Location, path: &str) -> Option<String> {
        if self.uris.is_empty() || path.is_empty() || is_url(path) {
            return None;
        }
        let resolved = uri::resolve(self.uris.get(&self.enclosing_resource(from))?, path);
        (resolved != path).then_some(resolved)
    }

    /// The enclosing schema with an `$id`, or the root of the file.
    fn enclosing_resource(&self, from: &Location) -> Location {
        let mut at = Location { file: from.file, ..Location::root() };
        let mut nearest = at.clone();
        for step in from.pointer.steps() {
            at = at.join(&step);
            if self.uris.contains_key(&at) {
                nearest = at.clone();
            }
        }
        nearest
    }
}
