//! Checks whether a value matches a schema, as far as that is certain.

use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

use crate::document::{JsonType, Keywords, SchemaId, SchemaKind, SchemaLanguage, Schemas};
use crate::json::Value;
use crate::limits::MAX_EXAMPLE_DEPTH;
use crate::location::Location;

/// A value that does not match its schema.
pub(super) struct Violation<'a> {
    pub(super) at: Location,
    pub(super) value: &'a Value,
    pub(super) keywords: &'a Keywords,
    pub(super) mismatch: Mismatch<'a>,
}

/// Why a value does not match.
pub(super) enum Mismatch<'a> {
    Type,
    /// It is not among the values of `enum` or `const`.
    Unlisted,
    /// These properties are required and missing.
    Missing(Vec<&'a str>),
    /// It matches none of this number of alternatives.
    Alternatives(usize),
}

/// A value that must match a schema: the value itself (no step), or a property or item of it.
struct Subschema<'a> {
    schema: SchemaId,
    value: &'a Value,
    step: Option<String>,
}

/// Finds violations. Each pair of a schema and a value is checked once.
pub(super) struct InstanceCheck<'a> {
    schemas: &'a Schemas,
    /// The result for a schema and a value. While it is computed it is `true`, because a schema can contain itself.
    results: BTreeMap<(SchemaId, *const Value), bool>,
    /// The pairs whose violations were looked for.
    searched: BTreeSet<(SchemaId, *const Value)>,
    reported: BTreeSet<*const Value>,
}

impl<'a> InstanceCheck<'a> {
    pub(super) fn new(schemas: &'a Schemas) -> Self {
        Self { schemas, results: BTreeMap::new(), searched: BTreeSet::new(), reported: BTreeSet::new() }
    }

    /// Reports every violation at a place and below it, each once.
    pub(super) fn violations(
        &mut self,
        schema: SchemaId,
        value: &'a Value,
        at: &Location,
        report: &mut impl FnMut(Violation<'a>),
    ) {
        if !self.searched.insert((schema, ptr::from_ref(value))) {
            return;
        }
        let Some(keywords) = self.keywords(schema).filter(|_| !self.matches(schema, value, 0)) else { return };
        let own = own_mismatch(keywords, value).or_else(|| {
            let alternatives = self.failed_alternatives(keywords, value, 0)?;
            Some(Mismatch::Alternatives(alternatives.len()))
        });
        match own {
            Some(mismatch) if self.reported.insert(ptr::from_ref(value)) => {
                report(Violation { at: at.clone(), value, keywords, mismatch });
            }
            Some(_) => {}
            None => {
                for Subschema { schema, value, step } in subschemas(keywords, value) {
                    let at = step.map_or_else(|| at.clone(), |step| at.join(&step));
                    self.violations(schema, value, &at, report);
                }
            }
        }
    }

    /// Whether a value may match a schema.
    fn matches(&mut self, schema: SchemaId, value: &'a Value, depth: usize) -> bool {
        let Some(keywords) = self.keywords(schema).filter(|_| depth < MAX_EXAMPLE_DEPTH) else { return true };
        let pair = (schema, ptr::from_ref(value));
        if let Some(result) = self.results.get(&pair) {
            return *result;
        }
        self.results.insert(pair, true);
        let matches = own_mismatch(keywords, value).is_none()
            && subschemas(keywords, value).into_iter().all(|below| self.matches(below.schema, below.value, depth + 1))
            && self.failed_alternatives(keywords, value, depth).is_none();
        self.results.insert(pair, matches);
        matches
    }

    /// A list of alternatives of which the value matches none.
    fn failed_alternatives(
        &mut self,
        keywords: &'a Keywords,
        value: &'a Value,
        depth: usize,
    ) -> Option<&'a [SchemaId]> {
        let lists = [&keywords.any_of, &keywords.one_of].into_iter().filter(|list| !list.is_empty());
        lists.map(Vec::as_slice).find(|list| !list.iter().any(|schema| self.matches(*schema, value, depth + 1)))
    }

