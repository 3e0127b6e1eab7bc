//! Alternatives that are objects: an `anyOf` whose objects may be valid together becomes one struct.
//!
//! ```yaml
//! anyOf: [{properties: {a: {type: string}}}, {properties: {b: {type: string}}}]   # struct { a, b }
//! ```

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::union;
use crate::document::{Keywords, SchemaId, Schemas};
use crate::normalize::{merge, only_requires};

/// The object with the properties of all alternatives. `None` if they cannot be valid together, or if a tag selects
/// one.
pub(super) fn combined_object(schemas: &Schemas, merged: &Keywords, alternatives: &[SchemaId]) -> Option<Keywords> {
    if !merged.one_of.is_empty() || union::find_tag(schemas, Some(merged), alternatives).is_some() {
        return None;
    }
    let parts: Vec<Cow<'_, Keywords>> =
        alternatives.iter().map(|id| merge::merged_schema(schemas, *id)).collect::<Option<_>>()?;
    let has_only_properties = |part: &Cow<'_, Keywords>| {
        (!part.properties.is_empty() || only_requires(part))
            && part.additional_properties.is_none()
            && part.pattern_properties.is_empty()
            && part.one_of.is_empty()
            && part.any_of.is_empty()
            && !part.nullable
    };
    if !parts.iter().all(has_only_properties) {
        return None;
    }
    let mut combined = Keywords { any_of: Vec::new(), ..merged.clone() };
    for part in &parts {
        combined.conditional_properties.extend(part.conditional_properties.iter().cloned());
        for (name, id) in &part.properties {
            match combined.properties.iter().find(|(known, _)| known == name) {
                None => combined.properties.push((name.clone(), *id)),
                Some((_, known)) if are_equal(schemas, *known, *id) => {}
                Some(_) => return None,
            }
        }
    }
    let is_property = |name: &String| combined.properties.iter().any(|(known, _)| known == name);
    if !parts.iter().filter(|part| part.properties.is_empty()).all(|part| part.required.iter().all(is_property)) {
        return None;
    }
    combined.required.extend(required_by_all(&parts));
    let mut seen = BTreeSet::new();
    combined.required.retain(|name| seen.insert(name.clone()));
    Some(combined)
}

/// The keywords that all alternatives of a schema share: its own keywords, and the properties of the alternatives in
/// other lists. Those properties are optional, because any alternative of the other list may be the valid one.
pub(super) fn shared_keywords(schemas: &Schemas, merged: &Keywords) -> Keywords {
    let mut shared =
        Keywords { one_of: Vec::new(), any_of: Vec::new(), further_alternatives: Vec::new(), ..merged.clone() };
    let any_of = (!merged.one_of.is_empty()).then_some(&merged.any_of);
    for alternative in merged.further_alternatives.iter().chain(any_of).flatten() {
        let Some(part) = merge::merged_schema(schemas, *alternative) else { continue };
        for (name, id) in &part.properties {
            if !shared.properties.iter().any(|(known, _)| known == name) {
                shared.properties.push((name.clone(), *id));
            }
        }
    }
    shared
}

/// Whether an alternative has the shared keywords itself, because it extends the same base.
pub(super) fn includes_shared(schemas: &Schemas, shared: &Keywords, id: SchemaId) -> bool {
    let Some(part) = merge::merged_schema(schemas, id) else { return false };
    let properties: HashMap<&str, SchemaId> = part.properties.iter().map(|(name, id)| (name.as_str(), *id)).collect();
    let required: HashSet<&String> = part.required.iter().collect();
    let is_same = |one: SchemaId, other: SchemaId| schemas.definition(one) == schemas.definition(other);
    let has_only_properties = shared.pattern_properties.is_empty()
        && shared.conditional_properties.is_empty()
        && shared.values.is_none()
        && shared.further_alternatives.is_empty();
    has_only_properties
        && (shared.types.is_empty() || shared.types == part.types)
        && shared
            .additional_properties
            .is_none_or(|shared| part.additional_properties.is_some_and(|own| is_same(shared, own)))
        && shared.required.iter().all(|name| required.contains(name))
        && shared
            .properties
            .iter()
            .all(|(name, shared)| properties.get(name.as_str()).is_some_and(|own| is_same(*shared, *own)))
}

fn required_by_all(parts: &[Cow<'_, Keywords>]) -> Vec<String> {
    let Some((first, others)) = parts.split_first() else { return Vec::new() };
    let by_others = |name: &&String| others.iter().all(|part| part.required.contains(name));
    first.required.iter().filter(by_others).cloned().collect()
}

/// Whether two schemas are the same schema, or equal scalar schemas.
fn are_equal(schemas: &Schemas, one: SchemaId, other: SchemaId) -> bool {
    let is_nullable = |id| merge::merged_schema(schemas, id).map(|merged| merged.nullable);
    merge::are_equal_except_null(schemas, one, other) && is_nullable(one) == is_nullable(other)
}
