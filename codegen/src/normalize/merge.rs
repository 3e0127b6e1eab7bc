//! Merges the parts of an `allOf` into one set of keywords.
//!
//! ```yaml
//! allOf: [{required: [id]}, {type: object, properties: {id: {type: string}}}]
//! # merged: {type: object, required: [id], properties: {id: {type: string}}}
//! ```
//!
//! If several parts describe one property, the property gets the schema that `property_intersection` made for it, or
//! the schema of the part that implies the others. Of two `oneOf`s in one `allOf`, the first one becomes the enum, and
//! the properties of the second one are added to each alternative: an enum of all pairs would be long, and its names
//! arbitrary.

mod subschemas;

use std::borrow::Cow;
use std::collections::BTreeSet;

pub(super) use self::subschemas::Conflict;
use self::subschemas::Subschemas;
use crate::document::{Docs, JsonType, Keywords, SchemaId, SchemaKind, Schemas};
use crate::location::Location;

/// The keywords of a schema with the keywords of its `allOf` merged in. Alternatives and conditions stay as they are.
pub(crate) fn merged<'a>(schemas: &Schemas, keywords: &'a Keywords) -> Cow<'a, Keywords> {
    if keywords.all_of.is_empty() {
        return Cow::Borrowed(keywords);
    }
    Cow::Owned(merge_with_conflicts(schemas, keywords).keywords)
}

/// The merged keywords at the end of a chain of references.
pub(crate) fn merged_schema(schemas: &Schemas, id: SchemaId) -> Option<Cow<'_, Keywords>> {
    schemas.keywords(id).map(|keywords| merged(schemas, keywords))
}

/// The merged keywords, and the locations for which no single schema exists.
pub(super) fn merge_with_conflicts(schemas: &Schemas, keywords: &Keywords) -> Merged {
    let (merged, subschemas) = collect_parts(schemas, keywords);
    subschemas.resolve(schemas, merged, &keywords.at)
}

/// Merged keywords, and the conflicts that were found.
pub(crate) struct Merged {
    pub(crate) keywords: Keywords,
    pub(super) conflicts: Vec<Conflict>,
}

/// The merged keywords of a schema and its parts without properties and items, and the schemas of these.
fn collect_parts(schemas: &Schemas, keywords: &Keywords) -> (Keywords, Subschemas) {
    let mut seen = BTreeSet::from([&keywords.at]);
    let mut parents: Vec<MergeFrame<'_>> = Vec::new();
    let mut current = MergeFrame::new(keywords, &keywords.all_of);
    loop {
        if let Some(part) = current.parts.next() {
            let Some(part) = schemas.keywords(*part) else { continue };
            // The parts of a part add nothing the second time. A schema may be a part of itself.
            let parts = if seen.insert(&part.at) { &part.all_of[..] } else { &[] };
            parents.push(std::mem::replace(&mut current, MergeFrame::new(part, parts)));
            continue;
        }
        let (merged, subschemas) = current.finish();
        match parents.pop() {
            Some(mut parent) => {
                merge_keywords(&mut parent.merged, merged);
                parent.subschemas.extend(subschemas);
                current = parent;
            }
            None => return (merged, subschemas),
        }
    }
}

/// The schema that an `allOf` is equal to: its only part that has more than annotations, if no keyword beside the
/// `allOf` adds anything.
///
/// A schema that extends a schema with a discriminator has a tag of its own, and so is a type of its own.
pub(crate) fn as_single_ref(schemas: &Schemas, keywords: &Keywords) -> Option<SchemaId> {
    if schemas.at(&keywords.at).is_some_and(|id| schemas.subtypes().contains(id)) {
        return None;
    }
    let mut parts = keywords.all_of.iter().filter(|id| !has_only_annotations(schemas, **id));
    let (Some(only), None) = (parts.next().copied(), parts.next()) else { return None };
    let adds_nothing = keywords.types.len() <= 1
        && keywords.properties.is_empty()
        && keywords.pattern_properties.is_empty()
        && keywords.required.is_empty()
        && keywords.conditional_properties.is_empty()
        && keywords.additional_properties.is_none()
        && keywords.values.is_none()
        && keywords.items.is_none()
        && keywords.tuple.is_empty()
        && keywords.any_of.is_empty()
        && keywords.one_of.is_empty();
    adds_nothing.then_some(only)
}

/// Whether every value is valid against a schema.
fn has_only_annotations(schemas: &Schemas, id: SchemaId) -> bool {
    match schemas.definition(id).map(|id| &schemas[id].kind) {
        Some(SchemaKind::Anything) => true,
        Some(SchemaKind::Keywords(keywords)) => !keywords.is_nonempty() && keywords.assertions.is_empty(),
        _ => false,
    }
}

/// The docs of the first part of an `allOf` that has only annotations.
pub(crate) fn annotations_of_parts<'a>(schemas: &'a Schemas, keywords: &Keywords) -> Option<&'a Docs> {
    let mut parts = keywords.all_of.iter().filter(|id| has_only_annotations(schemas, **id));
    parts.find_map(|id| schemas.keywords(*id)).map(|part| &part.docs)
}

