//! Reads Avro schemas (Avro 1.12, "Schema Declaration") as the JSON Schema keywords for the same JSON.
//!
//! Payloads are plain JSON with the shape of the schema, not Avro's JSON encoding, which wraps the values of a union in
//! an object with the name of their type. `bytes` and `fixed` are strings. A logical type has the JSON of its base
//! type.
//!
//! All mistakes are warnings. An invalid schema allows every value.

mod logical;
mod names;
mod record;

use std::path::Path;

use self::logical::LogicalType;
pub(super) use self::names::DocumentDefinitions;
use self::names::Names;
use super::cursor::Node;
use super::resolve;
use super::schema::reader::SchemaReader;
use super::schema::{Docs, ForeignName, JsonType, Keywords, SchemaId, SchemaKind, SchemaLanguage};
use crate::json::Value;
use crate::suggestion;

/// The media type of Avro schemas.
pub(super) const MEDIA_TYPE: &str = "application/vnd.apache.avro";

const TYPE_HELP: &str = "the types are null, boolean, int, long, float, double, bytes, string, and the defined names";

/// Whether a media type is one of Avro.
pub(super) fn is_avro(media_type: &str) -> bool {
    media_type.to_lowercase().contains("vnd.apache.avro")
}

/// Whether a schema without a media type is an Avro record.
pub(super) fn is_record(schema: &Value) -> bool {
    let is_record = schema.child("type").and_then(Value::as_str) == Some("record");
    is_record && matches!(schema.child("fields"), Some(Value::Sequence(_)))
}

/// Whether a node is or refers to an Avro schema, at a location where JSON Schema is allowed too. A schema that means
/// the same in both languages, such as `{type: string}`, counts as JSON Schema.
pub(super) fn looks_like_avro(node: &Node<'_>) -> bool {
    let file = node.reference().and_then(|reference| reference.split('#').next());
    let extension = file.and_then(|file| Path::new(file).extension());
    let is_avro_file = extension.is_some_and(|extension| extension == "avsc");
    is_avro_file || resolve::follow(node.clone()).is_ok_and(|target| has_avro_type(target.value))
}

fn has_avro_type(schema: &Value) -> bool {
    match schema {
        Value::String(name) => is_primitive(name),
        Value::Sequence(alternatives) => alternatives.iter().any(has_avro_type),
        Value::Mapping(_) => match schema.child("type") {
            Some(Value::String(name)) => schema.child("logicalType").is_some() || has_avro_keyword(schema, name),
            // In JSON Schema, the items of `type` are strings, and `type` is not an object.
            Some(Value::Sequence(types)) => types.iter().any(|part| matches!(part, Value::Mapping(_))),
            Some(Value::Mapping(_)) => true,
            _ => false,
        },
        _ => false,
    }
}

fn has_avro_keyword(schema: &Value, type_name: &str) -> bool {
    let has = |key| schema.child(key).is_some();
    match type_name {
        "record" | "error" => has("fields"),
        "enum" => has("symbols"),
        "fixed" => has("size"),
        "map" => has("values"),
        "array" => schema.child("items").is_some_and(|items| matches!(items, Value::String(_)) || has_avro_type(items)),
        "int" | "long" | "float" | "double" | "bytes" => true,
        _ => false,
    }
}

fn is_primitive(name: &str) -> bool {
    matches!(name, "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string")
}

/// The end of a chain of references. Warns about a broken reference.
pub(super) fn follow<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    match resolve::follow(node.clone()) {
        Ok(target) => Some(target),
        // Some tools refer to a type by its name: `user.avsc#/User`.
        Err(error) => names::find_named_in_file(node).or_else(|| {
            node.report(error.into_warning());
            None
        }),
    }
}

/// Reads the schema at a node that is not a reference.
pub(super) fn read_schema(schemas: &mut SchemaReader, node: &Node<'_>) -> SchemaKind {
    let names = Names::collect(node, schemas.avro_definitions());
    AvroReader { schemas, names: &names }.read_kind(node, "")
}

