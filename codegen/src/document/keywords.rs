//! The keywords of a Schema Object: JSON Schema draft 7 as AsyncAPI extends it, and what authors take for it.

use std::collections::BTreeSet;

use super::assertions::Assertions;
use super::cursor::{Node, Object};
use super::enum_values::{DeclaredValue, ValueKeyword};
use super::integer_bounds::whole;
use super::schema::{SchemaId, Schemas};
use super::{Access, Docs, assertions, dialect, ecma_regex, enum_values, integer_bounds};
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Value;
use crate::location::Location;
use crate::suggestion;

/// The keywords that shape a type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keywords {
    pub(crate) at: Location,
    pub(crate) docs: Docs,
    /// `type`, without `null`; empty where the author named none.
    pub(crate) types: Vec<JsonType>,
    /// `null` among the types, or OpenAPI's `nullable`.
    pub(crate) nullable: bool,
    pub(crate) format: Option<String>,
    /// `enum`, or `const` as an enum of one.
    pub(crate) values: Option<Vec<Value>>,
    pub(crate) listing: ValueKeyword,
    /// Where these values stand, and what the author says of each.
    pub(crate) listed: Vec<DeclaredValue>,
    pub(crate) default: Option<Value>,
    /// Least and greatest value, both inclusive.
    pub(crate) bounds: (Option<i128>, Option<i128>),
    pub(crate) properties: Vec<(String, SchemaId)>,
    pub(crate) pattern_properties: Vec<(String, SchemaId)>,
    pub(crate) required: Vec<String>,
    /// Properties that conditions speak of; known once everything has been read.
    pub(crate) conditional: Vec<(String, ConditionalProperty)>,
    /// Properties whose absence says what `null` says.
    pub(crate) absent_is_null: Vec<String>,
    pub(crate) additional: Option<SchemaId>,
    pub(crate) items: Option<SchemaId>,
    /// `items` as a list, or `prefixItems`.
    pub(crate) tuple: Vec<SchemaId>,
    /// Fewest and most items.
    pub(crate) length: (Option<i128>, Option<i128>),
    /// Whether more items may follow the tuple.
    pub(crate) is_open_tuple: bool,
    pub(crate) all_of: Vec<SchemaId>,
    pub(crate) any_of: Vec<SchemaId>,
    pub(crate) one_of: Vec<SchemaId>,
    /// Alternatives that parts of a schema list beside these: one of each list holds.
    pub(crate) further: Vec<Vec<SchemaId>>,
    pub(crate) discriminator: Option<Tag>,
    pub(crate) constraints: Assertions,
    pub(crate) language: SchemaLanguage,
}

/// How a condition speaks of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConditionalProperty {
    /// It asks for its presence.
    Named,
    /// It is a test that values may fail.
    Tested(SchemaId),
    /// It says what it is where the condition holds.
    Described(SchemaId),
}

/// The language in which a schema is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SchemaLanguage {
    #[default]
    JsonSchema,
    Avro,
}

impl Keywords {
    /// Whether anything is said about the values, beside words for people.
    pub(crate) fn is_nonempty(&self) -> bool {
        !self.types.is_empty()
            || self.nullable
            || self.format.is_some()
            || self.values.is_some()
            || !self.properties.is_empty()
            || !self.required.is_empty()
            || self.additional.is_some()
            || self.items.is_some()
            || !self.tuple.is_empty()
            || !self.all_of.is_empty()
            || !self.any_of.is_empty()
            || !self.one_of.is_empty()
    }
}

/// `discriminator`: the property that tells the alternatives apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) property: String,
    /// OpenAPI's `mapping`: from values of the property to references.
    pub(crate) mapping: Vec<(String, String)>,
}

