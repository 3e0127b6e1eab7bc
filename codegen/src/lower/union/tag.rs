//! The tag of a union: a property for which every object among the alternatives has values of its own, or a
//! discriminator.
//!
//! ```yaml
//! oneOf:
//!   - {required: [type], properties: {type: {const: begin}}}   # `begin`
//!   - {required: [type], properties: {type: {const: end}}}     # `end`
//!   - {required: [error], properties: {error: {type: string}}} # no `type`: one object may lack the tag
//! ```

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::label;
use crate::document::{JsonType, Keywords, SchemaId, Schemas, Tag};
use crate::ir::TagValue;
use crate::json::Value;
use crate::limits::{MAX_NESTED_UNIONS, MIN_TAGGED_ALTERNATIVES};
use crate::location::Location;
use crate::lower::scalar;
use crate::normalize::{alternatives, merge};

/// An alternative with its values of the tag.
#[derive(Clone, Debug)]
pub(in crate::lower) struct Alternative {
    pub(in crate::lower) id: SchemaId,
    pub(in crate::lower) tag_values: Vec<TagValue>,
}

/// The property that distinguishes the objects among the alternatives, with the values of each object. Alternatives
/// that are not objects have no values: their JSON type distinguishes them.
pub(in crate::lower) fn find_tag(
    schemas: &Schemas,
    keywords: Option<&Keywords>,
    alternatives: &[SchemaId],
) -> Option<(String, Vec<Alternative>)> {
    find_tag_to_depth(schemas, keywords, alternatives, MAX_NESTED_UNIONS)
}

fn find_tag_to_depth(
    schemas: &Schemas,
    keywords: Option<&Keywords>,
    alternatives: &[SchemaId],
    depth: u8,
) -> Option<(String, Vec<Alternative>)> {
    let merged: Vec<Cow<'_, Keywords>> =
        alternatives.iter().map(|id| merge::merged_schema(schemas, *id)).collect::<Option<_>>()?;
    let (objects, others): (Vec<_>, Vec<_>) = alternatives
        .iter()
        .copied()
        .zip(merged.iter().map(AsRef::as_ref))
        .partition(|(_, keywords)| is_object(schemas, keywords, depth));
    let is_not_an_object =
        |keywords: &Keywords| scalar::implied_type(keywords).is_some_and(|json_type| json_type != JsonType::Object);
    if objects.is_empty() || !others.iter().all(|(_, keywords)| is_not_an_object(keywords)) {
        return None;
    }
    let own = keywords.and_then(|keywords| keywords.discriminator.as_ref());
    // A value may be valid against several schemas of an `anyOf`, so a missing tag would exclude nothing.
    let may_lack_tag = keywords.is_none_or(|keywords| keywords.any_of.is_empty());
    let (property, values) = match own.or_else(|| inherited_discriminator(&objects)) {
        Some(discriminator) => {
            (discriminator.property.clone(), discriminator_values(schemas, discriminator, &objects, depth)?)
        }
        None if may_lack_tag => {
            distinct_constants(schemas, &objects, depth).or_else(|| optional_tag(schemas, &objects))?
        }
        None => distinct_constants(schemas, &objects, depth)?,
    };
    let mut values: BTreeMap<SchemaId, Vec<TagValue>> = values.into_iter().collect();
    let found =
        alternatives.iter().map(|id| Alternative { id: *id, tag_values: values.remove(id).unwrap_or_default() });
    Some((property, found.collect()))
}

/// The discriminator of a schema that all objects extend.
fn inherited_discriminator<'a>(objects: &[(SchemaId, &'a Keywords)]) -> Option<&'a Tag> {
    let [(_, first), others @ ..] = objects else { return None };
    let tag = first.discriminator.as_ref()?;
    let has_it =
        |keywords: &Keywords| keywords.discriminator.as_ref().is_some_and(|other| other.property == tag.property);
    (!others.is_empty() && others.iter().all(|(_, keywords)| has_it(keywords))).then_some(tag)
}

type TagValues = (SchemaId, Vec<TagValue>);

