//! Keywords that narrow the values of a type without changing its shape: only validation asks for them.

use super::cursor::{Node, Object};
use super::schema::{SchemaId, Schemas};
use super::{dialect, ecma_regex};
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Value;

/// What a schema asks of values beyond what [`Keywords`](super::Keywords) hold, each list in a fixed order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Assertions {
    /// OpenAPI's `nullable`: `null` is allowed, whatever else is said.
    pub(crate) nullable: bool,
    /// Keywords with a value of their own, such as `maxLength`.
    pub(crate) plain: Vec<(&'static str, Value)>,
    /// Keywords with a schema, such as `not`.
    pub(crate) schemas: Vec<(&'static str, SchemaId)>,
    /// What a property asks for where it is present.
    pub(crate) dependencies: Vec<(String, Dependency)>,
}

impl Assertions {
    /// Whether nothing is asked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.schemas.is_empty() && self.dependencies.is_empty()
    }
}

/// What the presence of a property asks for.
#[derive(Clone, Debug)]
pub(crate) enum Dependency {
    Properties(Vec<String>),
    Schema(SchemaId),
}

/// Keywords whose value is a count.
const COUNTS: &[&str] =
    &["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains"];

/// Keywords whose value is a schema.
const SCHEMAS: &[&str] = &["additionalItems", "contains", "propertyNames", "not", "if", "then", "else"];

/// Reads the constraints of one schema, and the schemas in them.
pub(super) fn read(schemas: &mut Schemas, object: &mut Object<'_>) -> Assertions {
    let nullable = object.get("nullable").is_some_and(|node| *node.value == Value::Bool(true));
    let mut constraints = Assertions { nullable, ..Assertions::default() };
    let plain = &mut constraints.plain;
    plain.extend(object.get("const").map(|node| ("const", node.value.clone())));
    bounds(object, plain, "minimum", "exclusiveMinimum");
    bounds(object, plain, "maximum", "exclusiveMaximum");
    keep(object, plain, "multipleOf", "a number above zero", |value| match value {
        Value::Integer(number) => *number > 0,
        Value::Float(number) => *number > 0.0,
        _ => false,
    });
    for key in COUNTS {
        keep(object, plain, key, "a whole number, 0 or more", is_count);
    }
    for key in ["pattern", "contentEncoding", "contentMediaType"] {
        keep(object, plain, key, "a text", |value| matches!(value, Value::String(_)));
    }
    plain.retain(|(key, value)| *key != "pattern" || is_readable(object, value));
    let unique = object.get("uniqueItems").filter(|node| *node.value == Value::Bool(true));
    plain.extend(unique.map(|node| ("uniqueItems", node.value.clone())));
    // What follows a tuple is `items` in the drafts that have `prefixItems`.
    let rest = object.get("prefixItems").and_then(|_| object.get("items"));
    let rest = rest.or_else(|| unevaluated_items(object)).filter(is_schema);
    constraints.schemas.extend(rest.map(|node| ("additionalItems", schemas.read(&node))));
    for key in SCHEMAS {
        let node = object.get(key).filter(is_schema);
        constraints.schemas.extend(node.map(|node| (*key, schemas.read(&node))));
    }
    for key in ["dependencies", "dependentRequired", "dependentSchemas"] {
        let node = object.get(key).filter(|node| matches!(node.value, Value::Mapping(_)));
        for (name, node) in node.map(|node| node.entries(key)).unwrap_or_default() {
            constraints.dependencies.push((name.to_owned(), dependency(schemas, &node)));
        }
    }
    constraints
}

/// What nothing has evaluated of a list, where it is what follows the tuple.
fn unevaluated_items<'a>(object: &mut Object<'a>) -> Option<Node<'a>> {
    let is_rest = object.get("additionalItems").is_none() && dialect::evaluates_alone(object);
    object.get("unevaluatedItems").filter(|_| is_rest)
}

/// Keeps the value of a keyword, unless it is of a kind that the keyword does not take, which is a slip.
fn keep(
    object: &mut Object<'_>,
    plain: &mut Vec<(&'static str, Value)>,
    key: &'static str,
    wanted: &str,
    fits: impl FnOnce(&Value) -> bool,
) {
    let Some(node) = object.get(key) else { return };
    if fits(node.value) {
        plain.push((key, node.value.clone()));
        return;
    }
    let message = format!("`{key}` takes {wanted}, and this is {}", said(node.value));
    let diagnostic = Diagnostic::new(Severity::Warning, &node.at, message);
    node.report(diagnostic.with_help("write it as the keyword takes it; it is passed over"));
}

/// The value, where it is short, or else its kind.
fn said(value: &Value) -> String {
    match value {
        Value::Integer(_) | Value::Float(_) => format!("`{}`", value.to_json()),
        other => other.kind().to_owned(),
    }
}

/// Whether a pattern can be read; what cannot would make every value invalid.
fn is_readable(object: &mut Object<'_>, pattern: &Value) -> bool {
    let Value::String(pattern) = pattern else { return true };
    let Some(why) = ecma_regex::fault(pattern) else { return true };
    if let Some(node) = object.get("pattern") {
        let message = format!("no regular expression can be made of this pattern: {why}");
        let diagnostic = Diagnostic::new(Severity::Warning, &node.at, message);
        node.report(diagnostic.with_help("correct it; it is passed over"));
    }
    false
}

/// A bound, which `exclusive…: true` (OpenAPI 3.0) makes an exclusive one.
fn bounds(
    object: &mut Object<'_>,
    plain: &mut Vec<(&'static str, Value)>,
    inclusive: &'static str,
    exclusive: &'static str,
) {
    let flag = object.get(exclusive).and_then(|node| match node.value {
        Value::Bool(is_exclusive) => Some(*is_exclusive),
        _ => None,
    });
    let start = plain.len();
    keep(object, plain, inclusive, "a number", is_number);
    if let Some((key, _)) = plain[start..].first_mut().filter(|_| flag == Some(true)) {
        *key = exclusive;
    }
    if flag.is_none() {
        keep(object, plain, exclusive, "a number", is_number);
    }
}

/// Whether a value is a whole number from 0 up, which may be written as `2.0`.
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

fn is_schema(node: &Node<'_>) -> bool {
    matches!(node.value, Value::Bool(_) | Value::Mapping(_))
}

fn dependency(schemas: &mut Schemas, node: &Node<'_>) -> Dependency {
    match node.value {
        Value::Sequence(names) => Dependency::Properties(names.iter().filter_map(text).collect()),
        _ => Dependency::Schema(schemas.read(node)),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}
