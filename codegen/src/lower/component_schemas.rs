//! Which schemas go by the names of the components.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Document, SchemaId, SchemaKind};

/// The components, by key. One that only says where its schema stands, as in a file of its own, is that schema; of several
/// such keys for one schema, the first of the alphabet, whatever their order.
pub(super) fn components(document: &Document) -> Vec<(&str, SchemaId)> {
    let schemas = &document.schemas;
    let standing = |id: SchemaId| match schemas[id].kind {
        SchemaKind::Reference(_) => schemas.definition(id),
        _ => None,
    };
    let own: BTreeSet<SchemaId> = document.components.iter().map(|(_, id)| *id).collect();
    let mut names: BTreeMap<SchemaId, &str> = BTreeMap::new();
    for (key, id) in &document.components {
        if let Some(definition) = standing(*id).filter(|definition| !own.contains(definition)) {
            let name = names.entry(definition).or_insert(key);
            *name = (*name).min(key);
        }
    }
    let components = document.components.iter().map(|(key, id)| {
        let definition = standing(*id).filter(|definition| names.get(definition) == Some(&key.as_str()));
        (key.as_str(), definition.unwrap_or(*id))
    });
    components.collect()
}
