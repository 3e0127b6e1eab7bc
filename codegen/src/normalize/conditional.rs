//! Finds properties that only conditions mention (`if`, `then`, `else`, `dependencies`). They become optional fields.
//!
//! ```yaml
//! properties: {kind: {type: string}}
//! if: {properties: {kind: {const: card}}}
//! then: {properties: {number: {type: string}}}
//! # adds the conditional property `number`: {type: string}
//! ```
//!
//! If conditions describe a property differently, it gets an `anyOf` of their schemas. A condition holds only for some
//! values, so these properties are kept apart from `properties`, which validation uses.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use indexmap::IndexMap;

use super::merge;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{ConditionalProperty, Dependency, Keywords, SchemaId, SchemaKind, Schemas};

/// Adds the conditional properties of each schema, and a schema for each property that several conditions describe.
pub(super) fn add_conditional_properties(schemas: &mut Schemas, diagnostics: &Diagnostics) {
    let all = schemas.in_order();
    let found = all.iter().filter_map(|id| Some((*id, properties_in_conditions(schemas, schemas.own_keywords(*id)?))));
    let found: Vec<(SchemaId, Vec<(String, ConditionalProperty)>)> =
        found.filter(|(_, found)| !found.is_empty()).collect();
    if found.is_empty() {
        return;
    }
    for (id, found) in found {
        schemas.add_conditional_properties(id, found);
    }
    let mut pending: VecDeque<SchemaId> = all.into();
    let mut reported = BTreeSet::new();
    while let Some(id) = pending.pop_front() {
        let Some(keywords) = schemas.own_keywords(id).filter(|keywords| may_have_conditional(keywords)) else {
            continue;
        };
        let merged = merge::merged(schemas, keywords);
        let described = described_properties(&merged);
        if described.is_empty() {
            continue;
        }
        let merged = merged.into_owned();
        for (name, parts) in described {
            match merged.properties.iter().find(|(known, _)| *known == name) {
                Some((_, property)) => {
                    let changed =
                        add_to_object_property(schemas, &merged, *property, &parts, &mut reported, diagnostics);
                    pending.extend(changed);
                }
                None => add_any_of(schemas, &merged, &name, parts),
            }
        }
    }
}

fn may_have_conditional(keywords: &Keywords) -> bool {
    !keywords.conditional_properties.is_empty() || !keywords.all_of.is_empty()
}

/// The conditional properties of merged keywords that are not in `properties`, each once.
pub(crate) fn conditional_properties<'a>(
    schemas: &Schemas,
    merged: &'a Keywords,
) -> Vec<(&'a str, ConditionalProperty)> {
    if merged.conditional_properties.is_empty() {
        return Vec::new();
    }
    // If `additionalProperties` has a type, these properties are values of the map.
    let is_typed = |id| !matches!(schemas[id].kind, SchemaKind::Anything | SchemaKind::Nothing);
    if merged.additional_properties.is_some_and(is_typed) {
        return Vec::new();
    }
    let known: BTreeSet<&str> = merged.properties.iter().map(|(name, _)| name.as_str()).collect();
    let mut mentions: IndexMap<&str, Vec<ConditionalProperty>> = IndexMap::new();
    for (name, mention) in merged.conditional_properties.iter().filter(|(name, _)| !known.contains(name.as_str())) {
        mentions.entry(name).or_default().push(*mention);
    }
    let mentions = mentions.into_iter();
    mentions.map(|(name, mentions)| (name, combine(schemas, merged, name, &mentions))).collect()
}

/// The most precise of several mentions of a property.
fn combine(schemas: &Schemas, merged: &Keywords, name: &str, mentions: &[ConditionalProperty]) -> ConditionalProperty {
    let described: Vec<SchemaId> = mentions.iter().filter_map(|mention| described_by(*mention)).collect();
    match dedup_schemas(schemas, described)[..] {
        [] => *mentions
            .iter()
            .find(|mention| matches!(mention, ConditionalProperty::Tested(_)))
            .unwrap_or(&ConditionalProperty::Named),
        [only] => ConditionalProperty::Described(only),
        _ => {
            let any_of = schemas.intersection(&merged.at.join("properties").join(name));
            any_of.map_or(ConditionalProperty::Named, ConditionalProperty::Described)
        }
    }
}

