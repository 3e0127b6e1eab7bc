//! Reads the keywords of a schema object: JSON Schema draft 7 as AsyncAPI extends it, and common keywords of OpenAPI.

use std::collections::BTreeSet;

use super::super::cursor::{Node, Object};
use super::super::ecma_regex;
use super::super::lints::{self, is_unevaluated_additional};
use super::assertions::{read_assertions, read_integer, read_integer_bounds};
use super::enum_values::{read_const, read_enum, report_wrong_types};
use super::keywords::{Access, Docs, JsonType, Keywords, SchemaId, Tag, ValueKeyword};
use super::reader::SchemaReader;
use crate::json::Value;
use crate::suggestion;

/// Keywords without effect on the generated code.
const IGNORED_KEYWORDS: &[&str] =
    &["$comment", "$id", "$schema", "example", "examples", "externalDocs", "id", "summary", "xml"];

const TYPE_HELP: &str = "the types are null, boolean, integer, number, string, array and object";

/// Reads the keywords of a schema and its subschemas.
pub(super) fn read_keywords(reader: &mut SchemaReader, mut object: Object<'_>) -> Keywords {
    let dialect = reader.dialect().or_declared(&mut object);
    reader.with_dialect(dialect, |reader| {
        lints::report_later_keywords(dialect, &mut object);
        lints::report_ineffective_keywords(dialect, &mut object);
        let mut keywords = read_own_keywords(&mut object);
        read_subschemas(reader, &mut object, &mut keywords);
        object.ignore_keys(IGNORED_KEYWORDS);
        keywords.at = object.finish();
        keywords
    })
}

/// Reads the keywords that do not contain schemas.
fn read_own_keywords(object: &mut Object<'_>) -> Keywords {
    let constant = read_const(object);
    let (value_keyword, declared) = match (read_enum(object), constant) {
        (None, Some(constant)) => (ValueKeyword::Const, Some(vec![constant])),
        (values, _) => (ValueKeyword::Enum, values),
    };
    let mut keywords = Keywords {
        docs: read_docs(object),
        format: object.get_text("format"),
        value_keyword,
        values: declared.as_ref().map(|values| values.iter().map(|declared| declared.value.clone()).collect()),
        declared_values: declared.unwrap_or_default(),
        default: object.get("default").map(|node| node.value.clone()),
        examples: read_examples(object),
        integer_bounds: read_integer_bounds(object),
        required: read_required(object),
        item_count: (read_integer(object, "minItems"), read_integer(object, "maxItems")),
        discriminator: read_discriminator(object),
        ..Keywords::default()
    };
    read_types(object, &mut keywords);
    report_wrong_types(&keywords, object);
    keywords
}

/// Reads `examples`. `OpenAPI` has an object there, which no reader of AsyncAPI uses.
fn read_examples(object: &mut Object<'_>) -> Vec<Value> {
    match object.get("examples").map(|node| (node.value, node)) {
        Some((Value::Sequence(items), _)) => items.clone(),
        Some((other, node)) => {
            node.report_warning(
                format!("`examples` must be a list, but this is {}", other.kind()),
                "the examples are ignored: write a list",
            );
            Vec::new()
        }
        None => Vec::new(),
    }
}

fn read_subschemas(reader: &mut SchemaReader, object: &mut Object<'_>, keywords: &mut Keywords) {
    keywords.assertions = read_assertions(reader, object);
    keywords.properties = read_named(reader, object.get_entries("properties"));
    keywords.pattern_properties = read_pattern_properties(reader, object.get_entries("patternProperties"));
    let unevaluated = object.get("unevaluatedProperties").filter(|_| is_unevaluated_additional(object));
    let additional = object.get("additionalProperties").or(unevaluated);
    keywords.additional_properties = additional.map(|node| reader.read_schema(&node));
    read_items(reader, object, keywords);
    keywords.all_of = read_list(reader, object, "allOf");
    keywords.any_of = read_list(reader, object, "anyOf");
    keywords.one_of = read_list(reader, object, "oneOf");
    let definitions = [object.get_entries("definitions"), object.get_entries("$defs")];
    for entries in definitions {
        read_named(reader, entries);
    }
}

fn read_docs(object: &mut Object<'_>) -> Docs {
    Docs {
        title: object.get_annotation("title"),
        description: object.get_annotation("description"),
        deprecated: object.get_bool("deprecated"),
        access: match (object.get_bool("readOnly"), object.get_bool("writeOnly")) {
            (true, false) => Access::ReadOnly,
            (false, true) => Access::WriteOnly,
            (false, false) | (true, true) => Access::Both,
        },
        ..Docs::default()
    }
}

