//! Adds a schema for each property or item that several parts of an `allOf` describe.
//!
//! ```yaml
//! allOf:
//!   - properties: {owner: {$ref: '#/components/schemas/Person'}}
//!   - properties: {owner: {required: [mail], properties: {mail: {type: string}}}}
//! # adds, for `owner`: {allOf: [{$ref: '#/components/schemas/Person'}, {required: [mail], …}]}
//! ```
//!
//! Merging only looks these schemas up. The parts of an added schema may describe a property several times in turn. A
//! part that adds nothing is left out, so the type is that of the schema that implies the others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::merge::{self, Conflict};
use super::{alternatives, unsatisfiable};
use crate::document::{Keywords, SchemaId, Schemas};
use crate::limits::MAX_INTERSECTIONS;

/// Adds the schemas for the conflicts in every `allOf`, and between alternatives and the properties beside them.
pub(super) fn add_intersections(schemas: &mut Schemas) {
    for root in schemas.in_order() {
        let mut known: BTreeMap<BTreeSet<SchemaId>, SchemaId> = BTreeMap::new();
        let mut pending = VecDeque::from([root]);
        while let Some(id) = pending.pop_front() {
            for find_conflicts in [conflicts_in_all_of, conflicts_with_alternatives] {
                for Conflict { at, steps, parts } in find_conflicts(schemas, id) {
                    let definitions: BTreeSet<SchemaId> =
                        parts.iter().filter_map(|part| schemas.definition(*part)).collect();
                    // Equal parts get the schema that exists: a recursive schema would have no end.
                    let intersection = match known.get(&definitions) {
                        Some(known) => *known,
                        None if known.len() >= MAX_INTERSECTIONS => continue,
                        None => {
                            let is_unsatisfiable = unsatisfiable::is_unsatisfiable(schemas, &parts);
                            let added = schemas.insert_all_of(&at, &steps, parts);
                            if is_unsatisfiable {
                                // No value is valid, so the most precise part will do.
                                continue;
                            }
                            known.insert(definitions, added);
                            pending.push_back(added);
                            added
                        }
                    };
                    schemas.record_intersection(&at, &steps, intersection);
                }
            }
        }
    }
}

/// The conflicts between the parts of an `allOf`.
fn conflicts_in_all_of(schemas: &Schemas, id: SchemaId) -> Vec<Conflict> {
    let keywords = schemas.own_keywords(id).filter(|keywords| !keywords.all_of.is_empty());
    keywords.map(|keywords| merge::merge_with_conflicts(schemas, keywords).conflicts).unwrap_or_default()
}

/// The conflicts between alternatives and the properties that the schema describes beside them.
fn conflicts_with_alternatives(schemas: &Schemas, id: SchemaId) -> Vec<Conflict> {
    let may_have_alternatives = |keywords: &&Keywords| {
        [&keywords.one_of, &keywords.any_of, &keywords.all_of].iter().any(|list| !list.is_empty())
    };
    let Some(keywords) = schemas.own_keywords(id).filter(may_have_alternatives) else { return Vec::new() };
    let merged = merge::merged(schemas, keywords);
    if merged.properties.is_empty() {
        return Vec::new();
    }
    let shared = Keywords { one_of: Vec::new(), any_of: Vec::new(), ..(*merged).clone() };
    let conflicts = alternatives(schemas, &merged).into_iter().filter_map(|id| {
        let alternative = merge::merged_schema(schemas, id)?;
        Some(merge::merge_alternative(schemas, &shared, alternative.into_owned(), &schemas[id].at).conflicts)
    });
    conflicts.flatten().collect()
}
