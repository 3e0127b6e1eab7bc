//! Reads the assertion keywords of a schema, and its bounds for integers.

use super::super::cursor::{Node, Object};
use super::super::ecma_regex;
use super::super::lints::is_unevaluated_additional;
use super::keywords::{Assertions, Dependency, SchemaId};
use super::reader::SchemaReader;
use crate::json::Value;

/// Keywords whose value is a non-negative integer.
const COUNT_KEYWORDS: &[&str] =
    &["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains"];

/// Keywords whose value is a schema.
const SCHEMA_KEYWORDS: &[&str] = &["additionalItems", "contains", "propertyNames", "not", "if", "then", "else"];

/// Keywords with their values.
type PlainAssertions = Vec<(&'static str, Value)>;

/// Reads the assertions of a schema and their subschemas. Keywords with a wrong value are left out with a warning.
pub(super) fn read_assertions(reader: &mut SchemaReader, object: &mut Object<'_>) -> Assertions {
    Assertions {
        nullable: object.get("nullable").is_some_and(|node| *node.value == Value::Bool(true)),
        plain: read_plain(object),
        schemas: read_schemas(reader, object),
        dependencies: read_dependencies(reader, object),
    }
}

fn read_plain(object: &mut Object<'_>) -> PlainAssertions {
    let mut plain: PlainAssertions = Vec::new();
    plain.extend(object.get("const").map(|node| ("const", node.value.clone())));
    read_bound(object, &mut plain, "minimum", "exclusiveMinimum");
    read_bound(object, &mut plain, "maximum", "exclusiveMaximum");
    read_checked(object, &mut plain, "multipleOf", "a number greater than 0", |value| match value {
        Value::Integer(number) => *number > 0,
        Value::Float(number) => *number > 0.0,
        _ => false,
    });
    for key in COUNT_KEYWORDS {
        read_checked(object, &mut plain, key, "a non-negative integer", is_count);
    }
    for key in ["pattern", "contentEncoding", "contentMediaType"] {
        read_checked(object, &mut plain, key, "a string", |value| matches!(value, Value::String(_)));
    }
    plain.retain(|(key, value)| *key != "pattern" || is_valid_pattern(object, value));
    let unique = object.get("uniqueItems").filter(|node| *node.value == Value::Bool(true));
    plain.extend(unique.map(|node| ("uniqueItems", node.value.clone())));
    plain
}

/// Reads a keyword. Warns if its value is not what the keyword allows.
fn read_checked(
    object: &mut Object<'_>,
    plain: &mut PlainAssertions,
    key: &'static str,
    expected: &str,
    is_allowed: impl FnOnce(&Value) -> bool,
) {
    let Some(node) = object.get(key) else { return };
    if is_allowed(node.value) {
        plain.push((key, node.value.clone()));
        return;
    }
    let actual = match node.value {
        Value::Integer(_) | Value::Float(_) => format!("`{}`", node.value.to_json()),
        other => other.kind().to_owned(),
    };
    let message = format!("`{key}` must be {expected}, but this is {actual}");
    node.report_warning(message, "the keyword is ignored: correct its value");
}

/// Reads an inclusive and an exclusive bound. `exclusive…: true` (OpenAPI 3.0) makes the inclusive bound exclusive.
fn read_bound(object: &mut Object<'_>, plain: &mut PlainAssertions, inclusive: &'static str, exclusive: &'static str) {
    let flag = object.get(exclusive).and_then(|node| match node.value {
        Value::Bool(is_exclusive) => Some(*is_exclusive),
        _ => None,
    });
    let start = plain.len();
    read_checked(object, plain, inclusive, "a number", is_number);
    if let Some((key, _)) = plain[start..].first_mut().filter(|_| flag == Some(true)) {
        *key = exclusive;
    }
    if flag.is_none() {
        read_checked(object, plain, exclusive, "a number", is_number);
    }
}

/// Warns about an invalid pattern. With it, a validator would refuse every value.
fn is_valid_pattern(object: &mut Object<'_>, pattern: &Value) -> bool {
    let Some(error) = pattern.as_str().and_then(ecma_regex::syntax_error) else { return true };
    if let Some(node) = object.get("pattern") {
        let message = format!("this pattern is not a valid regular expression: {error}");
        node.report_warning(message, "correct the pattern; it is ignored");
    }
    false
}

fn is_count(value: &Value) -> bool {
    match value {
        Value::Integer(number) => *number >= 0,
        Value::Float(number) => *number >= 0.0 && number.fract() == 0.0,
        _ => false,
    }
}

fn is_number(value: &Value) -> bool {
    match value {
        Value::Integer(_) => true,
        Value::Float(number) => number.is_finite(),
        _ => false,
    }
}

fn read_schemas(reader: &mut SchemaReader, object: &mut Object<'_>) -> Vec<(&'static str, SchemaId)> {
    let is_schema = |node: &Node<'_>| matches!(node.value, Value::Bool(_) | Value::Mapping(_));
    // Drafts with `prefixItems` use `items` for the items after the tuple.
    let rest = object.get("prefixItems").and_then(|_| object.get("items"));
    let rest = rest.or_else(|| unevaluated_items(object)).map(|node| ("additionalItems", node));
    let keywords = SCHEMA_KEYWORDS.iter().filter_map(|key| Some((*key, object.get(key)?)));
    let nodes: Vec<(&str, Node<'_>)> = rest.into_iter().chain(keywords).collect();
    let schemas = nodes.into_iter().filter(|(_, node)| is_schema(node));
    schemas.map(|(key, node)| (key, reader.read_schema(&node))).collect()
}

/// `unevaluatedItems`, if it means the items after the tuple.
fn unevaluated_items<'a>(object: &mut Object<'a>) -> Option<Node<'a>> {
    let is_rest = object.get("additionalItems").is_none() && is_unevaluated_additional(object);
    object.get("unevaluatedItems").filter(|_| is_rest)
}

