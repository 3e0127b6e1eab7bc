//! `allOf` whose parts exclude each other: no value is all of them, so there is no type to make.
//!
//! ```yaml
//! allOf: [{type: string}, {type: integer}]
//! allOf: [{enum: [a, b]}, {const: c}]
//! allOf: [{minimum: 10}, {maximum: 5}]
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::merge;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{JsonType, Keywords, Place, SchemaId, Schemas, Value};

/// Reports every part that excludes what stands before it.
pub(super) fn check(schemas: &Schemas, diagnostics: &Diagnostics) {
    let all = schemas.places().filter_map(|place| schemas.at(place));
    for keywords in all.filter_map(|id| schemas.own_keywords(id)).filter(|keywords| !keywords.all_of.is_empty()) {
        let mut allowed = Allowed::new(&Keywords { all_of: Vec::new(), ..keywords.clone() });
        for (index, part) in keywords.all_of.iter().enumerate() {
            let Some(part) = merge::flat_of(schemas, *part) else { continue };
            if let Some(why) = allowed.narrow(&part) {
                let at = keywords.at.join("allOf").join(&index.to_string());
                diagnostics.push(excluded(&at, &why));
                break;
            }
        }
        let merged = merge::flat(schemas, keywords);
        // What is no object has no properties, and so none that contradict each other.
        if merged.types != [JsonType::Object] {
            continue;
        }
        let required: BTreeSet<String> = merged.required.into_iter().collect();
        let twice =
            described(schemas, keywords).into_iter().filter(|(name, ids)| ids.len() > 1 && required.contains(name));
        for (_, ids) in twice {
            let mut described = ids.iter().filter_map(|id| merge::flat_of(schemas, *id));
            let Some(first) = described.next() else { continue };
            let mut allowed = Allowed::new(&first);
            if let Some((at, why)) = described.find_map(|other| Some((other.at.clone(), allowed.narrow(&other)?))) {
                diagnostics.push(excluded(&at, &why));
            }
        }
    }
}

fn excluded(at: &Place, why: &str) -> Diagnostic {
    Diagnostic::new(Severity::Error, at, format!("no value is all that `allOf` asks for: {why}"))
        .with_cure("let its parts agree, or make alternatives of them with `oneOf`")
}

/// What the parts of a schema say of each property, and then what it says itself.
fn described(schemas: &Schemas, keywords: &Keywords) -> BTreeMap<String, Vec<SchemaId>> {
    let parts = keywords.all_of.iter().filter_map(|part| merge::flat_of(schemas, *part));
    let properties = parts.flat_map(|part| part.properties).chain(keywords.properties.iter().cloned());
    let mut described: BTreeMap<String, Vec<SchemaId>> = BTreeMap::new();
    for (name, id) in properties {
        let ids = described.entry(name).or_default();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    described
}

/// What is allowed so far.
struct Allowed {
    types: Vec<JsonType>,
    is_nullable: bool,
    values: Option<Vec<Value>>,
    bounds: (Option<i128>, Option<i128>),
    length: (Option<i128>, Option<i128>),
}

impl Allowed {
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
        if is_crossed(self.bounds) && self.types == [JsonType::Integer] {
            return Some("its bounds leave no number".to_owned());
        }
        self.length = both(self.length, part.length);
        (is_crossed(self.length) && self.types == [JsonType::Array]).then(|| "its bounds leave no length".to_owned())
    }
}

fn allows_null(keywords: &Keywords) -> bool {
    keywords.nullable || keywords.types.is_empty()
}

type Bounds = (Option<i128>, Option<i128>);

fn both(ours: Bounds, theirs: Bounds) -> Bounds {
    (ours.0.max(theirs.0), [ours.1, theirs.1].into_iter().flatten().min())
}

fn is_crossed(bounds: Bounds) -> bool {
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