/// The types of JSON, `null` apart, which is a matter of presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum JsonType {
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl JsonType {
    /// The type of a value; `None` for `null`.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(_) => Self::Boolean,
            Value::Integer(_) => Self::Integer,
            Value::Float(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Sequence(_) => Self::Array,
            Value::Mapping(_) => Self::Object,
        })
    }

    /// Whether every value of the other type is of this type: an integer is a number.
    pub(crate) fn includes(self, other: Self) -> bool {
        self == other || self == Self::Number && other == Self::Integer
    }

    /// Whether some values of the other type are of this type: the number `1.0` is an integer.
    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.includes(other) || other.includes(self)
    }

    /// As a schema names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// Notes for people, and what is not read.
const NOTES: &[&str] = &["$comment", "$id", "$schema", "example", "examples", "externalDocs", "id", "summary", "xml"];

/// Reads the keywords of one schema, and the schemas below it.
pub(super) fn read(schemas: &mut Schemas, mut object: Object<'_>) -> Keywords {
    let around = schemas.dialect;
    schemas.dialect = around.within(&mut object);
    dialect::check(schemas.dialect, &mut object);
    let constant = enum_values::constant(&mut object);
    let (listing, listed) = match (enum_values::values(&mut object), constant) {
        (None, Some(constant)) => (ValueKeyword::Const, Some(vec![constant])),
        (values, _) => (ValueKeyword::Enum, values),
    };
    let mut keywords = Keywords {
        at: object.at().clone(),
        docs: docs(&mut object),
        format: object.text("format"),
        listing,
        values: listed.as_ref().map(|listed| listed.iter().map(|listed| listed.value.clone()).collect()),
        listed: listed.unwrap_or_default(),
        default: object.get("default").map(|node| node.value.clone()),
        bounds: integer_bounds::of_integers(&mut object),
        required: required(&mut object),
        length: (whole(&mut object, "minItems"), whole(&mut object, "maxItems")),
        discriminator: discriminator(&mut object),
        ..Keywords::default()
    };
    types(&mut keywords, &mut object);
    enum_values::check(&keywords, &mut object);
    keywords.constraints = assertions::read(schemas, &mut object);
    keywords.properties = named(schemas, object.entries("properties"));
    keywords.pattern_properties = pattern_properties(schemas, object.entries("patternProperties"));
    keywords.additional = additional(schemas, &mut object);
    items(&mut keywords, schemas, &mut object);
    keywords.all_of = schemas_of(schemas, &mut object, "allOf");
    keywords.any_of = schemas_of(schemas, &mut object, "anyOf");
    keywords.one_of = schemas_of(schemas, &mut object, "oneOf");
    let definitions = [object.entries("definitions"), object.entries("$defs")];
    for entries in definitions {
        named(schemas, entries);
    }
    schemas.dialect = around;
    object.ignore_keys(NOTES);
    object.finish();
    keywords
}

fn docs(object: &mut Object<'_>) -> Docs {
    Docs {
        title: object.note("title"),
        description: object.note("description"),
        deprecated: object.flag("deprecated"),
        access: match (object.flag("readOnly"), object.flag("writeOnly")) {
            (true, false) => Access::ReadOnly,
            (false, true) => Access::WriteOnly,
            (false, false) | (true, true) => Access::Both,
        },
        ..Docs::default()
    }
}

