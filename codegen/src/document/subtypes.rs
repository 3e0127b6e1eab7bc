//! Schemas that build on one with a discriminator, by `allOf`: whoever names that one means any of them.

use std::collections::{BTreeMap, BTreeSet};

use super::keywords::Keywords;
use super::schema::{SchemaId, Schemas};

/// The schemas with a discriminator, each with those that build on it.
#[derive(Debug, Default)]
pub(crate) struct Subtypes {
    descendants: BTreeMap<SchemaId, Vec<SchemaId>>,
    members: BTreeSet<SchemaId>,
}

impl Subtypes {
    pub(super) fn of(schemas: &Schemas) -> Self {
        let mut children: BTreeMap<SchemaId, Vec<SchemaId>> = BTreeMap::new();
        for (id, keywords) in schemas.with_keywords().filter(|(_, keywords)| has_a_name(keywords)) {
            for parent in keywords.all_of.iter().filter_map(|part| schemas.definition(*part)) {
                children.entry(parent).or_default().push(id);
            }
        }
        let mut families = Self::default();
        for (base, keywords) in schemas.with_keywords() {
            let is_base = keywords.discriminator.is_some()
                && !keywords.properties.is_empty()
                && keywords.one_of.is_empty()
                && keywords.any_of.is_empty();
            if !is_base || !children.contains_key(&base) {
                continue;
            }
            let mut found = BTreeSet::new();
            let mut pending = vec![base];
            while let Some(id) = pending.pop() {
                let next = children.get(&id).into_iter().flatten().copied();
                pending.extend(next.filter(|id| *id != base && found.insert(*id)));
            }
            // By their places, because the order of reading depends on who refers to them.
            let mut found: Vec<SchemaId> = found.into_iter().collect();
            found.sort_by(|one, other| schemas[*one].at.cmp(&schemas[*other].at));
            families.members.extend(&found);
            families.descendants.insert(base, found);
        }
        families
    }

    /// The schemas that build on this one, where it has a discriminator.
    pub(crate) fn descendants(&self, base: SchemaId) -> &[SchemaId] {
        self.descendants.get(&base).map_or(&[], Vec::as_slice)
    }

    /// Whether a schema builds on one with a discriminator.
    pub(crate) fn has(&self, id: SchemaId) -> bool {
        self.members.contains(&id)
    }
}

/// Only a schema with a name of its own is a member: an `allOf` in a property is a way to refer to the base.
fn has_a_name(keywords: &Keywords) -> bool {
    let steps: Vec<String> = keywords.at.pointer.steps().collect();
    matches!(&steps[..], [.., group, _] if matches!(group.as_str(), "schemas" | "definitions" | "$defs"))
}
