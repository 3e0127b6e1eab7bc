//! Finds the subtypes of schemas with a `discriminator`: the schemas that refer to them in `allOf`.
//!
//! ```yaml
//! Vehicle: {discriminator: kind, properties: {kind: {type: string}}, oneOf: [{$ref: '#/components/schemas/Car'}]}
//! Car: {allOf: [{$ref: '#/components/schemas/Vehicle'}, {properties: {doors: {type: integer}}}]}
//! ```
//!
//! Generators for Java write a base that lists its subtypes. Taken literally, a `Car` is a `Vehicle`, which is a `Car`,
//! without an end. The list of a base applies to values of the base, and not to those of its subtypes.

use std::collections::{BTreeMap, BTreeSet};

use super::keywords::{Keywords, SchemaId};
use super::table::Schemas;

/// The schemas with a discriminator and their direct and indirect subtypes.
#[derive(Debug, Default)]
pub(crate) struct Subtypes {
    descendants: BTreeMap<SchemaId, Vec<SchemaId>>,
    members: BTreeSet<SchemaId>,
    /// The alternatives of schemas that list their own subtypes.
    listed: BTreeMap<SchemaId, Vec<SchemaId>>,
}

impl Subtypes {
    /// Finds the subtypes. `listed` are the lists that [`take_listed`] has removed.
    pub(super) fn find(schemas: &Schemas, listed: BTreeMap<SchemaId, Vec<SchemaId>>) -> Self {
        let mut children: BTreeMap<SchemaId, Vec<SchemaId>> = BTreeMap::new();
        for (id, keywords) in schemas.with_keywords().filter(|(_, keywords)| is_named(keywords)) {
            for parent in keywords.all_of.iter().filter_map(|part| schemas.definition(*part)) {
                children.entry(parent).or_default().push(id);
            }
        }
        let members = listed.values().flatten().filter_map(|id| schemas.definition(*id)).collect();
        let mut subtypes = Self { descendants: BTreeMap::new(), members, listed };
        let bases = schemas.with_keywords().filter(|(_, keywords)| is_base(keywords)).map(|(id, _)| id);
        for base in bases.filter(|id| !subtypes.listed.contains_key(id)).collect::<Vec<_>>() {
            if !children.contains_key(&base) {
                continue;
            }
            let mut found = BTreeSet::new();
            let mut pending = vec![base];
            while let Some(id) = pending.pop() {
                let next = children.get(&id).into_iter().flatten().copied();
                pending.extend(next.filter(|id| *id != base && found.insert(*id)));
            }
            // The order of reading would depend on the references.
            let mut found: Vec<SchemaId> = found.into_iter().collect();
            found.sort_by(|one, other| schemas[*one].at.cmp(&schemas[*other].at));
            subtypes.members.extend(&found);
            subtypes.descendants.insert(base, found);
        }
        subtypes
    }

    /// The subtypes of a schema with a discriminator, in the order of their locations.
    pub(crate) fn descendants(&self, base: SchemaId) -> &[SchemaId] {
        self.descendants.get(&base).map_or(&[], Vec::as_slice)
    }

    /// The alternatives of a schema that lists its own subtypes under `oneOf` or `anyOf`.
    pub(crate) fn listed(&self, base: SchemaId) -> Option<&[SchemaId]> {
        self.listed.get(&base).map(Vec::as_slice)
    }

    /// Whether a schema is a subtype of a schema with a discriminator.
    pub(crate) fn contains(&self, id: SchemaId) -> bool {
        self.members.contains(&id)
    }
}

/// Removes the `oneOf` or `anyOf` of each schema that lists a schema which extends it, and returns these lists.
pub(super) fn take_listed(schemas: &mut Schemas) -> BTreeMap<SchemaId, Vec<SchemaId>> {
    let list = |keywords: &Keywords| [&keywords.one_of[..], &keywords.any_of].concat();
    let extends = |id: SchemaId, base: SchemaId| {
        let (mut seen, mut pending) = (BTreeSet::new(), vec![id]);
        while let Some(id) = pending.pop() {
            let parts = schemas.keywords(id).map(|keywords| &keywords.all_of[..]).unwrap_or_default();
            let parts = parts.iter().filter_map(|part| schemas.definition(*part));
            pending.extend(parts.filter(|part| seen.insert(*part)));
        }
        seen.contains(&base)
    };
    let is_base = |keywords: &Keywords| keywords.discriminator.is_some() || !keywords.properties.is_empty();
    let bases = schemas.with_keywords().filter(|(_, keywords)| is_base(keywords));
    let lists = bases.map(|(base, keywords)| (base, list(keywords)));
    let is_subtype = |id: SchemaId, base: SchemaId| schemas.definition(id) != Some(base) && extends(id, base);
    let lists = lists.filter(|(base, list)| list.iter().any(|id| is_subtype(*id, *base)));
    let lists: BTreeMap<SchemaId, Vec<SchemaId>> = lists.collect();
    for base in lists.keys() {
        if let Some(keywords) = schemas.own_keywords_mut(*base) {
            keywords.one_of.clear();
            keywords.any_of.clear();
        }
    }
    lists
}

fn is_base(keywords: &Keywords) -> bool {
    keywords.discriminator.is_some()
        && !keywords.properties.is_empty()
        && keywords.one_of.is_empty()
        && keywords.any_of.is_empty()
}

/// Whether a schema has a name. A property with an `allOf` is not a subtype, but a way to refer to the base.
fn is_named(keywords: &Keywords) -> bool {
    let steps: Vec<String> = keywords.at.pointer.steps().collect();
    matches!(&steps[..], [.., group, _] if matches!(group.as_str(), "schemas" | "definitions" | "$defs"))
}