/// Reads the schemas that share one set of names.
struct AvroReader<'s, 'a> {
    schemas: &'s mut SchemaReader,
    names: &'s Names<'a>,
}

impl<'a> AvroReader<'_, 'a> {
    fn read(&mut self, node: &Node<'a>, namespace: &str) -> SchemaId {
        self.read_with(node, |reader| reader.read_kind(node, namespace))
    }

    fn read_with(&mut self, node: &Node<'a>, read_kind: impl FnOnce(&mut Self) -> SchemaKind) -> SchemaId {
        match self.schemas.table_mut().reserve(&node.at) {
            Ok(id) => {
                let kind = read_kind(self);
                self.schemas.table_mut().set_kind(id, kind);
                id
            }
            Err(known) => known,
        }
    }

    fn set_name(&mut self, node: &Node<'_>, name: ForeignName) {
        self.schemas.table_mut().set_foreign_name(&node.at, name);
    }

    fn read_kind(&mut self, node: &Node<'a>, namespace: &str) -> SchemaKind {
        if node.reference().is_some() {
            return match follow(node) {
                Some(target) => SchemaKind::Reference(self.read(&target, namespace)),
                None => SchemaKind::Anything,
            };
        }
        match node.value {
            Value::String(name) => self.read_type_name(node, name, namespace),
            Value::Sequence(_) => self.read_union(node, namespace),
            Value::Mapping(_) => match node.child("type") {
                Some(inner) => self.read_object(node, &inner, namespace),
                None => invalid(node, "an Avro schema must have a `type`", "add a `type`"),
            },
            Value::Null => {
                report_unquoted_null(node);
                schema(Keywords { nullable: true, ..untyped(node) })
            }
            other => {
                let message =
                    format!("an Avro schema must be a string, an object or a list, but this is {}", other.kind());
                invalid(node, message, TYPE_HELP)
            }
        }
    }

    /// Reads an object with a `type`: a definition, a type with attributes, or a schema inside a schema.
    fn read_object(&mut self, node: &Node<'a>, inner: &Node<'a>, namespace: &str) -> SchemaKind {
        let Value::String(name) = inner.value else {
            return SchemaKind::Reference(self.read(inner, namespace));
        };
        match name.as_str() {
            "record" | "error" | "enum" | "fixed" => self.read_definition(node, name, namespace),
            "array" => {
                let items = self.read_child(node, "items", namespace);
                schema(Keywords { items, ..typed(node, JsonType::Array) })
            }
            "map" => {
                let additional_properties = self.read_child(node, "values", namespace);
                schema(Keywords { additional_properties, ..typed(node, JsonType::Object) })
            }
            name => match self.read_primitive(node, name, LogicalType::from_schema(node.value)) {
                Some(kind) => kind,
                None => self.read_type_name(inner, name, namespace),
            },
        }
    }

    fn read_child(&mut self, node: &Node<'a>, key: &'static str, namespace: &str) -> Option<SchemaId> {
        if let Some(child) = node.child(key) {
            return Some(self.read(&child, namespace));
        }
        invalid(node, format!("this Avro type must have `{key}`"), format!("add `{key}`"));
        None
    }

    /// Reads the name of a primitive type or of a definition.
    fn read_type_name(&mut self, node: &Node<'a>, name: &str, namespace: &str) -> SchemaKind {
        if let Some(kind) = self.read_primitive(node, name, None) {
            return kind;
        }
        if let Some((full_name, definition)) = self.names.find(name, namespace) {
            let shared = self.schemas.avro_definitions().shared(full_name, self.names);
            return SchemaKind::Reference(shared.unwrap_or_else(|| self.read(&definition.node, &definition.namespace)));
        }
        let help = match name {
            "record" | "enum" | "array" | "map" | "fixed" => {
                "write the definition as a separate object under `type`".to_owned()
            }
            _ => suggestion::nearest(name, self.names.full_names())
                .map_or(TYPE_HELP.to_owned(), |known| format!("did you mean `{known}`?")),
        };
        let message = format!("`{name}` is neither an Avro type nor defined in this schema, so every value is allowed");
        invalid(node, message, help)
    }

    fn read_primitive(&mut self, node: &Node<'a>, name: &str, logical: Option<LogicalType>) -> Option<SchemaKind> {
        let (json_type, format) = match name {
            "null" => return Some(schema(Keywords { nullable: true, ..untyped(node) })),
            "boolean" => (JsonType::Boolean, None),
            "int" => (JsonType::Integer, Some("int32")),
            "long" => (JsonType::Integer, Some("int64")),
            "float" => (JsonType::Number, Some("float")),
            "double" => (JsonType::Number, Some("double")),
            "bytes" | "string" => (JsonType::String, None),
            _ => return None,
        };
        let label = logical.map_or_else(|| name.to_owned(), |logical| logical.name().to_owned());
        self.set_name(node, ForeignName::Plain(label));
        let format = logical.map_or(format, LogicalType::format).map(str::to_owned);
        Some(schema(Keywords { format, ..typed(node, json_type) }))
    }

    /// Reads a union. `null` makes the value nullable.
    fn read_union(&mut self, node: &Node<'a>, namespace: &str) -> SchemaKind {
        let has_type = |alternative: &Node<'a>, name: &str| {
            let actual = alternative.value.child("type").unwrap_or(alternative.value);
            actual.as_str() == Some(name) || *actual == Value::Null && name == "null"
        };
        let alternatives = node.as_items("a union");
        alternatives.iter().filter(|alternative| *alternative.value == Value::Null).for_each(report_unquoted_null);
        let nullable = alternatives.iter().any(|alternative| has_type(alternative, "null"));
        // Every number is a `double`. A `float` in front of it would round the number.
        let has_double = alternatives.iter().any(|alternative| has_type(alternative, "double"));
        let is_skipped =
            |alternative: &Node<'a>| has_type(alternative, "null") || has_double && has_type(alternative, "float");
        let one_of = alternatives.iter().filter(|alternative| !is_skipped(alternative));
        let one_of = one_of.map(|alternative| self.read(alternative, namespace)).collect();
        schema(Keywords { nullable, one_of, ..untyped(node) })
    }
}

