//! Where `null` is a value: it has to be one to every part of an `allOf`, and a part that names no type has nothing against it.
//!
//! ```yaml
//! allOf: [{minLength: 1}, {type: [string, 'null']}]
//! ```

use std::collections::BTreeSet;

use super::union;
use crate::document::{Keywords, SchemaId, Schemas};
use crate::json::Value;

/// Whether a schema says that its values may be `null`; one that says nothing of types does not.
pub(super) fn is_nullable(schemas: &Schemas, id: SchemaId) -> bool {
    let Some(keywords) = schemas.keywords(id) else { return false };
    if says(schemas, keywords) {
        return true;
    }
    let parts = parts(schemas, keywords);
    parts.iter().any(|part| says(schemas, part))
        && parts.iter().chain([&keywords]).all(|part| says(schemas, part) || has_no_type(part))
}

fn says(schemas: &Schemas, keywords: &Keywords) -> bool {
    let all = [union::listed(schemas, keywords), keywords.any_of.clone()].concat();
    keywords.nullable
        || keywords.values.iter().flatten().any(|value| *value == Value::Null)
        || all.into_iter().any(|id| union::is_null(schemas, id))
}

/// Whether nothing is said of the type of values.
fn has_no_type(keywords: &Keywords) -> bool {
    keywords.types.is_empty() && keywords.values.is_none() && keywords.one_of.is_empty() && keywords.any_of.is_empty()
}

/// The parts of a schema, and theirs.
fn parts<'a>(schemas: &'a Schemas, keywords: &'a Keywords) -> Vec<&'a Keywords> {
    let mut seen = BTreeSet::from([&keywords.at]);
    let mut found = Vec::new();
    let mut pending: Vec<SchemaId> = keywords.all_of.clone();
    while let Some(id) = pending.pop() {
        let Some(part) = schemas.keywords(id).filter(|part| seen.insert(&part.at)) else { continue };
        found.push(part);
        pending.extend(&part.all_of);
    }
    found
}
