//! Schema Objects: each is read once, wherever it stands, and known by its place from then on.

use std::collections::BTreeMap;
use std::ops::Index;

use super::read::{Node, Object};
use super::value::Value;
use super::{Docs, Pointer, reference};
use crate::diagnostic::{Diagnostic, Severity};

/// One schema of the document; two references to the same place are the same schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SchemaId(usize);

/// A schema and where it stands.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) at: Pointer,
    pub(crate) kind: SchemaKind,
}

/// The three forms a schema can take.
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
}

/// The keywords of a Schema Object that shape a type.
#[derive(Debug, Default)]
pub(crate) struct Keywords {
    pub(crate) at: Pointer,
    pub(crate) docs: Docs,
    /// `type`, without `null`; empty where the author named none.
    pub(crate) types: Vec<JsonType>,
    /// `null` among the types.
    pub(crate) nullable: bool,
    pub(crate) format: Option<String>,
    /// `enum`: the strings that are allowed.
    pub(crate) values: Option<Vec<String>>,
    /// Least and greatest value, both inclusive.
    pub(crate) bounds: (Option<i128>, Option<i128>),
    pub(crate) properties: Vec<(String, SchemaId)>,
    pub(crate) required: Vec<String>,
    pub(crate) additional: Option<SchemaId>,
    pub(crate) items: Option<SchemaId>,
}

/// The types of JSON, `null` apart, which is a matter of presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonType {
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

/// Every schema of a document.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    all: Vec<Schema>,
    by_place: BTreeMap<Pointer, SchemaId>,
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

    /// Reads the schema at a node, and all below it, unless it has been read before.
    pub(crate) fn read(&mut self, node: &Node<'_>) -> SchemaId {
        if let Some(id) = self.by_place.get(&node.at) {
            return *id;
        }
        let id = SchemaId(self.all.len());
        self.by_place.insert(node.at.clone(), id);
        self.all.push(Schema { at: node.at.clone(), kind: SchemaKind::Anything });
        self.all[id.0].kind = self.kind(node);
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
            _ => match node.object("a schema") {
                Some(object) => SchemaKind::Keywords(Box::new(self.keywords(object))),
                None => SchemaKind::Anything,
            },
        }
    }

    fn keywords(&mut self, mut object: Object<'_>) -> Keywords {
        let mut keywords = Keywords { at: object.at().clone(), docs: read_docs(&mut object), ..Keywords::default() };
        read_types(&mut keywords, &mut object);
        keywords.format = object.text("format");
        keywords.values = read_enum(&mut object);
        keywords.bounds = (
            bound(&mut object, "minimum", "exclusiveMinimum", 1),
            bound(&mut object, "maximum", "exclusiveMaximum", -1),
        );
        keywords.properties = self.named(object.entries("properties"));
        keywords.required = object.items("required").iter().filter_map(Node::text).collect();
        keywords.additional = object.get("additionalProperties").map(|node| self.read(&node));
        keywords.items = self.items(&mut object);
        let definitions = object.entries("definitions");
        self.named(definitions);
        object.pass_over(VALIDATION);
        object.not_yet(NOT_YET);
        object.finish();
        keywords
    }

    fn named(&mut self, entries: Vec<(&str, Node<'_>)>) -> Vec<(String, SchemaId)> {
        entries.into_iter().map(|(name, node)| (name.to_owned(), self.read(&node))).collect()
    }

    fn items(&mut self, object: &mut Object<'_>) -> Option<SchemaId> {
        let node = object.get("items")?;
        if matches!(node.value, Value::Sequence(_)) {
            node.refuse("a list of schemas (a tuple) is not supported yet", "give one schema for every item");
            return None;
        }
        Some(self.read(&node))
    }
}

/// Keywords that narrow the values of a type without changing its shape, and notes for people.
const VALIDATION: &[&str] = &[
    "$comment",
    "$id",
    "$schema",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "default",
    "examples",
    "externalDocs",
    "maxItems",
    "maxLength",
    "maxProperties",
    "minItems",
    "minLength",
    "minProperties",
    "multipleOf",
    "pattern",
    "propertyNames",
    "readOnly",
    "uniqueItems",
    "writeOnly",
];

/// Keywords that shape a type in ways the generator does not know yet.
const NOT_YET: &[&str] = &[
    "additionalItems",
    "allOf",
    "anyOf",
    "const",
    "dependencies",
    "discriminator",
    "else",
    "if",
    "not",
    "oneOf",
    "patternProperties",
    "then",
];

fn read_docs(object: &mut Object<'_>) -> Docs {
    Docs {
        title: object.text("title"),
        description: object.text("description"),
        deprecated: object.flag("deprecated"),
        ..Docs::default()
    }
}

fn read_types(keywords: &mut Keywords, object: &mut Object<'_>) {
    let Some(node) = object.get("type") else { return };
    let names = match node.value {
        Value::Sequence(_) => node.items("`type`"),
        _ => vec![node],
    };
    for node in names {
        let json_type = match node.text().as_deref() {
            Some("null") => {
                keywords.nullable = true;
                continue;
            }
            Some("boolean") => JsonType::Boolean,
            Some("integer") => JsonType::Integer,
            Some("number") => JsonType::Number,
            Some("string") => JsonType::String,
            Some("array") => JsonType::Array,
            Some("object") => JsonType::Object,
            Some(other) => {
                let cure = "the types are null, boolean, integer, number, string, array and object";
                node.refuse(format!("`{other}` is not a type of JSON Schema"), cure);
                continue;
            }
            None => continue,
        };
        keywords.types.push(json_type);
    }
    if keywords.types.len() > 1 {
        let cure = "name one type, with or without `null`";
        let message = "several types at once are not supported yet";
        object.get("type").into_iter().for_each(|node| node.refuse(message, cure));
    }
}

fn read_enum(object: &mut Object<'_>) -> Option<Vec<String>> {
    let items = object.get("enum")?.items("`enum`");
    let mut values = Vec::new();
    for item in items {
        match item.value {
            Value::String(value) if values.contains(value) => {
                let message = format!("`{value}` is listed twice");
                item.report(Diagnostic::new(Severity::Warning, &item.at, message).with_cure("take one out"));
            }
            Value::String(value) => values.push(value.clone()),
            other => {
                let message = format!("{} in an enum is not supported yet", other.kind());
                item.refuse(message, "quote it if it is meant as a string");
            }
        }
    }
    Some(values)
}

/// An inclusive bound, from the inclusive or the exclusive keyword; only whole numbers tell the width of an integer.
fn bound(object: &mut Object<'_>, inclusive: &'static str, exclusive: &'static str, step: i128) -> Option<i128> {
    let whole = |value: &Value| match value {
        Value::Integer(number) => Some(*number),
        _ => None,
    };
    let inclusive = object.get(inclusive).and_then(|node| whole(node.value));
    let exclusive = object.get(exclusive).and_then(|node| whole(node.value)?.checked_add(step));
    match (inclusive, exclusive) {
        (Some(left), Some(right)) => Some(if step > 0 { left.max(right) } else { left.min(right) }),
        (left, right) => left.or(right),
    }
}
