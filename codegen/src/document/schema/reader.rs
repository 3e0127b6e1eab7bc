//! Reads Schema Objects into the table of schemas.

use std::collections::{BTreeSet, HashSet};

use super::super::cursor::Node;
use super::super::lints::{self, Dialect};
use super::super::{avro, resolve};
use super::keywords::{Docs, JsonType, SchemaId};
use super::parse_keywords::read_keywords;
use super::table::{SchemaKind, Schemas};
use crate::diagnostic::Diagnostic;
use crate::json::Value;
use crate::location::Location;

/// Parts of the media types of JSON Schema and of what can be read as JSON Schema.
const JSON_SCHEMA_MEDIA_TYPES: [&str; 4] = ["vnd.aai.asyncapi", "schema+json", "schema+yaml", "vnd.oai.openapi"];

/// Reads schemas, each once. [`SchemaReader::finish`] gives the table.
#[derive(Default)]
pub(crate) struct SchemaReader {
    table: Schemas,
    /// The dialect of the schema that is being read.
    dialect: Dialect,
    avro_definitions: avro::DocumentDefinitions,
    /// Targets of references. They are read one after the other, because a chain of references may be longer than the
    /// stack.
    pending: Vec<SchemaId>,
    /// The number of nested calls of `read_as`.
    depth: usize,
    /// References whose chain has an end.
    checked_references: HashSet<Location>,
}

impl SchemaReader {
    /// The schemas that have been read so far. References are not resolved yet.
    pub(crate) fn table(&self) -> &Schemas {
        &self.table
    }

    pub(crate) fn table_mut(&mut self) -> &mut Schemas {
        &mut self.table
    }

    pub(crate) fn avro_definitions(&mut self) -> &mut avro::DocumentDefinitions {
        &mut self.avro_definitions
    }

    /// The finished table, with its references resolved.
    pub(crate) fn finish(self) -> Schemas {
        self.table.finish()
    }

