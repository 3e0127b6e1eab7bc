//! Reports `allOf`s whose parts exclude each other, so that no value is valid.
//!
//! ```yaml
//! allOf: [{type: string}, {type: integer}]
//! allOf: [{enum: [a, b]}, {const: c}]
//! allOf: [{minimum: 10}, {maximum: 5}]
//! ```
//!
//! This is an error where a value must be present, and a warning where the value can only be absent.

use super::merge::{self, Bounds, intersect_bounds};
use super::nullability::allows_null;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{JsonType, Keywords, SchemaId, Schemas};
use crate::json::Value;
use crate::location::Location;

/// Reports every part that excludes the parts before it.
pub(super) fn check(schemas: &Schemas, diagnostics: &Diagnostics) {
    let all = schemas.in_order().into_iter();
    for keywords in all.filter_map(|id| schemas.own_keywords(id)).filter(|keywords| !keywords.all_of.is_empty()) {
        let mut allowed = Domain::new(&Keywords { all_of: Vec::new(), ..keywords.clone() });
        for (index, id) in keywords.all_of.iter().enumerate() {
            let Some(part) = merge::merged_schema(schemas, *id) else { continue };
            if let Some(reason) = allowed.intersect(&part) {
                let at = keywords.at.join("allOf").join(&index.to_string());
                // An `allOf` that normalization added is not in the document.
                let at = if schemas.at(&at).is_some() { &at } else { &schemas[*id].at };
                diagnostics.push(unsatisfiable(at, &reason, presence(schemas, &keywords.at)));
                break;
            }
        }
    }
}

/// Whether no value is valid against all of these schemas.
pub(super) fn is_unsatisfiable(schemas: &Schemas, ids: &[SchemaId]) -> bool {
    let mut allowed = Domain::new(&Keywords::default());
    ids.iter().filter_map(|id| merge::merged_schema(schemas, *id)).any(|part| allowed.intersect(&part).is_some())
}

/// Whether a value must be present.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ValuePresence {
    Required,
    /// It may be absent, or another alternative may be used.
    Optional,
}

/// Whether the schemas around a location need a value there.
fn presence(schemas: &Schemas, at: &Location) -> ValuePresence {
    let mut at = at.clone();
    // The property on the way up that has not been found to be required yet.
    let mut property: Option<String> = None;
    loop {
        let steps: Vec<String> = at.pointer.steps().collect();
        let root = Location { file: at.file, ..Location::root() };
        let ancestor = |count: usize| steps[..count].iter().fold(root.clone(), |at, step| at.join(step));
        let Some((count, id)) = (0..steps.len()).rev().find_map(|count| Some((count, schemas.at(&ancestor(count))?)))
        else {
            return if property.is_none() { ValuePresence::Required } else { ValuePresence::Optional };
        };
        let path: Vec<&str> = steps[count..].iter().map(String::as_str).collect();
        let path = path.strip_prefix(&["allOf", "all"]).unwrap_or(&path);
        match (path, &property) {
            (["properties", name], None) => property = Some((*name).to_owned()),
            (["allOf", ..], _) => {}
            _ => return ValuePresence::Optional,
        }
        // A value that is not an object has no properties, so the `allOf` of a property does not matter to it.
        let requires = |name: &String| {
            let merged = merge::merged_schema(schemas, id);
            merged.is_some_and(|merged| {
                merged.types == [JsonType::Object] && !allows_null(&merged) && merged.required.contains(name)
            })
        };
        property = property.filter(|name| !requires(name));
        at = ancestor(count);
    }
}

fn unsatisfiable(at: &Location, reason: &str, presence: ValuePresence) -> Diagnostic {
    let (severity, message) = match presence {
        ValuePresence::Required => {
            (Severity::Error, format!("no value is valid against all parts of this `allOf`: {reason}"))
        }
        ValuePresence::Optional => (
            Severity::Warning,
            format!("this value can only be absent, because no value is valid against all parts of `allOf`: {reason}"),
        ),
    };
    Diagnostic::new(severity, at, message).with_help("make the parts agree, or list them under `oneOf`")
}

/// The values that the parts seen so far allow.
struct Domain {
    types: Vec<JsonType>,
    is_nullable: bool,
    values: Option<Vec<Value>>,
    bounds: Bounds,
    length: Bounds,
}

impl Domain {
    fn new(keywords: &Keywords) -> Self {
        Self {
            types: keywords.types.clone(),
            is_nullable: allows_null(keywords),
            values: keywords.values.clone(),
            bounds: keywords.integer_bounds,
            length: keywords.item_count,
        }
    }

    /// Removes the values that a part does not allow. Returns the reason if none is left.
    fn intersect(&mut self, part: &Keywords) -> Option<String> {
        // If all parts allow `null`, it is valid whatever else they require.
        self.is_nullable = self.is_nullable && allows_null(part);
        let types = merge::common_types(&self.types, &part.types);
        if types.is_empty() && !(self.types.is_empty() || part.types.is_empty() || self.is_nullable) {
            return Some(format!("{} is not {}", type_names(&part.types), type_names(&self.types)));
        }
        self.types = types;
        self.values = match (self.values.take(), &part.values) {
            (Some(values), Some(others)) => Some(values.into_iter().filter(|value| others.contains(value)).collect()),
            (values, others) => values.or_else(|| others.clone()),
        };
        if self.values.as_ref().is_some_and(Vec::is_empty) {
            return Some("the lists of values have no value in common".to_owned());
        }
        self.bounds = intersect_bounds(self.bounds, part.integer_bounds);
        // Bounds are known as integers. Between them there may be other numbers.
        if is_empty_range(self.bounds) && self.types == [JsonType::Integer] {
            return Some("the minimum is above the maximum".to_owned());
        }
        self.length = intersect_bounds(self.length, part.item_count);
        (is_empty_range(self.length) && self.types == [JsonType::Array])
            .then(|| "`minItems` is above `maxItems`".to_owned())
    }
}

fn is_empty_range(bounds: Bounds) -> bool {
    matches!(bounds, (Some(minimum), Some(maximum)) if minimum > maximum)
}

/// `a string or an integer`.
fn type_names(types: &[JsonType]) -> String {
    let names = types.iter().map(|json_type| match json_type {
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::String => "a string",
        JsonType::Array => "an array",
        JsonType::Object => "an object",
    });
    names.collect::<Vec<_>>().join(" or ")
}