fn read_dependencies(reader: &mut SchemaReader, object: &mut Object<'_>) -> Vec<(String, Dependency)> {
    let mut dependencies = Vec::new();
    for key in ["dependencies", "dependentRequired", "dependentSchemas"] {
        let node = object.get(key).filter(|node| matches!(node.value, Value::Mapping(_)));
        for (name, node) in node.map(|node| node.as_entries(key)).unwrap_or_default() {
            let dependency = match node.value {
                Value::Sequence(names) => {
                    Dependency::Properties(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
                }
                _ => Dependency::Schema(reader.read_schema(&node)),
            };
            dependencies.push((name.to_owned(), dependency));
        }
    }
    dependencies
}

/// Which end of a range is bounded.
#[derive(Clone, Copy)]
enum End {
    Min,
    Max,
}

/// The smallest and the largest integer that a schema allows, both inclusive.
pub(super) fn read_integer_bounds(object: &mut Object<'_>) -> (Option<i128>, Option<i128>) {
    (read_integer_bound(object, End::Min), read_integer_bound(object, End::Max))
}

/// The integer under a key. It may be written `2` or `2.0`.
pub(super) fn read_integer(object: &mut Object<'_>, key: &'static str) -> Option<i128> {
    match object.get(key)?.value {
        Value::Integer(number) => Some(*number),
        Value::Float(number) if number.fract() == 0.0 => to_integer(*number),
        _ => None,
    }
}

/// The narrower of the inclusive and the exclusive bound. In draft 4, a boolean makes the inclusive bound exclusive.
fn read_integer_bound(object: &mut Object<'_>, end: End) -> Option<i128> {
    let (inclusive, exclusive) = match end {
        End::Min => ("minimum", "exclusiveMinimum"),
        End::Max => ("maximum", "exclusiveMaximum"),
    };
    let inclusive = object.get(inclusive).map(|node| node.value);
    let exclusive = object.get(exclusive).map(|node| node.value);
    if let Some(Value::Bool(true)) = exclusive {
        return from_exclusive(inclusive?, end);
    }
    let inclusive = inclusive.and_then(|value| from_inclusive(value, end));
    let exclusive = exclusive.and_then(|value| from_exclusive(value, end));
    let bounds = inclusive.into_iter().chain(exclusive);
    match end {
        End::Min => bounds.max(),
        End::Max => bounds.min(),
    }
}

fn from_inclusive(bound: &Value, end: End) -> Option<i128> {
    match (bound, end) {
        (Value::Integer(number), _) => Some(*number),
        (Value::Float(number), End::Min) => to_integer(number.ceil()),
        (Value::Float(number), End::Max) => to_integer(number.floor()),
        _ => None,
    }
}

fn from_exclusive(bound: &Value, end: End) -> Option<i128> {
    match (bound, end) {
        (Value::Integer(number), End::Min) => number.checked_add(1),
        (Value::Integer(number), End::Max) => number.checked_sub(1),
        (Value::Float(number), End::Min) => to_integer(number.floor())?.checked_add(1),
        (Value::Float(number), End::Max) => to_integer(number.ceil())?.checked_sub(1),
        _ => None,
    }
}

/// The integer that a float without a fraction is equal to. `None` outside the range of `i128`.
fn to_integer(number: f64) -> Option<i128> {
    format!("{number:.0}").parse().ok()
}