fn schema(keywords: Keywords) -> SchemaKind {
    SchemaKind::Keywords(Box::new(keywords))
}

fn untyped(node: &Node<'_>) -> Keywords {
    Keywords { at: node.at.clone(), docs: read_docs(node.value), language: SchemaLanguage::Avro, ..Keywords::default() }
}

fn typed(node: &Node<'_>, json_type: JsonType) -> Keywords {
    Keywords { types: vec![json_type], ..untyped(node) }
}

fn read_docs(schema: &Value) -> Docs {
    let description = schema.child("doc").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    Docs { description: description.map(str::to_owned), ..Docs::default() }
}

/// Warns about the type name `null` without quotes, which is a null value in YAML.
fn report_unquoted_null(node: &Node<'_>) {
    let message = "this is a null value, and it is read as the type name `null`";
    node.report_warning(message, "put it in quotes: `\"null\"`");
}

/// Warns about an invalid schema. It allows every value.
fn invalid(node: &Node<'_>, message: impl Into<String>, help: impl Into<String>) -> SchemaKind {
    node.report_warning(message, help);
    SchemaKind::Anything
}

/// The items of a required list. Warns if it is missing or not a list. `what` names the schema in messages.
fn required_items<'a>(node: &Node<'a>, key: &'static str, what: &str) -> Vec<Node<'a>> {
    match node.child(key) {
        Some(list) if matches!(list.value, Value::Sequence(_)) => return list.as_items(key),
        Some(other) => {
            other.report_warning(format!("`{key}` must be a list, but this is {}", other.value.kind()), "write a list");
        }
        None => node.report_warning(format!("{what} must have `{key}`"), format!("add `{key}`")),
    }
    Vec::new()
}