fn read_named(reader: &mut SchemaReader, entries: Vec<(&str, Node<'_>)>) -> Vec<(String, SchemaId)> {
    entries.into_iter().map(|(name, node)| (name.to_owned(), reader.read_schema(&node))).collect()
}

fn read_list(reader: &mut SchemaReader, object: &mut Object<'_>, key: &'static str) -> Vec<SchemaId> {
    object.get_items(key).iter().map(|node| reader.read_schema(node)).collect()
}

fn read_pattern_properties(reader: &mut SchemaReader, entries: Vec<(&str, Node<'_>)>) -> Vec<(String, SchemaId)> {
    for (pattern, node) in &entries {
        if let Some(error) = ecma_regex::syntax_error(pattern) {
            let message = format!("this pattern is not a valid regular expression: {error}");
            node.report_key_warning(message, "correct the pattern; it is not used for validation");
        }
    }
    read_named(reader, entries)
}

fn read_types(object: &mut Object<'_>, keywords: &mut Keywords) {
    keywords.nullable = object.get_bool("nullable");
    let Some(node) = object.get("type") else { return };
    let nodes = match node.value {
        Value::Sequence(_) => node.as_items("`type`"),
        _ => vec![node],
    };
    for node in nodes {
        let name = match node.value {
            Value::Null => "null",
            Value::String(name) => name,
            _ => {
                node.report_error("a type must be a string", TYPE_HELP);
                continue;
            }
        };
        match JsonType::from_name(name) {
            Some(json_type) if keywords.types.contains(&json_type) => {}
            Some(json_type) => keywords.types.push(json_type),
            None if name == "null" => keywords.nullable = true,
            None => report_unknown_type(&node, name),
        }
    }
}

fn report_unknown_type(node: &Node<'_>, name: &str) {
    let names = ["null", "boolean", "integer", "number", "string", "array", "object"];
    let suggestion = suggestion::nearest(name, names.iter());
    let help = suggestion.map_or(TYPE_HELP.to_owned(), |known| format!("did you mean `{known}`?"));
    node.report_warning(format!("`{name}` is not a type of JSON Schema, so every value is allowed"), help);
}

/// Reads `required`. A boolean (JSON Schema draft 3) has no effect on this object.
fn read_required(object: &mut Object<'_>) -> Vec<String> {
    let Some(node) = object.get("required") else { return Vec::new() };
    if matches!(node.value, Value::Bool(_)) {
        node.report_warning(
            "`required` must be a list of property names",
            "list the property in the `required` of the object that contains it",
        );
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let mut names: Vec<String> = node.as_items("`required`").iter().filter_map(Node::to_text).collect();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// Reads `items`, `prefixItems`, and whether more items may follow a tuple.
fn read_items(reader: &mut SchemaReader, object: &mut Object<'_>, keywords: &mut Keywords) {
    keywords.tuple = read_list(reader, object, "prefixItems");
    let unevaluated = object.get("unevaluatedItems").filter(|_| is_unevaluated_additional(object));
    let rest = object.get("additionalItems").or(unevaluated);
    keywords.is_open_tuple = rest.is_none_or(|node| *node.value != Value::Bool(false));
    match object.get("items") {
        None => {}
        Some(node) if matches!(node.value, Value::Sequence(_)) => {
            keywords.tuple = node.as_items("`items`").iter().map(|node| reader.read_schema(node)).collect();
        }
        Some(node) if !keywords.tuple.is_empty() => keywords.is_open_tuple = *node.value != Value::Bool(false),
        Some(node) => keywords.items = Some(reader.read_schema(&node)),
    }
}

/// Reads `discriminator`. In AsyncAPI it is the name of a property, in OpenAPI an object.
fn read_discriminator(object: &mut Object<'_>) -> Option<Tag> {
    let node = object.get("discriminator")?;
    if let Value::String(property) = node.value {
        return Some(Tag { property: property.clone(), mapping: Vec::new() });
    }
    let mut object = node.as_object("a discriminator")?;
    let property = object.get_text("propertyName");
    let mapping = object.get_entries("mapping");
    let mapping = mapping.into_iter().filter_map(|(value, node)| Some((value.to_owned(), node.schema_location()?)));
    let mapping = mapping.collect();
    object.finish();
    property.map(|property| Tag { property, mapping })
}