/// The first property for which each object has values that no other object has.
fn distinct_constants(
    schemas: &Schemas,
    objects: &[(SchemaId, &Keywords)],
    depth: u8,
) -> Option<(String, Vec<TagValues>)> {
    let [first, _, ..] = objects else { return None };
    property_names(schemas, first.1, depth).into_iter().find_map(|name| {
        let values = objects.iter().map(|(_, keywords)| property_values(schemas, keywords, &name, depth));
        let values: Vec<Vec<TagValue>> = values.collect::<Option<_>>()?;
        let pairs = || objects.iter().map(|(id, _)| *id).zip(values.clone()).collect();
        are_distinct(&values).then(|| (name.clone(), pairs()))
    })
}

/// Whether a schema describes objects: by properties, or by alternatives that do.
fn is_object(schemas: &Schemas, keywords: &Keywords, depth: u8) -> bool {
    !keywords.properties.is_empty()
        || nested_alternatives(schemas, keywords, depth)
            .is_some_and(|nested| nested.iter().all(|keywords| is_object(schemas, keywords, depth - 1)))
}

/// The alternatives of an alternative that is a union itself.
fn nested_alternatives<'a>(schemas: &'a Schemas, keywords: &Keywords, depth: u8) -> Option<Vec<Cow<'a, Keywords>>> {
    let nested = (depth > 0).then(|| alternatives(schemas, keywords)).filter(|nested| !nested.is_empty())?;
    nested.iter().map(|id| merge::merged_schema(schemas, *id)).collect()
}

/// The names of the properties of an object, or of the first of its alternatives.
fn property_names(schemas: &Schemas, keywords: &Keywords, depth: u8) -> Vec<String> {
    let own = keywords.properties.iter().map(|(name, _)| name.clone());
    let nested = nested_alternatives(schemas, keywords, depth).unwrap_or_default();
    let nested = nested.first().map(|first| property_names(schemas, first, depth - 1)).unwrap_or_default();
    own.chain(nested).collect()
}

/// The values that an object allows for a property, if they can be tags: those of the property itself, or else those of
/// all its alternatives.
fn property_values(schemas: &Schemas, keywords: &Keywords, name: &str, depth: u8) -> Option<Vec<TagValue>> {
    let own = keywords.properties.iter().find(|(known, _)| known == name);
    own.and_then(|(_, id)| allowed_values(schemas, *id)).or_else(|| {
        let nested = nested_alternatives(schemas, keywords, depth)?;
        if keywords.discriminator.as_ref().is_some_and(|tag| tag.property == name) {
            let (_, found) = find_tag_to_depth(schemas, Some(keywords), &alternatives(schemas, keywords), depth - 1)?;
            return Some(found.into_iter().flat_map(|alternative| alternative.tag_values).collect());
        }
        let values = nested.iter().map(|keywords| property_values(schemas, keywords, name, depth - 1));
        let values: BTreeSet<TagValue> = values.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
        Some(values.into_iter().collect())
    })
}

fn are_distinct(values: &[Vec<TagValue>]) -> bool {
    let mut seen = BTreeSet::new();
    values.iter().flatten().all(|value| seen.insert(value))
}

/// A property that all objects but one require, with values that no other object has. The one object does not have it.
fn optional_tag(schemas: &Schemas, objects: &[(SchemaId, &Keywords)]) -> Option<(String, Vec<TagValues>)> {
    let has = |keywords: &Keywords, name: &str| keywords.properties.iter().any(|(known, _)| known == name);
    // One of the first two objects has the property.
    let names = objects.iter().take(2).flat_map(|(_, keywords)| &keywords.properties).map(|(name, _)| name);
    names.into_iter().find_map(|name| {
        let (tagged, untagged): (Vec<_>, Vec<_>) =
            objects.iter().copied().partition(|(_, keywords)| has(keywords, name));
        let [(untagged, keywords)] = untagged[..] else { return None };
        let are_required = tagged.iter().all(|(_, keywords)| keywords.required.contains(name));
        if tagged.len() < MIN_TAGGED_ALTERNATIVES || !are_required || may_have_other_properties(schemas, keywords) {
            return None;
        }
        let values = tagged
            .iter()
            .map(|(_, keywords)| allowed_values(schemas, properties_by_name(keywords)[name.as_str()]))
            .collect::<Option<Vec<_>>>()?;
        if !are_distinct(&values) {
            return None;
        }
        let tagged = tagged.iter().map(|(id, _)| *id).zip(values);
        Some((name.clone(), tagged.chain([(untagged, vec![TagValue::Absent])]).collect()))
    })
}