/// A schema that is being merged. The frames replace the call stack: a chain of `allOf` may be as long as the document.
struct MergeFrame<'a> {
    merged: Keywords,
    /// The subschemas of the schema itself. They follow those of its parts.
    own: Subschemas,
    subschemas: Subschemas,
    parts: std::slice::Iter<'a, SchemaId>,
}

impl<'a> MergeFrame<'a> {
    fn new(keywords: &'a Keywords, parts: &'a [SchemaId]) -> Self {
        let mut merged = Keywords { all_of: Vec::new(), ..keywords.clone() };
        let own = Subschemas::take_from(&mut merged);
        Self { merged, own, subschemas: Subschemas::default(), parts: parts.iter() }
    }

    fn finish(mut self) -> (Keywords, Subschemas) {
        self.subschemas.extend(self.own);
        (self.merged, self.subschemas)
    }
}

/// Merges an alternative at a location with the keywords that all alternatives share.
pub(crate) fn merge_alternative(
    schemas: &Schemas,
    shared: &Keywords,
    mut alternative: Keywords,
    at: &Location,
) -> Merged {
    let mut merged = Keywords { at: alternative.at.clone(), docs: alternative.docs.clone(), ..shared.clone() };
    let mut subschemas = Subschemas::take_from(&mut merged);
    subschemas.extend(Subschemas::take_from(&mut alternative));
    merge_keywords(&mut merged, alternative);
    subschemas.resolve(schemas, merged, &at.join("allOf").join("shared"))
}

fn merge_keywords(merged: &mut Keywords, part: Keywords) {
    merged.types = common_types(&merged.types, &part.types);
    merged.pattern_properties.extend(part.pattern_properties);
    merged.required.extend(part.required);
    merged.conditional_properties.extend(part.conditional_properties);
    merged.nullable |= part.nullable;
    merged.format = merged.format.take().or(part.format);
    merged.integer_bounds = intersect_bounds(merged.integer_bounds, part.integer_bounds);
    merged.item_count = intersect_bounds(merged.item_count, part.item_count);
    merged.is_open_tuple &= part.is_open_tuple;
    merged.discriminator = merged.discriminator.take().or(part.discriminator);
    if merged.one_of.is_empty() {
        merged.one_of = part.one_of;
    } else if !part.one_of.is_empty()
        && part.one_of != merged.one_of
        && !merged.further_alternatives.contains(&part.one_of)
    {
        merged.further_alternatives.push(part.one_of);
    }
    merged.further_alternatives.extend(part.further_alternatives);
    merged.any_of.extend(part.any_of);
    if merged.values.is_none() && part.values.is_some() {
        merged.value_keyword = part.value_keyword;
    }
    merged.declared_values.extend(part.declared_values);
    merged.default = merged.default.take().or(part.default);
    merged.values = match (merged.values.take(), part.values) {
        (Some(values), Some(others)) => Some(values.into_iter().filter(|value| others.contains(value)).collect()),
        (values, others) => values.or(others),
    };
    merged.docs.title = merged.docs.title.take().or(part.docs.title);
    merged.docs.description = merged.docs.description.take().or(part.docs.description);
}

/// A minimum and a maximum, both inclusive; `None` means unbounded.
pub(super) type Bounds = (Option<i128>, Option<i128>);

/// The range that is inside both bounds.
pub(super) fn intersect_bounds(one: Bounds, other: Bounds) -> Bounds {
    (one.0.max(other.0), [one.1, other.1].into_iter().flatten().min())
}

/// The types that both lists allow. An empty list allows all types.
pub(super) fn common_types(one: &[JsonType], other: &[JsonType]) -> Vec<JsonType> {
    if one.is_empty() || other.is_empty() {
        return [one, other].concat();
    }
    let allows = |types: &[JsonType], json_type: JsonType| types.iter().any(|allowed| allowed.includes(json_type));
    let mut common: Vec<JsonType> = one.iter().copied().filter(|json_type| allows(other, *json_type)).collect();
    common.extend(other.iter().filter(|json_type| !one.contains(json_type) && allows(one, **json_type)));
    common
}

/// Whether two schemas are the same schema, or equal scalar schemas; `null` is left aside.
pub(crate) fn are_equal_except_null(schemas: &Schemas, one: SchemaId, other: SchemaId) -> bool {
    if schemas.definition(one) == schemas.definition(other) {
        return true;
    }
    let (Some(one), Some(other)) = (merged_schema(schemas, one), merged_schema(schemas, other)) else { return false };
    let is_scalar = |keywords: &Keywords| {
        keywords.properties.is_empty()
            && keywords.conditional_properties.is_empty()
            && keywords.additional_properties.is_none()
            && keywords.items.is_none()
            && keywords.tuple.is_empty()
            && keywords.one_of.is_empty()
            && keywords.any_of.is_empty()
    };
    is_scalar(&one)
        && is_scalar(&other)
        && (&one.types, &one.format, &one.values, one.integer_bounds)
            == (&other.types, &other.format, &other.values, other.integer_bounds)
}
