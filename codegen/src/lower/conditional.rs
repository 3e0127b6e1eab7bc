//! Properties that only conditions speak of: they are fields like others, which need not be there.
//!
//! ```yaml
//! properties: {kind: {type: string}}
//! if: {properties: {kind: {const: card}}}
//! then: {properties: {number: {type: string}}}
//! ```
//!
//! What a condition says holds only under it; where none speaks, a property may be anything. So they are kept apart from
//! `properties`, by which values are validated, and `Config::untyped` chooses whether a field has the type that the
//! conditions give it, or takes every value.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use indexmap::IndexMap;

use super::{any_of_object, merge};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{ConditionalProperty, Dependency, Keywords, SchemaId, SchemaKind, Schemas};

/// What is said of one property.
pub(super) struct Conditional {
    pub(super) name: String,
    pub(super) spoken: ConditionalProperty,
}

/// Finds what conditions say of the properties of each schema, and makes a schema of what several say of one.
pub(super) fn make(schemas: &mut Schemas, diagnostics: &Diagnostics) {
    let all = schemas.in_order();
    let found = all.iter().filter_map(|id| Some((*id, own(schemas, schemas.own_keywords(*id)?))));
    let found: Vec<(SchemaId, Vec<(String, ConditionalProperty)>)> =
        found.filter(|(_, found)| !found.is_empty()).collect();
    if found.is_empty() {
        return;
    }
    for (id, found) in found {
        schemas.add_conditional_property(id, found);
    }
    let mut pending: VecDeque<SchemaId> = all.into();
    let mut said = BTreeSet::new();
    while let Some(id) = pending.pop_front() {
        let Some(keywords) = schemas.own_keywords(id).filter(|keywords| is_optional_property(keywords)) else {
            continue;
        };
        let merged = merge::merged(schemas, keywords);
        let described = all_described(&merged);
        if described.is_empty() {
            continue;
        }
        let merged = merged.into_owned();
        for (name, parts) in described {
            match merged.properties.iter().find(|(known, _)| *known == name) {
                Some((_, property)) => {
                    pending.extend(apply_nested_conditions(
                        schemas,
                        &merged,
                        *property,
                        &parts,
                        &mut said,
                        diagnostics,
                    ));
                }
                None => join(schemas, &merged, &name, parts),
            }
        }
    }
}

fn is_optional_property(keywords: &Keywords) -> bool {
    !keywords.conditional.is_empty() || !keywords.all_of.is_empty()
}

/// The properties of merged keywords that have no schema of their own, each once.
pub(super) fn properties(schemas: &Schemas, merged: &Keywords) -> Vec<Conditional> {
    if merged.conditional.is_empty() {
        return Vec::new();
    }
    // Where others are kept by a type of theirs, these are others.
    let is_typed = |id| !matches!(schemas[id].kind, SchemaKind::Anything | SchemaKind::Nothing);
    if merged.additional.is_some_and(is_typed) {
        return Vec::new();
    }
    let known: BTreeSet<&str> = merged.properties.iter().map(|(name, _)| name.as_str()).collect();
    let mut found: IndexMap<&str, Vec<ConditionalProperty>> = IndexMap::new();
    for (name, spoken) in merged.conditional.iter().filter(|(name, _)| !known.contains(name.as_str())) {
        found.entry(name).or_default().push(*spoken);
    }
    let found = found.into_iter();
    found
        .map(|(name, spoken)| Conditional { name: name.to_owned(), spoken: one(schemas, merged, name, &spoken) })
        .collect()
}