/// Whether keywords describe properties that are not in `properties`.
fn may_have_other_properties(schemas: &Schemas, keywords: &Keywords) -> bool {
    !keywords.pattern_properties.is_empty()
        || !keywords.one_of.is_empty()
        || !keywords.any_of.is_empty()
        || !keywords.conditional_properties.is_empty()
        || keywords.additional_properties.is_some_and(|id| !schemas.is_false(id))
}

fn properties_by_name(keywords: &Keywords) -> BTreeMap<&str, SchemaId> {
    keywords.properties.iter().map(|(name, id)| (name.as_str(), *id)).collect()
}

/// The values that a schema allows, if it allows only values that can be tags.
fn allowed_values(schemas: &Schemas, id: SchemaId) -> Option<Vec<TagValue>> {
    let merged = merge::merged_schema(schemas, id)?;
    let values = merged.values.as_ref()?;
    values.iter().map(TagValue::from_json).collect::<Option<Vec<_>>>().filter(|values| !values.is_empty())
}

/// The values of a discriminator for each object: those that `mapping` gives it, those that its property is limited to,
/// and the name of its component.
///
/// `None` if the property of an object allows none of these, so that the discriminator distinguishes nothing.
fn discriminator_values(
    schemas: &Schemas,
    discriminator: &Tag,
    objects: &[(SchemaId, &Keywords)],
    depth: u8,
) -> Option<Vec<TagValues>> {
    let candidates: Vec<TagCandidate> =
        objects.iter().map(|(id, keywords)| TagCandidate::new(schemas, discriminator, *id, keywords, depth)).collect();
    let is_base =
        |id: SchemaId| schemas.definition(id).is_some_and(|id| !schemas.subtypes().descendants(id).is_empty());
    let mut counts: BTreeMap<&TagValue, usize> = BTreeMap::new();
    // A base schema may list the values of all its subtypes.
    for value in candidates.iter().filter(|own| !is_base(own.id)).flat_map(|own| &own.limited) {
        *counts.entry(value).or_default() += 1;
    }
    let bases: Vec<&Vec<TagValue>> = candidates.iter().filter(|own| is_base(own.id)).map(|own| &own.limited).collect();
    let inherits = |own: &TagCandidate| bases.contains(&&own.limited);
    let mut taken: BTreeSet<TagValue> = BTreeSet::new();
    let mut found: Vec<Vec<TagValue>> = Vec::new();
    for own in &candidates {
        found.push(own.mapped.iter().filter(|value| taken.insert((*value).clone())).cloned().collect());
    }
    // Subtypes before bases: a base gets the values that no subtype has.
    let (bases, subtypes): (Vec<_>, Vec<_>) = candidates.iter().zip(&mut found).partition(|(own, _)| is_base(own.id));
    for (own, found) in subtypes.into_iter().chain(bases) {
        let unique = own.limited.iter().filter(|value| is_base(own.id) || counts[value] == 1 && !inherits(own));
        // A name that several files have selects none of those that `mapping` selects.
        let is_ambiguous =
            !own.mapped.is_empty() && candidates.iter().filter(|other| other.name == own.name).count() > 1;
        let implied = unique.cloned().chain(own.implied_name().filter(|_| !is_ambiguous));
        found.extend(implied.filter(|value| taken.insert(value.clone())));
        if found.is_empty() && !is_base(own.id) && own.implied_name().is_none() {
            return None;
        }
    }
    // A base also stands for its subtypes that are not alternatives themselves.
    for ((id, _), found) in objects.iter().zip(&mut found) {
        let Some(base) = schemas.definition(*id) else { continue };
        let listed = schemas.subtypes().listed(base).unwrap_or_default();
        for id in schemas.subtypes().descendants(base).iter().chain(listed) {
            let Some(merged) = merge::merged_schema(schemas, *id) else { continue };
            let own = TagCandidate::new(schemas, discriminator, *id, &merged, depth);
            let values = own.implied_name().into_iter().chain(own.mapped).chain(own.limited);
            found.extend(values.filter(|value| taken.insert(value.clone())));
        }
    }
    Some(objects.iter().map(|(id, _)| *id).zip(found).collect())
}

