//! The alternatives of a schema: what it lists under `oneOf` or `anyOf`, without those that no value needs.

use std::collections::BTreeSet;

use super::merge::{common_types, merged_schema};
use super::nullability::allows_only_null;
use crate::document::{JsonType, Keywords, SchemaId, Schemas};

/// The alternatives that become variants: without `null`, without `false`, each once.
///
/// Empty if all alternatives only list required properties.
pub(crate) fn alternatives(schemas: &Schemas, keywords: &Keywords) -> Vec<SchemaId> {
    let mut seen = BTreeSet::new();
    let is_possible = |id: SchemaId| {
        schemas.definition(id).is_some()
            && !schemas.is_false(id)
            && !allows_only_null(schemas, id)
            && shares_type(schemas, keywords, id)
    };
    let possible = listed_alternatives(schemas, keywords).into_iter().filter(|id| is_possible(*id));
    let possible: Vec<SchemaId> = possible.filter(|id| seen.insert(schemas.definition(*id))).collect();
    let describes_nothing = possible.iter().all(|id| schemas.keywords(*id).is_some_and(only_requires));
    if describes_nothing { Vec::new() } else { possible }
}

/// The schemas under `oneOf`, or under `anyOf` if there is no `oneOf`.
///
/// A union that refers to itself through other unions is flattened into one list: the reference back allows nothing
/// new.
pub(crate) fn listed_alternatives(schemas: &Schemas, keywords: &Keywords) -> Vec<SchemaId> {
    let listed = |keywords: &Keywords| {
        if keywords.one_of.is_empty() { keywords.any_of.clone() } else { keywords.one_of.clone() }
    };
    let own = listed(keywords);
    let Some(start) = schemas.at(&keywords.at).filter(|id| schemas.in_same_cycle(*id, *id)) else { return own };
    let mut seen = BTreeSet::from([start]);
    let mut pending: Vec<SchemaId> = own.into_iter().rev().collect();
    let mut found = Vec::new();
    while let Some(id) = pending.pop() {
        let in_cycle = schemas.definition(id).filter(|definition| schemas.in_same_cycle(start, *definition));
        match (in_cycle, merged_schema(schemas, id)) {
            (Some(definition), _) if seen.contains(&definition) => {}
            (Some(definition), Some(merged)) if is_only_a_union(&merged) => {
                seen.insert(definition);
                pending.extend(listed(&merged).into_iter().rev());
            }
            _ => found.push(id),
        }
    }
    found
}

fn is_only_a_union(keywords: &Keywords) -> bool {
    keywords.types.is_empty()
        && keywords.properties.is_empty()
        && keywords.required.is_empty()
        && keywords.values.is_none()
        && keywords.items.is_none()
        && keywords.additional_properties.is_none()
}

/// Whether an alternative allows a type that the schema itself allows, if that schema allows only scalar types.
fn shares_type(schemas: &Schemas, keywords: &Keywords, id: SchemaId) -> bool {
    let is_scalar = |types: &[JsonType]| {
        !types.is_empty() && !types.iter().any(|json_type| matches!(json_type, JsonType::Array | JsonType::Object))
    };
    let types = schemas.keywords(id).map(|alternative| alternative.types.as_slice()).unwrap_or_default();
    !is_scalar(&keywords.types) || types.is_empty() || !common_types(&keywords.types, types).is_empty()
}

/// Whether a schema only lists required properties.
pub(crate) fn only_requires(keywords: &Keywords) -> bool {
    !keywords.required.is_empty()
        && keywords.types.is_empty()
        && keywords.properties.is_empty()
        && keywords.values.is_none()
        && keywords.all_of.is_empty()
        && keywords.any_of.is_empty()
        && keywords.one_of.is_empty()
        && keywords.items.is_none()
        && keywords.additional_properties.is_none()
        && keywords.format.is_none()
}
