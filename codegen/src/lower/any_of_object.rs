//! Objects together: `anyOf` of those that may hold at once, as one object, and alternatives with what they share.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::{merge, union};
use crate::document::{Keywords, SchemaId, Schemas};

/// The object of all alternatives; `None` where they cannot hold together, or where a property tells which does.
pub(super) fn of(schemas: &Schemas, merged: &Keywords, alternatives: &[SchemaId]) -> Option<Keywords> {
    if !merged.one_of.is_empty() || union::tag(schemas, Some(merged), alternatives).is_some() {
        return None;
    }
    let parts: Vec<Cow<'_, Keywords>> =
        alternatives.iter().map(|id| merge::flat_of(schemas, *id)).collect::<Option<_>>()?;
    let is_plain = |part: &Cow<'_, Keywords>| {
        (!part.properties.is_empty() || union::only_requires(part))
            && part.additional.is_none()
            && part.pattern_properties.is_empty()
            && part.one_of.is_empty()
            && part.any_of.is_empty()
            && !part.nullable
    };
    if !parts.iter().all(is_plain) {
        return None;
    }
    let mut both = Keywords { any_of: Vec::new(), ..merged.clone() };
    for part in &parts {
        both.conditional.extend(part.conditional.iter().cloned());
        for (name, id) in &part.properties {
            match both.properties.iter().find(|(known, _)| known == name) {
                None => both.properties.push((name.clone(), *id)),
                Some((_, known)) if same_property(schemas, *known, *id) => {}
                Some(_) => return None,
            }
        }
    }
    let is_named = |name: &String| both.properties.iter().any(|(known, _)| known == name);
    if !parts.iter().filter(|part| part.properties.is_empty()).all(|part| part.required.iter().all(is_named)) {
        return None;
    }
    both.required.extend(required_by_all(&parts));
    let mut seen = BTreeSet::new();
    both.required.retain(|name| seen.insert(name.clone()));
    Some(both)
}

/// What all alternatives of a schema share: what it says itself, and the properties of the alternatives that one of its parts
/// lists beside them. Each of those may be there with each of these, so none of them has to be.
pub(super) fn combined_properties(schemas: &Schemas, merged: &Keywords) -> Keywords {
    let mut base = Keywords { one_of: Vec::new(), any_of: Vec::new(), further: Vec::new(), ..merged.clone() };
    let any_of = (!merged.one_of.is_empty()).then_some(&merged.any_of);
    for alternative in merged.further.iter().chain(any_of).flatten() {
        let Some(part) = merge::flat_of(schemas, *alternative) else { continue };
        for (name, id) in &part.properties {
            if !base.properties.iter().any(|(known, _)| known == name) {
                base.properties.push((name.clone(), *id));
            }
        }
    }
    base
}

/// Whether an alternative says all that alternatives share by itself, as one that builds on the same base does.
pub(super) fn is_said_by(schemas: &Schemas, base: &Keywords, id: SchemaId) -> bool {
    let Some(part) = merge::flat_of(schemas, id) else { return false };
    let properties: HashMap<&str, SchemaId> = part.properties.iter().map(|(name, id)| (name.as_str(), *id)).collect();
    let required: HashSet<&String> = part.required.iter().collect();
    let is_one = |one: SchemaId, other: SchemaId| schemas.definition(one) == schemas.definition(other);
    let says_no_more = base.pattern_properties.is_empty()
        && base.conditional.is_empty()
        && base.values.is_none()
        && base.further.is_empty();
    says_no_more
        && (base.types.is_empty() || base.types == part.types)
        && base.additional.is_none_or(|shared| part.additional.is_some_and(|own| is_one(shared, own)))
        && base.required.iter().all(|name| required.contains(name))
        && base
            .properties
            .iter()
            .all(|(name, shared)| properties.get(name.as_str()).is_some_and(|own| is_one(*shared, *own)))
}

fn required_by_all(parts: &[Cow<'_, Keywords>]) -> Vec<String> {
    let Some((first, others)) = parts.split_first() else { return Vec::new() };
    let by_others = |name: &&String| others.iter().all(|part| part.required.contains(name));
    first.required.iter().filter(by_others).cloned().collect()
}

/// Whether two schemas are one, or say the same of plain values.
fn same_property(schemas: &Schemas, one: SchemaId, other: SchemaId) -> bool {
    let nullable = |id| merge::flat_of(schemas, id).map(|merged| merged.nullable);
    is_alike_apart_from_null(schemas, one, other) && nullable(one) == nullable(other)
}

/// The same where one of them may allow `null` and the other not.
pub(super) fn is_alike_apart_from_null(schemas: &Schemas, one: SchemaId, other: SchemaId) -> bool {
    if schemas.definition(one) == schemas.definition(other) {
        return true;
    }
    let (Some(one), Some(other)) = (merge::flat_of(schemas, one), merge::flat_of(schemas, other)) else { return false };
    let is_plain = |keywords: &Keywords| {
        keywords.properties.is_empty()
            && keywords.conditional.is_empty()
            && keywords.additional.is_none()
            && keywords.items.is_none()
            && keywords.tuple.is_empty()
            && keywords.one_of.is_empty()
            && keywords.any_of.is_empty()
    };
    is_plain(&one)
        && is_plain(&other)
        && (&one.types, &one.format, &one.values, one.bounds)
            == (&other.types, &other.format, &other.values, other.bounds)
}