/// The values of a discriminator that may belong to one alternative.
struct TagCandidate {
    id: SchemaId,
    name: String,
    mapped: Vec<TagValue>,
    /// The values of the property's `enum` or `const`, or those that select the alternatives of a union; empty if there
    /// are none.
    limited: Vec<TagValue>,
}

impl TagCandidate {
    fn new(schemas: &Schemas, discriminator: &Tag, id: SchemaId, keywords: &Keywords, depth: u8) -> Self {
        let name = label(schemas, id);
        let property = keywords.properties.iter().find(|(known, _)| *known == discriminator.property);
        let limited = property_values(schemas, keywords, &discriminator.property, depth).unwrap_or_default();
        let types = property.and_then(|(_, id)| merge::merged_schema(schemas, *id)).map(|merged| merged.types.clone());
        let is_target = |target: &Location| {
            schemas.at(target).is_some_and(|target| schemas.definition(target) == schemas.definition(id))
        };
        let mapped = discriminator.mapping.iter().filter(|(_, target)| is_target(target));
        let mapped = mapped.map(|(key, _)| parse_mapping_key(key, &types.clone().unwrap_or_default())).collect();
        Self { id, name, mapped, limited }
    }

    /// The name of the component as a value, unless the property does not allow it.
    fn implied_name(&self) -> Option<TagValue> {
        let name = TagValue::Text(self.name.clone());
        (self.limited.is_empty() || self.limited.contains(&name)).then_some(name)
    }
}

/// An alternative that no value of the discriminator selects.
pub(in crate::lower) struct UnmappedAlternative {
    pub(in crate::lower) label: String,
    /// The values of its property, which other alternatives have too.
    pub(in crate::lower) limited: Vec<TagValue>,
}

/// The alternatives that no value of the discriminator selects.
pub(in crate::lower) fn unmapped_alternatives(
    schemas: &Schemas,
    discriminator: &Tag,
    objects: &[(SchemaId, &Keywords)],
) -> Vec<UnmappedAlternative> {
    if discriminator_values(schemas, discriminator, objects, MAX_NESTED_UNIONS).is_some() {
        return Vec::new();
    }
    let candidates: Vec<TagCandidate> = objects
        .iter()
        .map(|(id, keywords)| TagCandidate::new(schemas, discriminator, *id, keywords, MAX_NESTED_UNIONS))
        .collect();
    let is_shared = |value: &TagValue| candidates.iter().filter(|own| own.limited.contains(value)).count() > 1;
    let is_unmapped = |own: &&TagCandidate| {
        own.mapped.is_empty() && own.implied_name().is_none() && own.limited.iter().all(is_shared)
    };
    let unmapped = candidates.iter().filter(is_unmapped);
    unmapped.map(|own| UnmappedAlternative { label: own.name.clone(), limited: own.limited.clone() }).collect()
}

/// The keys of `mapping` are strings, even if the property is a number or a boolean.
fn parse_mapping_key(key: &str, types: &[JsonType]) -> TagValue {
    let value = match types {
        [JsonType::Integer | JsonType::Number] => key.parse().ok().map(Value::Integer),
        [JsonType::Boolean] => key.parse().ok().map(Value::Bool),
        _ => None,
    };
    value.as_ref().and_then(TagValue::from_json).unwrap_or_else(|| TagValue::Text(key.to_owned()))
}