    /// Runs a function for a schema that may declare another dialect. The dialect holds until the function returns.
    pub(super) fn with_dialect<T>(&mut self, dialect: Dialect, run: impl FnOnce(&mut Self) -> T) -> T {
        let enclosing = std::mem::replace(&mut self.dialect, dialect);
        let result = run(self);
        self.dialect = enclosing;
        result
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Reads the schema at a node and its subschemas, unless they have been read before.
    pub(crate) fn read_schema(&mut self, node: &Node<'_>) -> SchemaId {
        self.read_as(node, Self::read_kind)
    }

    /// Reads a schema of any format. `media_type` is its `schemaFormat`.
    pub(crate) fn read_schema_of_format(&mut self, node: &Node<'_>, media_type: &str) -> SchemaId {
        self.read_as(node, |reader, node, id| reader.read_kind_of_format(node, media_type, id))
    }

    fn read_as(
        &mut self,
        node: &Node<'_>,
        read_kind: impl FnOnce(&mut Self, &Node<'_>, SchemaId) -> SchemaKind,
    ) -> SchemaId {
        match self.table.reserve(&node.at) {
            Ok(id) => {
                self.depth += 1;
                let kind = read_kind(self, node, id);
                self.table.set_kind(id, kind);
                if self.depth == 1 {
                    self.read_pending(node);
                }
                self.depth -= 1;
                id
            }
            Err(known) => known,
        }
    }

    fn read_pending(&mut self, any_node: &Node<'_>) {
        while let Some(id) = self.pending.pop() {
            if let Some(node) = Node::at(any_node.tree, &self.table[id].at) {
                let kind = self.read_kind(&node, id);
                self.table.set_kind(id, kind);
            }
        }
    }

    fn read_later(&mut self, target: &Node<'_>) -> SchemaId {
        match self.table.reserve(&target.at) {
            Ok(id) => {
                self.pending.push(id);
                id
            }
            Err(known) => known,
        }
    }

    fn read_kind(&mut self, node: &Node<'_>, id: SchemaId) -> SchemaKind {
        if node.reference().is_some() {
            return match self.target(node) {
                Ok(target) => {
                    lints::report_ref_siblings(node, &target);
                    let target = lints::payload_of_message(node, &target).unwrap_or(target);
                    self.table.set_reference_docs(id, sibling_docs(node));
                    SchemaKind::Reference(self.read_later(&target))
                }
                Err(error) => {
                    node.report(error);
                    SchemaKind::Anything
                }
            };
        }
        match node.value {
            Value::Bool(true) => SchemaKind::Anything,
            Value::Bool(false) => SchemaKind::Nothing,
            Value::Mapping(_) if avro::is_record(node.value) => avro::read_schema(self, node),
            Value::Mapping(_) => self.read_object(node, id),
            other => {
                let message = format!("a schema must be an object or a boolean, but this is {}", other.kind());
                node.report_warning(message, schema_help(node));
                SchemaKind::Anything
            }
        }
    }

    /// Reads a Schema Object, or a Multi Format Schema Object (AsyncAPI 3), which contains the schema.
    fn read_object(&mut self, node: &Node<'_>, id: SchemaId) -> SchemaKind {
        match (node.child("schemaFormat").and_then(|node| node.to_text()), node.child("schema")) {
            (Some(media_type), Some(schema)) => self.read_kind_of_format(&schema, &media_type, id),
            _ => match node.as_object("a schema") {
                Some(object) => SchemaKind::Keywords(Box::new(read_keywords(self, object))),
                None => SchemaKind::Anything,
            },
        }
    }

    /// Reads a schema with a media type. An Avro schema has the id of the object that contains it. If a component
    /// refers to an Avro schema, the schema has the id and the name of the component.
    fn read_kind_of_format(&mut self, node: &Node<'_>, media_type: &str, id: SchemaId) -> SchemaKind {
        let lowercase = media_type.to_lowercase();
        if JSON_SCHEMA_MEDIA_TYPES.iter().any(|known| lowercase.contains(known)) {
            return self.with_dialect(Dialect::from_identifier(media_type), |reader| reader.read_kind(node, id));
        }
        if !avro::is_avro(&lowercase) {
            return SchemaKind::Foreign(media_type.to_owned());
        }
        let Some(target) = avro::follow(node) else { return SchemaKind::Anything };
        let is_component = self.table[id].at.pointer.as_str().starts_with("/components/schemas/");
        let has_other_id = self.table.at(&target.at).is_some_and(|known| known != id);
        if target.at != node.at && !is_component || has_other_id {
            return SchemaKind::Reference(self.read_as(&target, |reader, node, _| avro::read_schema(reader, node)));
        }
        self.table.add_location(id, &target.at);
        avro::read_schema(self, &target)
    }

    /// The target of a reference. An error if the chain of references has no end. Each reference is followed once.
    fn target<'a>(&mut self, node: &Node<'a>) -> Result<Node<'a>, Diagnostic> {
        let mut chain = BTreeSet::new();
        let mut end = node.clone();
        while end.reference().is_some() && !self.checked_references.contains(&end.at) {
            if !chain.insert(end.at.clone()) {
                return Err(resolve::cyclic_reference(&node.at, &end.at));
            }
            end = resolve::follow_once(&end)?;
        }
        self.checked_references.extend(chain);
        resolve::follow_once(node)
    }
}

/// The annotations beside a `$ref`. They describe this use of the schema.
fn sibling_docs(node: &Node<'_>) -> Docs {
    let text = |key| node.value.child(key).and_then(Value::as_str).map(str::to_owned);
    Docs {
        summary: text("summary"),
        description: text("description"),
        deprecated: node.value.child("deprecated") == Some(&Value::Bool(true)),
        ..Docs::default()
    }
}

/// What an author probably meant by another value in the place of a schema.
fn schema_help(node: &Node<'_>) -> String {
    let text = node.value.as_str().unwrap_or_default();
    let target = resolve::suggest_target(node.tree, text).map(|target| format!("#{target}"));
    match target.or_else(|| text.starts_with('#').then(|| text.to_owned())) {
        Some(target) => format!("write `{{$ref: '{target}'}}`; until then, every value is allowed here"),
        None if JsonType::from_name(text).is_some() => {
            format!("write `{{type: {text}}}`; until then, every value is allowed here")
        }
        None => "every value is allowed here until this is corrected".to_owned(),
    }
}