/// What says most of a property.
fn one(schemas: &Schemas, merged: &Keywords, name: &str, spoken: &[ConditionalProperty]) -> ConditionalProperty {
    let described: Vec<SchemaId> = spoken.iter().filter_map(|spoken| described(*spoken)).collect();
    match dedup_schemas(schemas, described)[..] {
        [] => *spoken
            .iter()
            .find(|spoken| matches!(spoken, ConditionalProperty::Tested(_)))
            .unwrap_or(&ConditionalProperty::Named),
        [only] => ConditionalProperty::Described(only),
        _ => {
            let all = schemas.conjunction(&merged.at.join("properties").join(name));
            all.map_or(ConditionalProperty::Named, ConditionalProperty::Described)
        }
    }
}

/// The schemas without those that others stand for as well: of two that differ in `null`, the one that allows it.
fn dedup_schemas(schemas: &Schemas, all: Vec<SchemaId>) -> Vec<SchemaId> {
    let mut apart: Vec<SchemaId> = Vec::new();
    for id in all {
        match apart.iter_mut().find(|known| any_of_object::is_alike_apart_from_null(schemas, **known, id)) {
            Some(known) if !schemas.keywords(*known).is_some_and(|keywords| keywords.nullable) => *known = id,
            Some(_) => {}
            None => apart.push(id),
        }
    }
    apart
}

fn described(spoken: ConditionalProperty) -> Option<SchemaId> {
    match spoken {
        ConditionalProperty::Described(id) => Some(id),
        ConditionalProperty::Named | ConditionalProperty::Tested(_) => None,
    }
}

/// Whether conditions say what properties are, not only whether they are there.
pub(super) fn describes(schemas: &Schemas, merged: &Keywords) -> bool {
    properties(schemas, merged).iter().any(|property| matches!(property.spoken, ConditionalProperty::Described(_)))
}

/// What the conditions of a schema say, those inside them included; its parts speak for themselves.
fn own(schemas: &Schemas, keywords: &Keywords) -> Vec<(String, ConditionalProperty)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::from([&keywords.at]);
    let mut pending = VecDeque::from([keywords]);
    while let Some(keywords) = pending.pop_front() {
        let mut holding: Vec<SchemaId> = Vec::new();
        for (key, id) in &keywords.constraints.schemas {
            match *key {
                "if" => found.extend(
                    conditions_mentioning(schemas, *id).into_iter().map(|(name, spoken)| (name, tested(spoken))),
                ),
                "then" | "else" => holding.push(*id),
                _ => {}
            }
        }
        for (name, dependency) in &keywords.constraints.dependencies {
            found.push((name.clone(), ConditionalProperty::Named));
            match dependency {
                Dependency::Properties(names) => {
                    found.extend(names.iter().map(|name| (name.clone(), ConditionalProperty::Named)))
                }
                Dependency::Schema(id) => holding.push(*id),
            }
        }
        for id in holding {
            found.extend(conditions_mentioning(schemas, id));
            let mut inside = vec![id];
            while let Some(part) = inside.pop().and_then(|id| schemas.keywords(id)) {
                if seen.insert(&part.at) {
                    pending.push_back(part);
                    inside.extend(&part.all_of);
                }
            }
        }
    }
    found
}

/// What a schema under a condition says of properties, itself or by its alternatives.
fn conditions_mentioning(schemas: &Schemas, id: SchemaId) -> Vec<(String, ConditionalProperty)> {
    let Some(merged) = merge::flat_of(schemas, id) else { return Vec::new() };
    let alternatives = merged.one_of.iter().chain(&merged.any_of).filter_map(|id| merge::flat_of(schemas, *id));
    let all: Vec<Cow<'_, Keywords>> = alternatives.collect();
    let mut found = Vec::new();
    for keywords in std::iter::once(&merged).chain(&all) {
        let spoken = |id: SchemaId| {
            if says_something(schemas, id) {
                ConditionalProperty::Described(id)
            } else {
                ConditionalProperty::Tested(id)
            }
        };
        found.extend(keywords.properties.iter().map(|(name, id)| (name.clone(), spoken(*id))));
        found.extend(keywords.required.iter().map(|name| (name.clone(), ConditionalProperty::Named)));
    }
    found
}

