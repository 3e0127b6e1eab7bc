//! Schemas that say what they are called: `$id`, `$anchor`, and references by those names (JSON Schema draft 7, 8.2).
//!
//! A reference to a URL that a schema of the document has as its `$id` means that schema; nothing is fetched for it.

use std::collections::BTreeMap;

use crate::json::Value;
use crate::location::{FileId, Location, Pointer};
use crate::source::uri::{self, is_url, percent_decoded};

/// Every schema with a name of its own.
#[derive(Debug, Default)]
pub(crate) struct Resources {
    by_uri: BTreeMap<String, Location>,
    /// The URI of each, by its place.
    uris: BTreeMap<Location, String>,
    /// Names within a resource, by the place of the resource.
    anchors: BTreeMap<(Location, String), Location>,
}

/// Keywords that hold one schema or a list of them; nothing in a schema under any other key is a schema.
const SCHEMAS: &[&str] = &[
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

/// Keywords that hold schemas by names of the author's choice.
const NAMED: &[&str] = &["$defs", "definitions", "dependencies", "patternProperties", "properties"];

/// What is known on the way down.
#[derive(Clone, Copy)]
struct IdScope<'a> {
    resource: &'a Location,
    uri: &'a str,
    part: Part,
}

/// What a node is, as far as the way to it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Anything of a document; a schema if it looks like one.
    Document,
    Schema,
    /// A map from names to schemas.
    Names,
}

impl Resources {
    /// Finds all in the files of a document.
    pub(super) fn find(roots: &[Value]) -> Self {
        let mut resources = Self::default();
        for (file, root) in roots.iter().enumerate() {
            let place = Location { file: FileId(file), ..Location::root() };
            resources.walk(root, &place, IdScope { resource: &place, uri: "", part: Part::Document });
        }
        resources
    }

    fn walk(&mut self, value: &Value, at: &Location, inside: IdScope<'_>) {
        match value {
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, &at.join(&index.to_string()), inside);
                }
            }
            Value::Mapping(entries) => {
                let text = |key: &str| match entries.get(key) {
                    Some(Value::String(text)) if inside.part != Part::Names => Some(text.as_str()),
                    _ => None,
                };
                // Beside a reference nothing else counts.
                let id = text("$id").filter(|_| text("$ref").is_none());
                let uri = id.and_then(|id| self.identify(id, at, inside));
                let resource = if uri.is_some() { at } else { inside.resource };
                let uri = uri.as_deref().unwrap_or(inside.uri);
                if let Some(anchor) = text("$anchor") {
                    self.anchors.insert((resource.clone(), anchor.to_owned()), at.clone());
                }
                let is_keyword = |key: &String| SCHEMAS.contains(&key.as_str()) || NAMED.contains(&key.as_str());
                let is_schema = inside.part == Part::Schema || id.is_some() || entries.keys().any(is_keyword);
                for (key, value) in entries.iter() {
                    let part = match inside.part {
                        Part::Names => Part::Schema,
                        _ if NAMED.contains(&key.as_str()) => Part::Names,
                        _ if SCHEMAS.contains(&key.as_str()) => Part::Schema,
                        _ if is_schema => continue,
                        _ => Part::Document,
                    };
                    self.walk(value, &at.join(key), IdScope { resource, uri, part });
                }
            }
            _ => {}
        }
    }

    /// Notes an `$id`; the URI from here on, where it is more than a name within its resource.
    fn identify(&mut self, id: &str, at: &Location, inside: IdScope<'_>) -> Option<String> {
        let (path, anchor) = id.split_once('#').unwrap_or((id, ""));
        if path.is_empty() {
            self.anchors.insert((inside.resource.clone(), anchor.to_owned()), at.clone());
            return None;
        }
        let uri = uri::resolve(inside.uri, path);
        self.by_uri.entry(uri.clone()).or_insert_with(|| at.clone());
        self.uris.insert(at.clone(), uri.clone());
        if !anchor.is_empty() {
            self.anchors.insert((at.clone(), anchor.to_owned()), at.clone());
        }
        Some(uri)
    }

    /// The place that a reference means by names; `None` where it is an ordinary path.
    pub(super) fn resolve(&self, from: &Location, text: &str) -> Option<Location> {
        if self.uris.is_empty() && self.anchors.is_empty() {
            return None;
        }
        let (path, fragment) = text.split_once('#').unwrap_or((text, ""));
        let around = self.enclosing_id(from);
        let resource = match path {
            "" => around,
            path => {
                let uri = self.uris.get(&around).map_or("", String::as_str);
                self.by_uri.get(&uri::resolve(uri, path))?.clone()
            }
        };
        let fragment = percent_decoded(fragment)?;
        match Pointer::parse(&fragment) {
            // From the root of a file, that is what references are anyway.
            Some(_) if path.is_empty() && resource.pointer == Pointer::root() => None,
            Some(below) => Some(below.steps().fold(resource, |place, step| place.join(&step))),
            None => self.anchors.get(&(resource, fragment)).cloned(),
        }
    }

    /// The schema of a file that goes by a name of its own (`#foo`).
    pub(super) fn anchored(&self, file: FileId, name: &str) -> Option<Location> {
        self.anchors.get(&(Location { file, ..Location::root() }, name.to_owned())).cloned()
    }

    /// What a relative reference means, where the schema around it says by its `$id` that it is from elsewhere.
    pub(super) fn elsewhere(&self, from: &Location, path: &str) -> Option<String> {
        if self.uris.is_empty() || path.is_empty() || is_url(path) {
            return None;
        }
        let meant = uri::resolve(self.uris.get(&self.enclosing_id(from))?, path);
        (meant != path).then_some(meant)
    }

    /// The resource that a node stands in: the nearest schema around it with an `$id`, or its file.
    fn enclosing_id(&self, from: &Location) -> Location {
        let mut place = Location { file: from.file, ..Location::root() };
        let mut nearest = place.clone();
        for step in from.pointer.steps() {
            place = place.join(&step);
            if self.uris.contains_key(&place) {
                nearest = place.clone();
            }
        }
        nearest
    }
}
