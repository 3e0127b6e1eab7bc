//! What a schema says, as one text: the same wherever it stands, so that what is told apart by it keeps its name when
//! its neighbours come, go or move.

use std::fmt::Write as _;

use super::union;
use crate::document::{SchemaId, Schemas};
use crate::limits::MAX_KEY_DEPTH;
use crate::location::{Location, Pointer};

/// The text of a schema.
pub(super) fn of(schemas: &Schemas, id: SchemaId) -> String {
    let mut text = String::new();
    write(schemas, id, MAX_KEY_DEPTH, &mut text);
    text
}

fn write(schemas: &Schemas, id: SchemaId, depth: u8, text: &mut String) {
    let definition = schemas.definition(id).unwrap_or(id);
    if definition != id || depth == 0 {
        text.push_str(&union::label(schemas, definition));
        return;
    }
    let Some(keywords) = schemas.keywords(id) else { return };
    let said = (&keywords.docs.title, &keywords.types, &keywords.format, &keywords.values);
    let _ = write!(text, "{said:?}");
    let mut required: Vec<&str> = keywords.required.iter().map(String::as_str).collect();
    required.sort_unstable();
    text.push_str(&required.join(","));
    let mut properties: Vec<&(String, SchemaId)> = keywords.properties.iter().collect();
    properties.sort_unstable();
    for (name, id) in properties {
        let _ = write!(text, "{name:?}:");
        write(schemas, *id, depth - 1, text);
    }
    let lists = [&keywords.all_of, &keywords.any_of, &keywords.one_of, &keywords.tuple];
    for id in lists.into_iter().flatten().chain(&keywords.items).chain(&keywords.additional_properties) {
        text.push(';');
        write(schemas, *id, depth - 1, text);
    }
}

/// The address of a place, with the alternatives on the way by what they say: their positions are nobody's promise.
pub(super) fn of_place(schemas: &Schemas, at: &Location) -> String {
    let mut place = Location { file: at.file, pointer: Pointer::root() };
    let mut identity = String::new();
    let mut is_list = false;
    for step in at.pointer.steps() {
        place = place.join(&step);
        identity.push('/');
        match schemas.at(&place).filter(|_| is_list) {
            Some(id) => identity.push_str(&of(schemas, id)),
            None => identity.push_str(&step),
        }
        is_list = matches!(step.as_str(), "oneOf" | "anyOf" | "allOf");
    }
    identity
}