/// The schemas without duplicates. Of two schemas that differ only in `null`, the one that allows it stays.
fn dedup_schemas(schemas: &Schemas, all: Vec<SchemaId>) -> Vec<SchemaId> {
    let mut distinct: Vec<SchemaId> = Vec::new();
    for id in all {
        match distinct.iter_mut().find(|known| merge::are_equal_except_null(schemas, **known, id)) {
            Some(known) if !schemas.keywords(*known).is_some_and(|keywords| keywords.nullable) => *known = id,
            Some(_) => {}
            None => distinct.push(id),
        }
    }
    distinct
}

fn described_by(mention: ConditionalProperty) -> Option<SchemaId> {
    match mention {
        ConditionalProperty::Described(id) => Some(id),
        ConditionalProperty::Named | ConditionalProperty::Tested(_) => None,
    }
}

/// Whether conditions describe the values of properties, and not only whether the properties are present.
pub(crate) fn describes_conditional(schemas: &Schemas, merged: &Keywords) -> bool {
    let properties = conditional_properties(schemas, merged);
    properties.iter().any(|(_, mention)| matches!(mention, ConditionalProperty::Described(_)))
}

/// The properties that the conditions of a schema mention, nested conditions included. The parts of an `allOf` have
/// their own.
fn properties_in_conditions(schemas: &Schemas, keywords: &Keywords) -> Vec<(String, ConditionalProperty)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::from([&keywords.at]);
    let mut pending = VecDeque::from([keywords]);
    while let Some(keywords) = pending.pop_front() {
        let mut consequences: Vec<SchemaId> = Vec::new();
        for (key, id) in &keywords.assertions.schemas {
            match *key {
                "if" => {
                    let tested = mentions(schemas, *id).into_iter();
                    found.extend(tested.map(|(name, mention)| (name, as_tested(mention))));
                }
                "then" | "else" => consequences.push(*id),
                _ => {}
            }
        }
        for (name, dependency) in &keywords.assertions.dependencies {
            found.push((name.clone(), ConditionalProperty::Named));
            match dependency {
                Dependency::Properties(names) => {
                    found.extend(names.iter().map(|name| (name.clone(), ConditionalProperty::Named)));
                }
                Dependency::Schema(id) => consequences.push(*id),
            }
        }
        for id in consequences {
            found.extend(mentions(schemas, id));
            let mut nested = vec![id];
            while let Some(part) = nested.pop().and_then(|id| schemas.keywords(id)) {
                if seen.insert(&part.at) {
                    pending.push_back(part);
                    nested.extend(&part.all_of);
                }
            }
        }
    }
    found
}

/// The properties that a schema under a condition mentions, itself or in its alternatives.
fn mentions(schemas: &Schemas, id: SchemaId) -> Vec<(String, ConditionalProperty)> {
    let Some(merged) = merge::merged_schema(schemas, id) else { return Vec::new() };
    let alternatives = merged.one_of.iter().chain(&merged.any_of);
    let alternatives: Vec<Cow<'_, Keywords>> =
        alternatives.filter_map(|id| merge::merged_schema(schemas, *id)).collect();
    let mention = |id: SchemaId| {
        let describes_values = schemas.keywords(id).is_some_and(Keywords::is_nonempty);
        if describes_values { ConditionalProperty::Described(id) } else { ConditionalProperty::Tested(id) }
    };
    let mut found = Vec::new();
    for keywords in std::iter::once(&merged).chain(&alternatives) {
        found.extend(keywords.properties.iter().map(|(name, id)| (name.clone(), mention(*id))));
        found.extend(keywords.required.iter().map(|name| (name.clone(), ConditionalProperty::Named)));
    }
    found
}

