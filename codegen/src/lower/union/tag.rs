//! What tells alternatives apart that are objects: a property of which each has values of its own, or a discriminator.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{label, optional_tag};
use crate::document::{JsonType, Keywords, SchemaId, Schemas, Tag};
use crate::ir::TagValue;
use crate::json::Value;
use crate::lower::{merge, scalar};

/// An alternative, before it is a type.
#[derive(Clone, Debug)]
pub(in crate::lower) struct Alternative {
    pub(in crate::lower) id: SchemaId,
    pub(in crate::lower) tag_values: Vec<TagValue>,
}

/// The property that tells the objects among the alternatives apart, with each one's values of it; what is no object has
/// none, and is told by its kind.
pub(in crate::lower) fn tag(
    schemas: &Schemas,
    keywords: Option<&Keywords>,
    alternatives: &[SchemaId],
) -> Option<(String, Vec<Alternative>)> {
    let merged: Vec<Cow<'_, Keywords>> =
        alternatives.iter().map(|id| merge::flat_of(schemas, *id)).collect::<Option<_>>()?;
    let (objects, others): (Vec<_>, Vec<_>) = alternatives
        .iter()
        .copied()
        .zip(merged.iter().map(AsRef::as_ref))
        .partition(|(_, keywords)| !keywords.properties.is_empty());
    let is_no_object =
        |keywords: &Keywords| scalar::implied(keywords).is_some_and(|json_type| json_type != JsonType::Object);
    if objects.is_empty() || !others.iter().all(|(_, keywords)| is_no_object(keywords)) {
        return None;
    }
    let own = keywords.and_then(|keywords| keywords.discriminator.as_ref());
    // What is one of `anyOf` may be another as well, of which a tag that it has not says nothing.
    let may_lack = keywords.is_none_or(|keywords| keywords.any_of.is_empty());
    let (property, told) = match own.or_else(|| inherited(&objects)) {
        Some(discriminator) => (discriminator.property.clone(), discriminated(schemas, discriminator, &objects)?),
        None if may_lack => constants(schemas, &objects).or_else(|| optional_tag::constants(schemas, &objects))?,
        None => constants(schemas, &objects)?,
    };
    let mut told: BTreeMap<SchemaId, Vec<TagValue>> = told.into_iter().collect();
    let found = alternatives.iter().map(|id| Alternative { id: *id, tag_values: told.remove(id).unwrap_or_default() });
    Some((property, found.collect()))
}

/// The discriminator of a schema that all objects build on.
fn inherited<'a>(objects: &[(SchemaId, &'a Keywords)]) -> Option<&'a Tag> {
    let [(_, first), others @ ..] = objects else { return None };
    let tag = first.discriminator.as_ref()?;
    let has_it =
        |keywords: &Keywords| keywords.discriminator.as_ref().is_some_and(|other| other.property == tag.property);
    (!others.is_empty() && others.iter().all(|(_, keywords)| has_it(keywords))).then_some(tag)
}

/// An alternative with its values of the tag.
pub(super) type Values = (SchemaId, Vec<TagValue>);

/// The first property of which each object has values that no other has.
fn constants(schemas: &Schemas, objects: &[(SchemaId, &Keywords)]) -> Option<(String, Vec<Values>)> {
    let by_name: Vec<BTreeMap<&str, SchemaId>> =
        objects.iter().map(|(_, keywords)| discriminator_values(keywords)).collect();
    let [(_, first), _, ..] = objects else { return None };
    first.properties.iter().find_map(|(name, _)| {
        let values: Vec<Vec<TagValue>> = by_name
            .iter()
            .map(|properties| const_values(schemas, *properties.get(name.as_str())?))
            .collect::<Option<_>>()?;
        let all: Vec<&TagValue> = values.iter().flatten().collect();
        let distinct: BTreeSet<&&TagValue> = all.iter().collect();
        let pairs = || objects.iter().map(|(id, _)| *id).zip(values.clone()).collect();
        (distinct.len() == all.len()).then(|| (name.clone(), pairs()))
    })
}

pub(super) fn discriminator_values(keywords: &Keywords) -> BTreeMap<&str, SchemaId> {
    keywords.properties.iter().map(|(name, id)| (name.as_str(), *id)).collect()
}

/// The values that a schema allows, where it allows no other and each can be told at sight.
pub(super) fn const_values(schemas: &Schemas, id: SchemaId) -> Option<Vec<TagValue>> {
    let merged = merge::flat_of(schemas, id)?;
    let values = merged.values.as_ref()?;
    values.iter().map(TagValue::of).collect::<Option<Vec<_>>>().filter(|values| !values.is_empty())
}

