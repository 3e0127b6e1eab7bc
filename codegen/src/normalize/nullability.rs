//! Whether `null` is a valid value of a schema.
//!
//! ```yaml
//! allOf: [{minLength: 1}, {type: [string, 'null']}]   # allows `null`: the first part restricts only strings
//! ```

use std::collections::BTreeSet;

use super::listed_alternatives;
use crate::document::{Keywords, SchemaId, Schemas};
use crate::json::Value;

/// Whether the keywords of a schema allow `null`, its parts and alternatives left aside. A schema without a type does.
pub(super) fn allows_null(keywords: &Keywords) -> bool {
    mentions_null(keywords) || keywords.types.is_empty() && keywords.values.is_none()
}

/// Whether `null` is among the types or the values, or OpenAPI's `nullable` is set.
fn mentions_null(keywords: &Keywords) -> bool {
    keywords.nullable || keywords.values.iter().flatten().any(|value| *value == Value::Null)
}

/// Whether a schema allows nothing but `null`.
pub(super) fn allows_only_null(schemas: &Schemas, id: SchemaId) -> bool {
    schemas.keywords(id).is_some_and(|keywords| {
        let only_null = |values: &Vec<Value>| values.iter().all(|value| *value == Value::Null);
        keywords.types.is_empty()
            && (keywords.nullable || keywords.values.as_ref().is_some_and(only_null))
            && keywords.properties.is_empty()
            && keywords.one_of.is_empty()
            && keywords.all_of.is_empty()
    })
}

/// Whether a schema allows `null` explicitly, itself or with a part or an alternative, and no part of its `allOf`
/// excludes `null`.
pub(crate) fn is_nullable(schemas: &Schemas, id: SchemaId) -> bool {
    let Some(keywords) = schemas.keywords(id) else { return false };
    if declares_null(schemas, keywords) {
        return true;
    }
    let parts = all_parts(schemas, keywords);
    parts.iter().any(|part| declares_null(schemas, part))
        && parts.iter().chain([&keywords]).all(|part| declares_null(schemas, part) || has_no_type(part))
}

fn declares_null(schemas: &Schemas, keywords: &Keywords) -> bool {
    let alternatives = [listed_alternatives(schemas, keywords), keywords.any_of.clone()].concat();
    mentions_null(keywords) || alternatives.into_iter().any(|id| allows_only_null(schemas, id))
}

/// Whether a schema has no keyword that restricts the type of a value.
fn has_no_type(keywords: &Keywords) -> bool {
    keywords.types.is_empty() && keywords.values.is_none() && keywords.one_of.is_empty() && keywords.any_of.is_empty()
}

/// The parts of a schema's `allOf`, and their parts.
fn all_parts<'a>(schemas: &'a Schemas, keywords: &'a Keywords) -> Vec<&'a Keywords> {
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
