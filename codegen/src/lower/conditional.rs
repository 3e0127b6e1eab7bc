//! Properties that only a condition speaks of: they have no field, since under another condition they may be anything.
//!
//! ```yaml
//! properties: {kind: {type: string}}
//! if: {properties: {kind: {const: card}}}
//! then: {properties: {number: {type: string}}}
//! ```

use std::collections::BTreeSet;

use super::merge;
use crate::config::{Config, Validation};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Dependency, Keywords, SchemaId, Schemas};

/// Warns of every such property of what becomes a struct.
pub(super) fn check(schemas: &Schemas, config: &Config, diagnostics: &Diagnostics) {
    if config.validation == Validation::Full {
        return;
    }
    let all = schemas.places().filter_map(|place| schemas.at(place));
    let mut said = BTreeSet::new();
    for keywords in all.filter_map(|id| schemas.own_keywords(id)).filter(|keywords| !is_part(keywords)) {
        let conditional = conditional(schemas, keywords);
        if conditional.is_empty() {
            continue;
        }
        let merged = merge::flat(schemas, keywords);
        // Where others are kept, or nothing has a field, nothing is lost.
        let is_kept = merged.additional.is_some() || config.keep_unknown.meet(&keywords.at.pointer);
        if merged.properties.is_empty() || is_kept {
            continue;
        }
        let known: BTreeSet<&str> = merged.properties.iter().map(|(name, _)| name.as_str()).collect();
        for (name, id) in conditional.into_iter().filter(|(name, _)| !known.contains(name.as_str())) {
            if said.insert(id) {
                let message = format!("only a condition speaks of `{name}`, so it has no field and is dropped");
                let diagnostic = Diagnostic::new(Severity::Warning, &schemas[id].at, message);
                let cure = "list it under `properties` as well, or keep what is not listed: `Config::keep_unknown`";
                diagnostics.push(diagnostic.with_cure(cure));
            }
        }
    }
}

/// Whether a schema is a part of another, which answers for it.
fn is_part(keywords: &Keywords) -> bool {
    let steps: Vec<String> = keywords.at.pointer.steps().collect();
    let conditions = ["if", "then", "else", "not"];
    matches!(&steps[..], [.., list, _] if matches!(list.as_str(), "allOf" | "dependencies" | "dependentSchemas"))
        || steps.last().is_some_and(|last| conditions.contains(&last.as_str()))
}

/// The properties under the conditions of a schema and of its parts.
fn conditional(schemas: &Schemas, keywords: &Keywords) -> Vec<(String, SchemaId)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut pending = vec![keywords];
    while let Some(keywords) = pending.pop() {
        let conditions = keywords.constraints.schemas.iter().filter(|(key, _)| matches!(*key, "then" | "else"));
        let dependencies = keywords.constraints.dependencies.iter().filter_map(|(_, dependency)| match dependency {
            Dependency::Schema(id) => Some(*id),
            Dependency::Properties(_) => None,
        });
        for id in conditions.map(|(_, id)| *id).chain(dependencies) {
            if let Some(part) = schemas.keywords(id).filter(|part| seen.insert(&part.at)) {
                found.extend(merge::flat(schemas, part).properties.iter().cloned());
                pending.push(part);
            }
        }
        let parts = keywords.all_of.iter().filter_map(|id| schemas.keywords(*id));
        pending.extend(parts.filter(|part| seen.insert(&part.at)));
    }
    found
}