/// A discriminator's values: as mapped, and what no mapping takes from an alternative, which goes by the values that
/// its property is limited to, or by the name of its component. `None` where an alternative's property allows none of these,
/// so that the discriminator tells nothing.
fn discriminated(schemas: &Schemas, discriminator: &Tag, objects: &[(SchemaId, &Keywords)]) -> Option<Vec<Values>> {
    let own: Vec<TagCandidate> =
        objects.iter().map(|(id, keywords)| TagCandidate::of(schemas, discriminator, *id, keywords)).collect();
    let is_base =
        |id: SchemaId| schemas.definition(id).is_some_and(|id| !schemas.families().descendants(id).is_empty());
    let mut counts: BTreeMap<&TagValue, usize> = BTreeMap::new();
    // What others build on may list the values of them all.
    for value in own.iter().filter(|own| !is_base(own.id)).flat_map(|own| &own.limited) {
        *counts.entry(value).or_default() += 1;
    }
    let bases: Vec<&Vec<TagValue>> = own.iter().filter(|own| is_base(own.id)).map(|own| &own.limited).collect();
    let inherits = |own: &TagCandidate| bases.contains(&&own.limited);
    let mut taken: BTreeSet<TagValue> = BTreeSet::new();
    let mut found: Vec<Vec<TagValue>> = Vec::new();
    for own in &own {
        found.push(own.mapped.iter().filter(|value| taken.insert((*value).clone())).cloned().collect());
    }
    // The values that none of these takes are its own.
    let (last, first): (Vec<_>, Vec<_>) = own.iter().zip(&mut found).partition(|(own, _)| is_base(own.id));
    for (own, found) in first.into_iter().chain(last) {
        let alone = own.limited.iter().filter(|value| is_base(own.id) || counts[value] == 1 && !inherits(own));
        let implied = alone.cloned().chain(own.implied_name());
        found.extend(implied.filter(|value| taken.insert(value.clone())));
        if found.is_empty() && !is_base(own.id) && own.implied_name().is_none() {
            return None;
        }
    }
    // Whoever names a schema that others build on means those too, unless they are alternatives themselves.
    for ((id, _), found) in objects.iter().zip(&mut found) {
        let Some(base) = schemas.definition(*id) else { continue };
        for id in schemas.families().descendants(base) {
            let Some(merged) = merge::flat_of(schemas, *id) else { continue };
            let own = TagCandidate::of(schemas, discriminator, *id, &merged);
            let values = own.implied_name().into_iter().chain(own.mapped).chain(own.limited);
            found.extend(values.filter(|value| taken.insert(value.clone())));
        }
    }
    Some(objects.iter().map(|(id, _)| *id).zip(found).collect())
}

/// What a discriminator has to do with one alternative.
struct TagCandidate {
    id: SchemaId,
    name: String,
    mapped: Vec<TagValue>,
    /// What the property is limited to; nothing where it is not.
    limited: Vec<TagValue>,
}

impl TagCandidate {
    /// The name as a tag, unless the property allows others only.
    fn implied_name(&self) -> Option<TagValue> {
        let name = TagValue::Text(self.name.clone());
        (self.limited.is_empty() || self.limited.contains(&name)).then_some(name)
    }

    fn of(schemas: &Schemas, discriminator: &Tag, id: SchemaId, keywords: &Keywords) -> Self {
        let name = label(schemas, id);
        let property = keywords.properties.iter().find(|(known, _)| *known == discriminator.property);
        let limited = property.and_then(|(_, id)| const_values(schemas, *id)).unwrap_or_default();
        let types = property.and_then(|(_, id)| merge::flat_of(schemas, *id)).map(|merged| merged.types.clone());
        let is_meant = |target: &str| target == name || target.rsplit('/').next() == Some(&name);
        let mapped = discriminator.mapping.iter().filter(|(_, target)| is_meant(target));
        let mapped = mapped.map(|(value, _)| of_key(value, &types.clone().unwrap_or_default())).collect();
        Self { id, name, mapped, limited }
    }
}

/// An alternative that no value of the discriminator means.
pub(in crate::lower) struct UnmappedAlternative {
    pub(in crate::lower) label: String,
    /// What its property is limited to, which others have too.
    pub(in crate::lower) limited: Vec<TagValue>,
}

/// The alternatives of a discriminator, where the values that its property is limited to name none of them.
pub(in crate::lower) fn unnamed(
    schemas: &Schemas,
    discriminator: &Tag,
    objects: &[(SchemaId, &Keywords)],
) -> Vec<UnmappedAlternative> {
    if discriminated(schemas, discriminator, objects).is_some() {
        return Vec::new();
    }
    let own: Vec<TagCandidate> =
        objects.iter().map(|(id, keywords)| TagCandidate::of(schemas, discriminator, *id, keywords)).collect();
    let is_shared = |value: &TagValue| own.iter().filter(|own| own.limited.contains(value)).count() > 1;
    let is_unnamed = |own: &&TagCandidate| {
        own.mapped.is_empty() && own.implied_name().is_none() && own.limited.iter().all(is_shared)
    };
    let unnamed = own.iter().filter(is_unnamed);
    unnamed.map(|own| UnmappedAlternative { label: own.name.clone(), limited: own.limited.clone() }).collect()
}

/// A key of a mapping is a text, whatever the property is.
fn of_key(key: &str, types: &[JsonType]) -> TagValue {
    let value = match types {
        [JsonType::Integer | JsonType::Number] => key.parse().ok().map(Value::Integer),
        [JsonType::Boolean] => key.parse().ok().map(Value::Bool),
        _ => None,
    };
    value.as_ref().and_then(TagValue::of).unwrap_or_else(|| TagValue::Text(key.to_owned()))
}