/// A schema under `if` is a test that values may fail.
fn as_tested(mention: ConditionalProperty) -> ConditionalProperty {
    match mention {
        ConditionalProperty::Described(id) => ConditionalProperty::Tested(id),
        other => other,
    }
}

/// The schemas that conditions have for each property.
fn described_properties(merged: &Keywords) -> BTreeMap<String, Vec<SchemaId>> {
    let mut all: BTreeMap<String, Vec<SchemaId>> = BTreeMap::new();
    for (name, id) in
        merged.conditional_properties.iter().filter_map(|(name, mention)| Some((name, described_by(*mention)?)))
    {
        all.entry(name.clone()).or_default().push(id);
    }
    all
}

/// Adds an `anyOf` for a property that conditions describe differently.
fn add_any_of(schemas: &mut Schemas, merged: &Keywords, name: &str, parts: Vec<SchemaId>) {
    let distinct = dedup_schemas(schemas, parts);
    let steps = ["properties".to_owned(), name.to_owned()];
    let at = steps.iter().fold(merged.at.clone(), |at, step| at.join(step));
    if distinct.len() > 1 && schemas.at(&at).is_none() {
        let any_of = schemas.insert_any_of(at, distinct);
        schemas.record_intersection(&merged.at, &steps, any_of);
    }
}

/// Whether alternatives come from different conditions, and one of them has a name: then at most one of them applies.
pub(crate) fn exclude_each_other(schemas: &Schemas, merged: &Keywords, alternatives: &[SchemaId]) -> bool {
    let is_from_conditions = schemas.intersection(&merged.at).is_some_and(|all| schemas.at(&merged.at) == Some(all));
    let is_reference = |id: &SchemaId| matches!(schemas[*id].kind, SchemaKind::Reference(_));
    is_from_conditions && merged.any_of == alternatives && alternatives.iter().any(is_reference)
}

/// Adds the properties that conditions describe inside an object property to that object. Returns the changed schema.
///
/// A schema that is shared by reference is not changed: its properties would be dropped, so there is a warning.
fn add_to_object_property(
    schemas: &mut Schemas,
    owner: &Keywords,
    property: SchemaId,
    parts: &[SchemaId],
    reported: &mut BTreeSet<SchemaId>,
    diagnostics: &Diagnostics,
) -> Option<SchemaId> {
    let merged = merge::merged_schema(schemas, property)?;
    // Values of a map and additional properties are kept anyway.
    if merged.properties.is_empty() || merged.additional_properties.is_some() {
        return None;
    }
    let known = merged
        .properties
        .iter()
        .map(|(name, _)| name)
        .chain(merged.conditional_properties.iter().map(|(name, _)| name));
    let known: BTreeSet<&String> = known.collect();
    let inner = parts.iter().filter_map(|part| merge::merged_schema(schemas, *part));
    let inner = inner.flat_map(|part| part.properties.clone());
    let unknown: Vec<(String, SchemaId)> = inner.filter(|(name, _)| !known.contains(name)).collect();
    if unknown.is_empty() {
        return None;
    }
    let at = &schemas[property].at;
    let is_inline = at.pointer.steps().last().is_some_and(|name| *at == owner.at.join("properties").join(&name));
    if is_inline && schemas.own_keywords(property).is_some() {
        let unknown = unknown.into_iter().map(|(name, id)| (name, ConditionalProperty::Described(id)));
        schemas.add_conditional_properties(property, unknown.collect());
        return Some(property);
    }
    for (name, id) in unknown.into_iter().filter(|(_, id)| reported.insert(*id)) {
        let message = format!("only a condition mentions `{name}`, so it has no field and is dropped");
        let diagnostic = Diagnostic::new(Severity::Warning, &schemas[id].at, message);
        let help = "list it under the `properties` of the referenced schema, or keep unknown properties";
        diagnostics.push(diagnostic.with_help(help).with_option("keep_additional_properties", &[]));
    }
    None
}