fn named(schemas: &mut Schemas, entries: Vec<(&str, Node<'_>)>) -> Vec<(String, SchemaId)> {
    entries.into_iter().map(|(name, node)| (name.to_owned(), schemas.read(&node))).collect()
}

/// Schemas by patterns; one that nobody can read is said.
fn pattern_properties(schemas: &mut Schemas, entries: Vec<(&str, Node<'_>)>) -> Vec<(String, SchemaId)> {
    for (pattern, node) in &entries {
        if let Some(why) = ecma_regex::fault(pattern) {
            let message = format!("no regular expression can be made of this pattern: {why}");
            let diagnostic = Diagnostic::new(Severity::Warning, &node.at, message).at_key();
            node.report(diagnostic.with_help("correct it; no value is validated by it"));
        }
    }
    named(schemas, entries)
}

fn schemas_of(schemas: &mut Schemas, object: &mut Object<'_>, key: &'static str) -> Vec<SchemaId> {
    object.items(key).iter().map(|node| schemas.read(node)).collect()
}

fn types(keywords: &mut Keywords, object: &mut Object<'_>) {
    keywords.nullable = object.flag("nullable");
    let Some(node) = object.get("type") else { return };
    let names = match node.value {
        Value::Sequence(_) => node.items("`type`"),
        _ => vec![node],
    };
    for node in names {
        let json_type = match node.value {
            Value::Null => "null",
            Value::String(name) => name,
            _ => {
                node.refuse("a type is named by a text", TYPES);
                continue;
            }
        };
        match json_type {
            "null" => keywords.nullable = true,
            "boolean" => add(keywords, JsonType::Boolean),
            "integer" => add(keywords, JsonType::Integer),
            "number" => add(keywords, JsonType::Number),
            "string" => add(keywords, JsonType::String),
            "array" => add(keywords, JsonType::Array),
            "object" => add(keywords, JsonType::Object),
            other => {
                let names = ["null", "boolean", "integer", "number", "string", "array", "object"];
                let cure = suggestion::nearest(other, names.iter())
                    .map_or(TYPES.to_owned(), |near| format!("did you mean `{near}`?"));
                let message = format!("`{other}` is not a type of JSON Schema, so every value is allowed");
                node.report(Diagnostic::new(Severity::Warning, &node.at, message).with_help(cure));
            }
        }
    }
}

const TYPES: &str = "the types are null, boolean, integer, number, string, array and object";

fn add(keywords: &mut Keywords, json_type: JsonType) {
    if !keywords.types.contains(&json_type) {
        keywords.types.push(json_type);
    }
}

/// What is said of all other properties; in later drafts, of those that nothing has evaluated.
fn additional(schemas: &mut Schemas, object: &mut Object<'_>) -> Option<SchemaId> {
    let later = object.get("unevaluatedProperties").filter(|_| dialect::evaluates_alone(object));
    object.get("additionalProperties").or(later).map(|node| schemas.read(&node))
}

/// The names under `required`; draft 3's boolean says nothing about the properties of this object.
fn required(object: &mut Object<'_>) -> Vec<String> {
    let Some(node) = object.get("required") else { return Vec::new() };
    if matches!(node.value, Value::Bool(_)) {
        node.report(
            Diagnostic::new(Severity::Warning, &node.at, "`required` is a list of the names of properties")
                .with_help("name the property in the `required` of the object that has it"),
        );
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let mut names: Vec<String> = node.items("`required`").iter().filter_map(Node::text).collect();
    names.retain(|name| seen.insert(name.clone()));
    names
}

fn items(keywords: &mut Keywords, schemas: &mut Schemas, object: &mut Object<'_>) {
    keywords.tuple = schemas_of(schemas, object, "prefixItems");
    let later = object.get("unevaluatedItems").filter(|_| dialect::evaluates_alone(object));
    let rest = object.get("additionalItems").or(later);
    keywords.is_open_tuple = rest.is_none_or(|node| *node.value != Value::Bool(false));
    match object.get("items") {
        None => {}
        Some(node) if matches!(node.value, Value::Sequence(_)) => {
            keywords.tuple = node.items("`items`").iter().map(|node| schemas.read(node)).collect();
        }
        Some(node) if !keywords.tuple.is_empty() => keywords.is_open_tuple = *node.value != Value::Bool(false),
        Some(node) => keywords.items = Some(schemas.read(&node)),
    }
}

/// AsyncAPI names the property, OpenAPI has an object with the name in it.
fn discriminator(object: &mut Object<'_>) -> Option<Tag> {
    let node = object.get("discriminator")?;
    if let Value::String(property) = node.value {
        return Some(Tag { property: property.clone(), mapping: Vec::new() });
    }
    let mut object = node.object("a discriminator")?;
    let property = object.text("propertyName");
    let mapping = object.entries("mapping");
    let mapping = mapping.into_iter().filter_map(|(value, node)| Some((value.to_owned(), node.text()?))).collect();
    object.finish();
    property.map(|property| Tag { property, mapping })
}
