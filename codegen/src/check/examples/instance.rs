//! Whether a value fits a schema, as far as that is certain.

use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

use crate::document::{JsonType, Keywords, SchemaId, SchemaKind, SchemaLanguage, Schemas};
use crate::json::Value;
use crate::limits::MAX_EXAMPLE_DEPTH;
use crate::location::Location;

/// A value that does not fit its schema.
pub(super) struct Violation<'a> {
    pub(super) at: Location,
    pub(super) value: &'a Value,
    pub(super) keywords: &'a Keywords,
    pub(super) fault: Fault<'a>,
}

/// Why a value does not fit.
pub(super) enum Fault<'a> {
    Type,
    /// It is not among the values of `enum` or `const`.
    Unlisted,
    /// These properties are required, and are not there.
    Missing(Vec<&'a str>),
    /// There are so many alternatives, and it fits none.
    Alternatives(usize),
}

/// What must fit for a value to fit: itself or a part of it, so many steps below.
struct Part<'a> {
    schema: SchemaId,
    value: &'a Value,
    step: Option<String>,
}

/// Finds misfits. A schema and a value are held against each other once, however many ways lead to both.
pub(super) struct InstanceCheck<'a> {
    schemas: &'a Schemas,
    /// What is known of a schema and a value; while it is asked for, they fit: a schema may be a part of itself.
    known: BTreeMap<(SchemaId, *const Value), bool>,
    told: BTreeSet<*const Value>,
}

impl<'a> InstanceCheck<'a> {
    pub(super) fn new(schemas: &'a Schemas) -> Self {
        Self { schemas, known: BTreeMap::new(), told: BTreeSet::new() }
    }

    /// Tells of every value at a place and below it that does not fit, each once.
    pub(super) fn violations(
        &mut self,
        schema: SchemaId,
        value: &'a Value,
        at: &Location,
        tell: &mut impl FnMut(Violation<'a>),
    ) {
        let Some(keywords) = self.keywords(schema).filter(|_| !self.fits(schema, value, 0)) else { return };
        let own = own_fault(keywords, value).or_else(|| {
            let alternatives = self.unmet_alternatives(keywords, value, 0)?;
            Some(Fault::Alternatives(alternatives.len()))
        });
        match own {
            Some(fault) if self.told.insert(ptr::from_ref(value)) => {
                tell(Violation { at: at.clone(), value, keywords, fault });
            }
            Some(_) => {}
            None => {
                for Part { schema, value, step } in parts(keywords, value) {
                    let at = step.map_or_else(|| at.clone(), |step| at.join(&step));
                    self.violations(schema, value, &at, tell);
                }
            }
        }
    }

    /// Whether a value may fit a schema.
    fn fits(&mut self, schema: SchemaId, value: &'a Value, depth: usize) -> bool {
        let Some(keywords) = self.keywords(schema).filter(|_| depth < MAX_EXAMPLE_DEPTH) else { return true };
        let pair = (schema, ptr::from_ref(value));
        if let Some(known) = self.known.get(&pair) {
            return *known;
        }
        self.known.insert(pair, true);
        let fits = own_fault(keywords, value).is_none()
            && parts(keywords, value).into_iter().all(|part| self.fits(part.schema, part.value, depth + 1))
            && self.unmet_alternatives(keywords, value, depth).is_none();
        self.known.insert(pair, fits);
        fits
    }

    /// A list of alternatives of which the value fits none.
    fn unmet_alternatives(&mut self, keywords: &'a Keywords, value: &'a Value, depth: usize) -> Option<&'a [SchemaId]> {
        let lists = [&keywords.any_of, &keywords.one_of].into_iter().filter(|list| !list.is_empty());
        lists.map(Vec::as_slice).find(|list| !list.iter().any(|schema| self.fits(*schema, value, depth + 1)))
    }

    /// What a schema says in JSON Schema: values of others are written in their own way.
    fn keywords(&self, schema: SchemaId) -> Option<&'a Keywords> {
        match &self.schemas[self.schemas.definition(schema)?].kind {
            SchemaKind::Keywords(keywords) if keywords.language == SchemaLanguage::JsonSchema => Some(keywords),
            _ => None,
        }
    }
}

/// What is wrong with a value, apart from what is in it.
fn own_fault<'a>(keywords: &'a Keywords, value: &Value) -> Option<Fault<'a>> {
    if !has_type(keywords, value) {
        return Some(Fault::Type);
    }
    let is_null = *value == Value::Null && keywords.nullable;
    let lists = |values: &Vec<Value>| is_null || values.iter().any(|listed| are_same(listed, value));
    if !keywords.values.as_ref().is_none_or(lists) {
        return Some(Fault::Unlisted);
    }
    let Value::Mapping(entries) = value else { return None };
    let missing = keywords.required.iter().filter(|name| !entries.contains_key(*name));
    let missing: Vec<&str> = missing.map(String::as_str).collect();
    (!missing.is_empty()).then_some(Fault::Missing(missing))
}

fn has_type(keywords: &Keywords, value: &Value) -> bool {
    let is_whole = matches!(value, Value::Float(number) if number.fract() == 0.0);
    keywords.types.is_empty()
        || match JsonType::of_value(value) {
            None => keywords.nullable,
            Some(JsonType::Number) if is_whole => {
                keywords.types.iter().any(|allowed| allowed.overlaps(JsonType::Number))
            }
            Some(JsonType::Integer) => keywords.types.iter().any(|allowed| allowed.overlaps(JsonType::Integer)),
            Some(own) => keywords.types.contains(&own),
        }
}

/// Whether JSON Schema takes two values for one: `1.0` is `1`.
fn are_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        // Equal is what they have to be, and beyond 2^53 nobody writes floats.
        #[allow(clippy::cast_precision_loss, clippy::float_cmp)]
        (Value::Integer(whole), Value::Float(number)) | (Value::Float(number), Value::Integer(whole)) => {
            *whole as f64 == *number
        }
        (Value::Sequence(ones), Value::Sequence(others)) => {
            ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| are_same(one, other))
        }
        (Value::Mapping(ones), Value::Mapping(others)) => {
            let is_in_others = |(key, one)| others.get(key).is_some_and(|other| are_same(one, other));
            ones.len() == others.len() && ones.iter().all(is_in_others)
        }
        _ => one == other,
    }
}

/// What else must fit. Properties whose names only a pattern describes are left out.
fn parts<'a>(keywords: &Keywords, value: &'a Value) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> =
        keywords.all_of.iter().map(|schema| Part { schema: *schema, value, step: None }).collect();
    match value {
        Value::Mapping(entries) => {
            let described: BTreeMap<&str, SchemaId> =
                keywords.properties.iter().map(|(name, schema)| (name.as_str(), *schema)).collect();
            let others = keywords.additional_properties.filter(|_| keywords.pattern_properties.is_empty());
            parts.extend(entries.iter().filter_map(|(name, value)| {
                let schema = described.get(name.as_str()).copied().or(others)?;
                Some(Part { schema, value, step: Some(name.clone()) })
            }));
        }
        Value::Sequence(items) => parts.extend(items.iter().enumerate().filter_map(|(index, value)| {
            let schema = keywords.tuple.get(index).copied().or(keywords.items)?;
            Some(Part { schema, value, step: Some(index.to_string()) })
        })),
        _ => {}
    }
    parts
}
