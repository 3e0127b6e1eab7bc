//! `allOf` whose parts exclude each other: no value is all of them, so there is no type to make.
//!
//! ```yaml
//! allOf: [{type: string}, {type: integer}]
//! allOf: [{enum: [a, b]}, {const: c}]
//! allOf: [{minimum: 10}, {maximum: 5}]
//! ```

use super::merge::{self, both};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{JsonType, Keywords, SchemaId, Schemas};
use crate::json::Value;
use crate::location::Location;

/// Reports every part that excludes what stands before it.
///
/// Where the schema stands for something that need not be there, that can only never be there: a warning.
pub(super) fn check(schemas: &Schemas, diagnostics: &Diagnostics) {
    let all = schemas.in_order().into_iter();
    for keywords in all.filter_map(|id| schemas.own_keywords(id)).filter(|keywords| !keywords.all_of.is_empty()) {
        let mut allowed = Domain::new(&Keywords { all_of: Vec::new(), ..keywords.clone() });
        for (index, id) in keywords.all_of.iter().enumerate() {
            let Some(part) = merge::flat_of(schemas, *id) else { continue };
            if let Some(why) = allowed.narrow(&part) {
                let at = keywords.at.join("allOf").join(&index.to_string());
                // What was made of several descriptions is written nowhere as one.
                let at = if schemas.at(&at).is_some() { &at } else { &schemas[*id].at };
                diagnostics.push(excluded(at, &why, need(schemas, &keywords.at)));
                break;
            }
        }
    }
}

/// Whether schemas exclude each other.
pub(super) fn is_unsatisfiable(schemas: &Schemas, ids: &[SchemaId]) -> bool {
    let mut allowed = Domain::new(&Keywords::default());
    ids.iter().filter_map(|id| merge::flat_of(schemas, *id)).any(|part| allowed.narrow(&part).is_some())
}

/// Whether a value has to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NeedsValue {
    Always,
    /// It may be absent, or something else may stand in its place.
    Never,
}

/// Whether whatever holds a schema needs a value of it.
fn need(schemas: &Schemas, at: &Location) -> NeedsValue {
    let mut at = at.clone();
    // Properties that have to be there for the schemas on the way to hold.
    let mut name: Option<String> = None;
    loop {
        let steps: Vec<String> = at.pointer.steps().collect();
        let root = Location { file: at.file, ..Location::root() };
        let above = |count: usize| steps[..count].iter().fold(root.clone(), |at, step| at.join(step));
        let Some((count, id)) = (0..steps.len()).rev().find_map(|count| Some((count, schemas.at(&above(count))?)))
        else {
            return if name.is_none() { NeedsValue::Always } else { NeedsValue::Never };
        };
        let way: Vec<&str> = steps[count..].iter().map(String::as_str).collect();
        let way = way.strip_prefix(&["allOf", "all"]).unwrap_or(&way);
        match (way, &name) {
            (["properties", property], None) => name = Some((*property).to_owned()),
            (["allOf", ..], _) => {}
            _ => return NeedsValue::Never,
        }
        // What is no object has no properties, and so none that contradict each other.
        let asks = |name: &String| {
            let merged = merge::flat_of(schemas, id);
            merged.is_some_and(|merged| {
                merged.types == [JsonType::Object] && !allows_null(&merged) && merged.required.contains(name)
            })
        };
        name = name.filter(|name| !asks(name));
        at = above(count);
    }
}

fn excluded(at: &Location, why: &str, need: NeedsValue) -> Diagnostic {
    let (severity, message) = match need {
        NeedsValue::Always => (Severity::Error, format!("no value is all that `allOf` asks for: {why}")),
        NeedsValue::Never => {
            (Severity::Warning, format!("there is never a value here, for none is all that is asked for: {why}"))
        }
    };
    Diagnostic::new(severity, at, message).with_help("let its parts agree, or make alternatives of them with `oneOf`")
}

/// What is allowed so far.
struct Domain {
    types: Vec<JsonType>,
    is_nullable: bool,
    values: Option<Vec<Value>>,
    bounds: (Option<i128>, Option<i128>),
    length: (Option<i128>, Option<i128>),
}

impl Domain {
    fn new(keywords: &Keywords) -> Self {
        Self {
            types: keywords.types.clone(),
            is_nullable: allows_null(keywords),
            values: keywords.values.clone(),
            bounds: keywords.bounds,
            length: keywords.length,
        }
    }

    /// Takes what a part says into account; why nothing is left, where nothing is.
    fn narrow(&mut self, part: &Keywords) -> Option<String> {
        // `null` is a value of all that allow it, whatever else they ask for.
        self.is_nullable = self.is_nullable && allows_null(part);
        let types = merge::common(&self.types, &part.types);
        if types.is_empty() && !(self.types.is_empty() || part.types.is_empty() || self.is_nullable) {
            return Some(format!("{} is not {}", words(&part.types), words(&self.types)));
        }
        self.types = types;
        self.values = match (self.values.take(), &part.values) {
            (Some(ours), Some(theirs)) => Some(ours.into_iter().filter(|value| theirs.contains(value)).collect()),
            (ours, theirs) => ours.or_else(|| theirs.clone()),
        };
        if self.values.as_ref().is_some_and(Vec::is_empty) {
            return Some("its lists have no value in common".to_owned());
        }
        self.bounds = both(self.bounds, part.bounds);
        // Bounds are known as whole numbers, between which there are others.
        if is_empty_range(self.bounds) && self.types == [JsonType::Integer] {
            return Some("its bounds leave no number".to_owned());
        }
        self.length = both(self.length, part.length);
        (is_empty_range(self.length) && self.types == [JsonType::Array])
            .then(|| "its bounds leave no length".to_owned())
    }
}

fn allows_null(keywords: &Keywords) -> bool {
    keywords.nullable || keywords.types.is_empty()
}

fn is_empty_range(bounds: merge::Bounds) -> bool {
    matches!(bounds, (Some(least), Some(greatest)) if least > greatest)
}

fn words(types: &[JsonType]) -> String {
    let words = types.iter().map(|json_type| match json_type {
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "an integer",
        JsonType::Number => "a number",
        JsonType::String => "a string",
        JsonType::Array => "an array",
        JsonType::Object => "an object",
    });
    words.collect::<Vec<_>>().join(" or ")
}
