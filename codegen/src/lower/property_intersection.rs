//! Where parts of an `allOf` describe one property, each in its own words, the property is what all of them say: a schema
//! of its own, as if the author had written an `allOf` there.
//!
//! ```yaml
//! allOf:
//!   - properties: {owner: {$ref: '#/components/schemas/Person'}}
//!   - properties: {owner: {required: [mail], properties: {mail: {type: string}}}}
//! ```
//!
//! They are made before anything is lowered, since merging only looks things up; what they are made of may be described
//! twice in turn.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::merge::{self, Conflict};
use super::{union, unsatisfiable};
use crate::document::{Keywords, SchemaId, Schemas};

/// So many are made for one schema of the document; in what is left, the part that says most counts.
const MOST: usize = 200;

/// Makes the schemas of what several parts describe, whether of an `allOf`, or of a union and what its alternatives share.
pub(super) fn make(schemas: &mut Schemas) {
    for root in schemas.in_order() {
        let mut known: BTreeMap<BTreeSet<SchemaId>, SchemaId> = BTreeMap::new();
        let mut pending = VecDeque::from([root]);
        while let Some(id) = pending.pop_front() {
            for find in [conflicts_in_all_of, of_alternatives] {
                for Conflict { at, steps, parts } in find(schemas, id) {
                    let said: BTreeSet<SchemaId> = parts.iter().filter_map(|part| schemas.definition(*part)).collect();
                    // The same of the same parts: what holds itself would have no end.
                    let made = match known.get(&said) {
                        Some(made) => *made,
                        None if known.len() >= MOST => continue,
                        None => {
                            let is_never = unsatisfiable::is_unsatisfiable(schemas, &parts);
                            let made = schemas.insert_all_of(&at, &steps, parts);
                            if is_never {
                                // Nothing is all of them, so the part that says most is as good as any.
                                continue;
                            }
                            known.insert(said, made);
                            pending.push_back(made);
                            made
                        }
                    };
                    schemas.record_resolution(&at, &steps, made);
                }
            }
        }
    }
}

/// What the parts of an `allOf` describe, each in its own words.
fn conflicts_in_all_of(schemas: &Schemas, id: SchemaId) -> Vec<Conflict> {
    let keywords = schemas.own_keywords(id).filter(|keywords| !keywords.all_of.is_empty());
    keywords.map(|keywords| merge::merged_with_conflicts(schemas, keywords).contests).unwrap_or_default()
}

/// What alternatives say of a property that is described beside them.
fn of_alternatives(schemas: &Schemas, id: SchemaId) -> Vec<Conflict> {
    let may_have = |keywords: &&Keywords| {
        [&keywords.one_of, &keywords.any_of, &keywords.all_of].iter().any(|list| !list.is_empty())
    };
    let Some(keywords) = schemas.own_keywords(id).filter(may_have) else { return Vec::new() };
    let merged = merge::merged(schemas, keywords);
    if merged.properties.is_empty() {
        return Vec::new();
    }
    let base = Keywords { one_of: Vec::new(), any_of: Vec::new(), ..(*merged).clone() };
    let alternatives = union::alternatives(schemas, &merged).into_iter();
    let joined = alternatives.filter_map(|id| {
        let part = merge::flat_of(schemas, id)?;
        Some(merge::joined(schemas, &base, part.into_owned(), &schemas[id].at).contests)
    });
    joined.flatten().collect()
}
