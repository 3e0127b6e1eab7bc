//! Keys that depend on the content of a schema and not on its position, so that names made unique by a key stay the
//! same when other schemas are added, removed or moved.

use std::fmt::Write as _;

use super::union;
use crate::document::{SchemaId, Schemas};
use crate::limits::MAX_KEY_DEPTH;
use crate::location::{Location, Pointer};

/// The key of a schema.
pub(super) fn schema_key(schemas: &Schemas, id: SchemaId) -> String {
    let mut key = String::new();
    write_key(schemas, id, MAX_KEY_DEPTH, &mut key);
    key
}

fn write_key(schemas: &Schemas, id: SchemaId, depth: u8, key: &mut String) {
    let definition = schemas.definition(id).unwrap_or(id);
    if definition != id || depth == 0 {
        key.push_str(&union::label(schemas, definition));
        return;
    }
    let Some(keywords) = schemas.keywords(id) else { return };
    let scalars = (&keywords.docs.title, &keywords.types, &keywords.format, &keywords.values);
    let _ = write!(key, "{scalars:?}");
    let mut required: Vec<&str> = keywords.required.iter().map(String::as_str).collect();
    required.sort_unstable();
    key.push_str(&required.join(","));
    let mut properties: Vec<&(String, SchemaId)> = keywords.properties.iter().collect();
    properties.sort_unstable();
    for (name, id) in properties {
        let _ = write!(key, "{name:?}:");
        write_key(schemas, *id, depth - 1, key);
    }
    let lists = [&keywords.all_of, &keywords.any_of, &keywords.one_of, &keywords.tuple];
    for id in lists.into_iter().flatten().chain(&keywords.items).chain(&keywords.additional_properties) {
        key.push(';');
        write_key(schemas, *id, depth - 1, key);
    }
}

/// The pointer of a location, with the key of each alternative instead of its index in `oneOf`, `anyOf` or `allOf`.
pub(super) fn location_key(schemas: &Schemas, at: &Location) -> String {
    let mut parent = Location { file: at.file, pointer: Pointer::root() };
    let mut key = String::new();
    let mut is_list = false;
    for step in at.pointer.steps() {
        parent = parent.join(&step);
        key.push('/');
        match schemas.at(&parent).filter(|_| is_list) {
            Some(id) => key.push_str(&schema_key(schemas, id)),
            None => key.push_str(&step),
        }
        is_list = matches!(step.as_str(), "oneOf" | "anyOf" | "allOf");
    }
    key
}
