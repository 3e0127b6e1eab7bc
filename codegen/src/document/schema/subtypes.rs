//! Finds the subtypes of schemas with a `discriminator`: the schemas that refer to them in `allOf`.

use std::collections::{BTreeMap, BTreeSet};

use super::keywords::{Keywords, SchemaId};
use super::table::Schemas;

/// The schemas with a discriminator and their direct and indirect subtypes.
#[derive(Debug, Default)]
pub(crate) struct Subtypes {
    descendants: BTreeMap<SchemaId, Vec<SchemaId>>,
    members: BTreeSet<SchemaId>,
}

impl Subtypes {
    pub(super) fn find(schemas: &Schemas) -> Self {
        let mut children: BTreeMap<SchemaId, Vec<SchemaId>> = BTreeMap::new();
        for (id, keywords) in schemas.with_keywords().filter(|(_, keywords)| is_named(keywords)) {
            for parent in keywords.all_of.iter().filter_map(|part| schemas.definition(*part)) {
                children.entry(parent).or_default().push(id);
            }
        }
        let mut subtypes = Self::default();
        for (base, _) in schemas.with_keywords().filter(|(_, keywords)| is_base(keywords)) {
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

    /// Whether a schema is a subtype of a schema with a discriminator.
    pub(crate) fn contains(&self, id: SchemaId) -> bool {
        self.members.contains(&id)
    }
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
