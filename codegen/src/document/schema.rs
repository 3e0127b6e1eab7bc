//! Schema Objects: each is read once, wherever it stands, and known by its place from then on.

use std::collections::BTreeMap;
use std::ops::Index;

use super::keywords::{self, Keywords};
use super::place::Place;
use super::read::Node;
use super::reference;
use super::value::Value;
use crate::diagnostic::{Diagnostic, Severity};

/// One schema of the document; two references to the same place are the same schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SchemaId(usize);

/// A schema and where it stands.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) at: Place,
    pub(crate) kind: SchemaKind,
}

/// The forms a schema can take.
#[derive(Debug)]
pub(crate) enum SchemaKind {
    /// `true`, or an object without a keyword: every value.
    Anything,
    /// `false`: no value.
    Nothing,
    /// `$ref`; its siblings are passed over, as draft 7 says.
    Reference(SchemaId),
    /// Keywords that say something.
    Keywords(Box<Keywords>),
    /// A schema in a language that is not read, by its media type.
    Foreign(String),
}

/// Every schema of a document.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    all: Vec<Schema>,
    by_place: BTreeMap<Place, SchemaId>,
}

impl Index<SchemaId> for Schemas {
    type Output = Schema;

    fn index(&self, id: SchemaId) -> &Schema {
        &self.all[id.0]
    }
}

impl Schemas {
    /// The schema at the end of a chain of references; `None` where the chain is a circle.
    pub(crate) fn definition(&self, id: SchemaId) -> Option<SchemaId> {
        let mut id = id;
        for _ in 0..=self.all.len() {
            match self[id].kind {
                SchemaKind::Reference(target) => id = target,
                _ => return Some(id),
            }
        }
        None
    }

    /// The keywords at the end of a chain of references, where there are any.
    pub(crate) fn keywords(&self, id: SchemaId) -> Option<&Keywords> {
        match &self[self.definition(id)?].kind {
            SchemaKind::Keywords(keywords) => Some(keywords),
            _ => None,
        }
    }

    /// The schema that was read at a place.
    pub(crate) fn at(&self, place: &Place) -> Option<SchemaId> {
        self.by_place.get(place).copied()
    }

    /// Reads the schema at a node, and all below it, unless it has been read before.
    pub(crate) fn read(&mut self, node: &Node<'_>) -> SchemaId {
        self.read_as(node, Self::kind)
    }

    /// Notes a schema whose language is not read, by its media type.
    pub(crate) fn read_foreign(&mut self, node: &Node<'_>, media_type: &str) -> SchemaId {
        self.read_as(node, |_, _| SchemaKind::Foreign(media_type.to_owned()))
    }

    fn read_as(&mut self, node: &Node<'_>, kind: impl FnOnce(&mut Self, &Node<'_>) -> SchemaKind) -> SchemaId {
        if let Some(id) = self.by_place.get(&node.at) {
            return *id;
        }
        let id = SchemaId(self.all.len());
        self.by_place.insert(node.at.clone(), id);
        self.all.push(Schema { at: node.at.clone(), kind: SchemaKind::Anything });
        self.all[id.0].kind = kind(self, node);
        id
    }

    fn kind(&mut self, node: &Node<'_>) -> SchemaKind {
        if node.reference().is_some() {
            return match reference::follow(node.clone()).and_then(|_| reference::step(node)) {
                Ok(target) => SchemaKind::Reference(self.read(&target)),
                Err(fault) => {
                    node.report(fault);
                    SchemaKind::Anything
                }
            };
        }
        match node.value {
            Value::Bool(true) => SchemaKind::Anything,
            Value::Bool(false) => SchemaKind::Nothing,
            Value::Mapping(_) => self.object(node),
            other => {
                let message = format!("a schema is an object, and this is {}", other.kind());
                node.report(
                    Diagnostic::new(Severity::Warning, &node.at, message)
                        .with_cure("every value is allowed here for now"),
                );
                SchemaKind::Anything
            }
        }
    }

    /// A Schema Object, or a Multi Format Schema Object (AsyncAPI 3) whose schema stands in its place.
    fn object(&mut self, node: &Node<'_>) -> SchemaKind {
        match (node.child("schemaFormat").and_then(|node| node.text()), node.child("schema")) {
            (Some(media_type), Some(schema)) if is_json_schema(&media_type) => self.kind(&schema),
            (Some(media_type), Some(_)) => SchemaKind::Foreign(media_type),
            _ => match node.object("a schema") {
                Some(object) => SchemaKind::Keywords(Box::new(keywords::read(self, object))),
                None => SchemaKind::Anything,
            },
        }
    }
}

/// Whether schemas of this media type are JSON Schema, or near enough to be read as such.
pub(crate) fn is_json_schema(media_type: &str) -> bool {
    let media_type = media_type.to_lowercase();
    ["vnd.aai.asyncapi", "schema+json", "schema+yaml", "vnd.oai.openapi"].iter().any(|known| media_type.contains(known))
}
