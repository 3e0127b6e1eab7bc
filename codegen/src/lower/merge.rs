//! `allOf`: what holds together becomes one.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::document::{JsonType, Keywords, SchemaId, SchemaKind, Schemas};

/// The keywords of a schema with everything merged in that its `allOf` says; the rest as it is.
pub(super) fn flat(schemas: &Schemas, keywords: &Keywords) -> Keywords {
    let mut seen = BTreeSet::from([&keywords.at]);
    let mut above: Vec<Open<'_>> = Vec::new();
    let mut open = Open::new(keywords, &keywords.all_of);
    loop {
        if let Some(part) = open.parts.next() {
            let Some(part) = schemas.keywords(*part) else { continue };
            // What a part is made of adds nothing the second time, and a schema may be part of itself.
            let parts = if seen.insert(&part.at) { &part.all_of[..] } else { &[] };
            above.push(std::mem::replace(&mut open, Open::new(part, parts)));
            continue;
        }
        let merged = open.close(schemas);
        match above.pop() {
            Some(mut whole) => {
                add(schemas, &mut whole.merged, &mut whole.properties, merged);
                open = whole;
            }
            None => return merged,
        }
    }
}

/// The keywords at the end of a chain of references, merged.
pub(super) fn flat_of(schemas: &Schemas, id: SchemaId) -> Option<Keywords> {
    schemas.keywords(id).map(|keywords| flat(schemas, keywords))
}

/// The schema that this one only refers to in a roundabout way: an `allOf` of one, with nothing but words beside it.
pub(super) fn stands_for(keywords: &Keywords) -> Option<SchemaId> {
    let [only] = keywords.all_of[..] else { return None };
    let alone = keywords.types.len() <= 1
        && keywords.properties.is_empty()
        && keywords.pattern_properties.is_empty()
        && keywords.required.is_empty()
        && keywords.additional.is_none()
        && keywords.values.is_none()
        && keywords.items.is_none()
        && keywords.tuple.is_empty()
        && keywords.any_of.is_empty()
        && keywords.one_of.is_empty();
    alone.then_some(only)
}

/// A schema on the way to be merged: chains of `allOf` may be as long as documents, and no stack is.
struct Open<'a> {
    merged: Keywords,
    /// What the schema says itself comes last in words and first in order of writing; parts keep their order.
    own: Vec<(String, SchemaId)>,
    properties: Properties,
    parts: std::slice::Iter<'a, SchemaId>,
}

impl<'a> Open<'a> {
    fn new(keywords: &'a Keywords, parts: &'a [SchemaId]) -> Self {
        let mut merged = Keywords { all_of: Vec::new(), ..keywords.clone() };
        let own = std::mem::take(&mut merged.properties);
        Self { merged, own, properties: Properties::new(), parts: parts.iter() }
    }

    fn close(mut self, schemas: &Schemas) -> Keywords {
        for (name, id) in self.own {
            add_property(schemas, &mut self.properties, name, id);
        }
        finish(&mut self.merged, self.properties);
        self.merged
    }
}

/// Lays an alternative over what all alternatives share.
pub(super) fn joined(schemas: &Schemas, base: &Keywords, part: Keywords) -> Keywords {
    let mut merged = Keywords { at: part.at.clone(), docs: part.docs.clone(), ..base.clone() };
    let mut properties = std::mem::take(&mut merged.properties).into_iter().collect();
    add(schemas, &mut merged, &mut properties, part);
    finish(&mut merged, properties);
    merged
}

/// The properties by their names, while there may be more to come.
type Properties = IndexMap<String, SchemaId>;

fn finish(merged: &mut Keywords, properties: Properties) {
    merged.properties = properties.into_iter().collect();
    let mut seen = BTreeSet::new();
    merged.required.retain(|name| seen.insert(name.clone()));
}

fn add(schemas: &Schemas, merged: &mut Keywords, properties: &mut Properties, part: Keywords) {
    merged.types = common(&merged.types, &part.types);
    for (name, id) in part.properties {
        add_property(schemas, properties, name, id);
    }
    merged.pattern_properties.extend(part.pattern_properties);
    merged.required.extend(part.required);
    merged.nullable |= part.nullable;
    merged.format = merged.format.take().or(part.format);
    merged.bounds.0 = merged.bounds.0.max(part.bounds.0);
    merged.bounds.1 = [merged.bounds.1, part.bounds.1].into_iter().flatten().min();
    merged.additional = merged.additional.or(part.additional);
    merged.items = merged.items.or(part.items);
    merged.discriminator = merged.discriminator.take().or(part.discriminator);
    merged.one_of.extend(part.one_of);
    merged.any_of.extend(part.any_of);
    if merged.tuple.is_empty() {
        merged.tuple = part.tuple;
    }
    if merged.values.is_none() && part.values.is_some() {
        merged.listing = part.listing;
    }
    merged.listed.extend(part.listed);
    merged.default = merged.default.take().or(part.default);
    merged.values = match (merged.values.take(), part.values) {
        (Some(ours), Some(theirs)) => Some(ours.into_iter().filter(|value| theirs.contains(value)).collect()),
        (ours, theirs) => ours.or(theirs),
    };
    let docs = part.docs;
    merged.docs.title = merged.docs.title.take().or(docs.title);
    merged.docs.description = merged.docs.description.take().or(docs.description);
}

/// The types that both allow, where none stands for all: an integer is a number too.
pub(super) fn common(ours: &[JsonType], theirs: &[JsonType]) -> Vec<JsonType> {
    if ours.is_empty() || theirs.is_empty() {
        return [ours, theirs].concat();
    }
    let allows = |types: &[JsonType], json_type: JsonType| {
        types.contains(&json_type) || json_type == JsonType::Integer && types.contains(&JsonType::Number)
    };
    let mut common: Vec<JsonType> = ours.iter().copied().filter(|json_type| allows(theirs, *json_type)).collect();
    common.extend(theirs.iter().filter(|json_type| !ours.contains(json_type) && allows(ours, **json_type)));
    common
}

/// A property that is described twice keeps its place, and the description that says more about its values.
fn add_property(schemas: &Schemas, properties: &mut Properties, name: String, id: SchemaId) {
    match properties.get_mut(&name) {
        None => {
            properties.insert(name, id);
        }
        Some(known) => {
            if precision(schemas, id) >= precision(schemas, *known) {
                *known = id;
            }
        }
    }
}

/// How much a schema says of its values.
fn precision(schemas: &Schemas, id: SchemaId) -> u8 {
    let Some(definition) = schemas.definition(id) else { return 0 };
    match &schemas[definition].kind {
        SchemaKind::Keywords(keywords) if keywords.values.is_some() => 3,
        SchemaKind::Keywords(keywords) if !keywords.properties.is_empty() || !keywords.all_of.is_empty() => 2,
        SchemaKind::Keywords(keywords) if !keywords.types.is_empty() => 1,
        _ => 0,
    }
}