    /// The keywords of a schema in JSON Schema. Values of other schema languages have other forms.
    fn keywords(&self, schema: SchemaId) -> Option<&'a Keywords> {
        match &self.schemas[self.schemas.definition(schema)?].kind {
            SchemaKind::Keywords(keywords) if keywords.language == SchemaLanguage::JsonSchema => Some(keywords),
            _ => None,
        }
    }
}

/// The violation of the value itself, without its properties and items.
fn own_mismatch<'a>(keywords: &'a Keywords, value: &Value) -> Option<Mismatch<'a>> {
    if !has_type(keywords, value) {
        return Some(Mismatch::Type);
    }
    let is_null = *value == Value::Null && keywords.nullable;
    let contains_value = |values: &Vec<Value>| is_null || values.iter().any(|listed| are_equal(listed, value));
    if !keywords.values.as_ref().is_none_or(contains_value) {
        return Some(Mismatch::Unlisted);
    }
    let Value::Mapping(entries) = value else { return None };
    let missing = keywords.required.iter().filter(|name| !entries.contains_key(*name));
    let missing: Vec<&str> = missing.map(String::as_str).collect();
    (!missing.is_empty()).then_some(Mismatch::Missing(missing))
}

fn has_type(keywords: &Keywords, value: &Value) -> bool {
    let is_integer = matches!(value, Value::Float(number) if number.fract() == 0.0);
    keywords.types.is_empty()
        || match JsonType::of_value(value) {
            None => keywords.nullable,
            Some(JsonType::Number) if is_integer => {
                keywords.types.iter().any(|allowed| allowed.overlaps(JsonType::Number))
            }
            Some(JsonType::Integer) => keywords.types.iter().any(|allowed| allowed.overlaps(JsonType::Integer)),
            Some(own) => keywords.types.contains(&own),
        }
}

/// Whether two values are equal in JSON Schema: `1.0` is `1`.
fn are_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        // Exact equality is intended. Integers above 2^53 do not occur as floats.
        #[allow(clippy::cast_precision_loss, clippy::float_cmp)]
        (Value::Integer(integer), Value::Float(number)) | (Value::Float(number), Value::Integer(integer)) => {
            *integer as f64 == *number
        }
        (Value::Sequence(ones), Value::Sequence(others)) => {
            ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| are_equal(one, other))
        }
        (Value::Mapping(ones), Value::Mapping(others)) => {
            let is_in_others = |(key, one)| others.get(key).is_some_and(|other| are_equal(one, other));
            ones.len() == others.len() && ones.iter().all(is_in_others)
        }
        _ => one == other,
    }
}

/// The other schemas that must match. Properties that only `patternProperties` declares are left out.
fn subschemas<'a>(keywords: &Keywords, value: &'a Value) -> Vec<Subschema<'a>> {
    let mut found: Vec<Subschema<'a>> =
        keywords.all_of.iter().map(|schema| Subschema { schema: *schema, value, step: None }).collect();
    match value {
        Value::Mapping(entries) => {
            let declared: BTreeMap<&str, SchemaId> =
                keywords.properties.iter().map(|(name, schema)| (name.as_str(), *schema)).collect();
            let others = keywords.additional_properties.filter(|_| keywords.pattern_properties.is_empty());
            found.extend(entries.iter().filter_map(|(name, value)| {
                let schema = declared.get(name.as_str()).copied().or(others)?;
                Some(Subschema { schema, value, step: Some(name.clone()) })
            }));
        }
        Value::Sequence(items) => found.extend(items.iter().enumerate().filter_map(|(index, value)| {
            let schema = keywords.tuple.get(index).copied().or(keywords.items)?;
            Some(Subschema { schema, value, step: Some(index.to_string()) })
        })),
        _ => {}
    }
    found
}