/// Whether a schema says what a value is: one that allows none says that there is none.
fn says_something(schemas: &Schemas, id: SchemaId) -> bool {
    schemas.keywords(id).is_some_and(Keywords::is_nonempty)
}

fn tested(spoken: ConditionalProperty) -> ConditionalProperty {
    match spoken {
        ConditionalProperty::Described(id) => ConditionalProperty::Tested(id),
        other => other,
    }
}

/// The schemas that conditions have for each property.
fn all_described(merged: &Keywords) -> BTreeMap<String, Vec<SchemaId>> {
    let mut all: BTreeMap<String, Vec<SchemaId>> = BTreeMap::new();
    for (name, id) in merged.conditional.iter().filter_map(|(name, spoken)| Some((name, described(*spoken)?))) {
        all.entry(name.clone()).or_default().push(id);
    }
    all
}

/// One schema of all that conditions say of a property, where they do not say the same.
fn join(schemas: &mut Schemas, merged: &Keywords, name: &str, parts: Vec<SchemaId>) {
    let apart = dedup_schemas(schemas, parts);
    let steps = ["properties".to_owned(), name.to_owned()];
    let at = steps.iter().fold(merged.at.clone(), |at, step| at.join(step));
    if apart.len() > 1 && schemas.at(&at).is_none() {
        let all = schemas.insert_any_of(at, apart);
        schemas.record_resolution(&merged.at, &steps, all);
    }
}

/// Whether these are alternatives of a property, some with a name of their own: one of them holds, not all together.
pub(super) fn exclude_each_other(schemas: &Schemas, merged: &Keywords, alternatives: &[SchemaId]) -> bool {
    let is_joined = schemas.conjunction(&merged.at).is_some_and(|all| schemas.at(&merged.at) == Some(all));
    let is_reference = |id: &SchemaId| matches!(schemas[*id].kind, SchemaKind::Reference(_));
    is_joined && merged.any_of == alternatives && alternatives.iter().any(is_reference)
}

/// Lets a property that is an object have what conditions say of the properties in it; gives it back where it has.
fn apply_nested_conditions(
    schemas: &mut Schemas,
    owner: &Keywords,
    property: SchemaId,
    parts: &[SchemaId],
    said: &mut BTreeSet<SchemaId>,
    diagnostics: &Diagnostics,
) -> Option<SchemaId> {
    let merged = merge::flat_of(schemas, property)?;
    // A map keeps them, and so does what is kept beside the properties.
    if merged.properties.is_empty() || merged.additional.is_some() {
        return None;
    }
    let known = merged.properties.iter().map(|(name, _)| name).chain(merged.conditional.iter().map(|(name, _)| name));
    let known: BTreeSet<&String> = known.collect();
    let inner = parts.iter().filter_map(|part| merge::flat_of(schemas, *part)).flat_map(|part| part.properties.clone());
    let lost: Vec<(String, SchemaId)> = inner.filter(|(name, _)| !known.contains(name)).collect();
    if lost.is_empty() {
        return None;
    }
    let at = &schemas[property].at;
    let is_inside = at.pointer.steps().last().is_some_and(|name| *at == owner.at.join("properties").join(&name));
    if is_inside && schemas.own_keywords(property).is_some() {
        schemas.add_conditional_property(
            property,
            lost.into_iter().map(|(name, id)| (name, ConditionalProperty::Described(id))).collect(),
        );
        return Some(property);
    }
    for (name, id) in lost.into_iter().filter(|(_, id)| said.insert(*id)) {
        let message = format!("only a condition speaks of `{name}`, so it has no field and is dropped");
        let diagnostic = Diagnostic::new(Severity::Warning, &schemas[id].at, message);
        let cure = "list it under the `properties` of the schema that is referred to, or keep what is not listed";
        diagnostics.push(diagnostic.with_help(cure).with_option("keep_unknown", &[]));
    }
    None
}
