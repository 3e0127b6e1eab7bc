//! `allOf`: what holds together becomes one.
//!
//! What several parts say of one property is a schema of them all ([`conjunction`](super::conjunction)), unless one of them
//! says it for the others.

mod subschemas;

use std::borrow::Cow;
use std::collections::BTreeSet;

use self::subschemas::MergedSubschemas;
pub(super) use self::subschemas::{Conflict, Resolved};
use crate::document::{Docs, JsonType, Keywords, SchemaId, SchemaKind, Schemas};
use crate::location::Location;

/// The keywords of a schema with everything merged in that its `allOf` says; the rest as it is.
pub(super) fn merged<'a>(schemas: &Schemas, keywords: &'a Keywords) -> Cow<'a, Keywords> {
    if keywords.all_of.is_empty() {
        return Cow::Borrowed(keywords);
    }
    Cow::Owned(merged_with_conflicts(schemas, keywords).keywords)
}

/// The keywords at the end of a chain of references, merged.
pub(super) fn flat_of(schemas: &Schemas, id: SchemaId) -> Option<Cow<'_, Keywords>> {
    schemas.keywords(id).map(|keywords| merged(schemas, keywords))
}

/// The same, and what no schema says alone.
pub(super) fn merged_with_conflicts(schemas: &Schemas, keywords: &Keywords) -> Resolved {
    let (merged, held) = gathered(schemas, keywords);
    held.settle(schemas, merged, &keywords.at)
}

/// What the keywords say of a value itself, apart from what it holds.
fn outline(schemas: &Schemas, keywords: &Keywords) -> Keywords {
    gathered(schemas, keywords).0
}

/// Everything that a schema and its parts say, and which schemas they have for what is held.
fn gathered(schemas: &Schemas, keywords: &Keywords) -> (Keywords, MergedSubschemas) {
    let mut seen = BTreeSet::from([&keywords.at]);
    let mut above: Vec<MergeFrame<'_>> = Vec::new();
    let mut open = MergeFrame::new(keywords, &keywords.all_of);
    loop {
        if let Some(part) = open.parts.next() {
            let Some(part) = schemas.keywords(*part) else { continue };
            // What a part is made of adds nothing the second time, and a schema may be part of itself.
            let parts = if seen.insert(&part.at) { &part.all_of[..] } else { &[] };
            above.push(std::mem::replace(&mut open, MergeFrame::new(part, parts)));
            continue;
        }
        let (merged, held) = open.close();
        match above.pop() {
            Some(mut whole) => {
                add(&mut whole.merged, merged);
                whole.held.extend(held);
                open = whole;
            }
            None => return (merged, held),
        }
    }
}

/// The schema that this one only refers to in a roundabout way: an `allOf` of one, with nothing but words beside it.
///
/// One that builds on a schema with a discriminator has a tag of its own, and so is a type of its own.
pub(super) fn as_single_ref(schemas: &Schemas, keywords: &Keywords) -> Option<SchemaId> {
    if schemas.at(&keywords.at).is_some_and(|id| schemas.families().has(id)) {
        return None;
    }
    let mut saying = keywords.all_of.iter().filter(|id| !has_only_annotations(schemas, **id));
    let (Some(only), None) = (saying.next().copied(), saying.next()) else { return None };
    let alone = keywords.types.len() <= 1
        && keywords.properties.is_empty()
        && keywords.pattern_properties.is_empty()
        && keywords.required.is_empty()
        && keywords.conditional.is_empty()
        && keywords.additional.is_none()
        && keywords.values.is_none()
        && keywords.items.is_none()
        && keywords.tuple.is_empty()
        && keywords.any_of.is_empty()
        && keywords.one_of.is_empty();
    alone.then_some(only)
}

/// Whether a schema says nothing of values: every value is one.
fn has_only_annotations(schemas: &Schemas, id: SchemaId) -> bool {
    match schemas.definition(id).map(|id| &schemas[id].kind) {
        Some(SchemaKind::Anything) => true,
        Some(SchemaKind::Keywords(keywords)) => !keywords.is_nonempty() && keywords.constraints.is_empty(),
        _ => false,
    }
}

/// The words for people in the parts of a schema that say nothing else.
pub(super) fn words<'a>(schemas: &'a Schemas, keywords: &Keywords) -> Option<&'a Docs> {
    let mut parts = keywords.all_of.iter().filter(|id| has_only_annotations(schemas, **id));
    parts.find_map(|id| schemas.keywords(*id)).map(|part| &part.docs)
}

/// A schema on the way to be merged: chains of `allOf` may be as long as documents, and no stack is.
struct MergeFrame<'a> {
    merged: Keywords,
    /// What the schema says itself comes last in words and first in order of writing; parts keep their order.
    own: MergedSubschemas,
    held: MergedSubschemas,
    parts: std::slice::Iter<'a, SchemaId>,
}

impl<'a> MergeFrame<'a> {
    fn new(keywords: &'a Keywords, parts: &'a [SchemaId]) -> Self {
        let mut merged = Keywords { all_of: Vec::new(), ..keywords.clone() };
        let own = MergedSubschemas::take(&mut merged);
        Self { merged, own, held: MergedSubschemas::default(), parts: parts.iter() }
    }

    fn close(mut self) -> (Keywords, MergedSubschemas) {
        self.held.extend(self.own);
        (self.merged, self.held)
    }
}

/// Lays an alternative at a place over what all alternatives share, and says what no schema says alone.
pub(super) fn joined(schemas: &Schemas, base: &Keywords, mut part: Keywords, at: &Location) -> Resolved {
    let mut merged = Keywords { at: part.at.clone(), docs: part.docs.clone(), ..base.clone() };
    let mut held = MergedSubschemas::take(&mut merged);
    held.extend(MergedSubschemas::take(&mut part));
    add(&mut merged, part);
    held.settle(schemas, merged, &at.join("allOf").join("shared"))
}

fn add(merged: &mut Keywords, part: Keywords) {
    merged.types = common(&merged.types, &part.types);
    merged.pattern_properties.extend(part.pattern_properties);
    merged.required.extend(part.required);
    merged.conditional.extend(part.conditional);
    merged.nullable |= part.nullable;
    merged.format = merged.format.take().or(part.format);
    merged.bounds = both(merged.bounds, part.bounds);
    merged.length = both(merged.length, part.length);
    merged.is_open_tuple &= part.is_open_tuple;
    merged.discriminator = merged.discriminator.take().or(part.discriminator);
    if merged.one_of.is_empty() {
        merged.one_of = part.one_of;
    } else if !part.one_of.is_empty() && part.one_of != merged.one_of && !merged.further.contains(&part.one_of) {
        merged.further.push(part.one_of);
    }
    merged.further.extend(part.further);
    merged.any_of.extend(part.any_of);
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

/// A least and a greatest number, where there are such.
pub(super) type Bounds = (Option<i128>, Option<i128>);

/// What two pairs of bounds leave.
pub(super) fn both(ours: Bounds, theirs: Bounds) -> Bounds {
    (ours.0.max(theirs.0), [ours.1, theirs.1].into_iter().flatten().min())
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
