//! `oneOf` and `anyOf`: which alternatives there are, what they are called, and what tells them apart.

use std::collections::{BTreeMap, BTreeSet};

use super::{merge, scalar};
use crate::document::{Called, JsonType, Keywords, SchemaId, SchemaKind, Schemas, Tag, Value};
use crate::ir::Label;

/// An alternative, before it is a type.
#[derive(Clone, Debug)]
pub(super) struct Alternative {
    pub(super) id: SchemaId,
    pub(super) tag_values: Vec<String>,
}

/// Whether a schema allows nothing but `null`.
pub(super) fn is_null(schemas: &Schemas, id: SchemaId) -> bool {
    schemas.keywords(id).is_some_and(|keywords| {
        let only_null = |values: &Vec<Value>| values.iter().all(|value| *value == Value::Null);
        keywords.types.is_empty() && (keywords.nullable || keywords.values.as_ref().is_some_and(only_null)) && {
            keywords.properties.is_empty() && keywords.one_of.is_empty() && keywords.all_of.is_empty()
        }
    })
}

/// The alternatives of a schema that say something: neither `null` nor only which properties are required.
pub(super) fn alternatives(schemas: &Schemas, keywords: &Keywords) -> Vec<SchemaId> {
    let listed = if keywords.one_of.is_empty() { &keywords.any_of } else { &keywords.one_of };
    let mut seen = BTreeSet::new();
    let shaping = listed.iter().copied().filter(|id| !is_null(schemas, *id) && shapes(schemas, *id));
    shaping.filter(|id| seen.insert(schemas.definition(*id))).collect()
}

fn shapes(schemas: &Schemas, id: SchemaId) -> bool {
    let Some(definition) = schemas.definition(id) else { return false };
    match &schemas[definition].kind {
        SchemaKind::Nothing => false,
        SchemaKind::Keywords(keywords) => {
            let only_required = keywords.types.is_empty()
                && keywords.properties.is_empty()
                && keywords.values.is_none()
                && keywords.all_of.is_empty()
                && keywords.any_of.is_empty()
                && keywords.one_of.is_empty()
                && keywords.items.is_none()
                && keywords.additional.is_none()
                && keywords.format.is_none();
            !only_required || keywords.required.is_empty()
        }
        _ => true,
    }
}

/// What an alternative is called: after its component, its title, the one value of its tag, its type, its properties.
pub(super) fn label(schemas: &Schemas, id: SchemaId) -> String {
    label_within(schemas, id, MOST_LISTS)
}

/// The label, and one in more words: of an object without a name the properties, of a number its format.
pub(super) fn both_labels(schemas: &Schemas, id: SchemaId) -> Label {
    let short = label(schemas, id);
    let long = merge::flat_of(schemas, id).and_then(|merged| match (&merged.format, &short) {
        (Some(format), short) if matches!(short.as_str(), "Integer" | "Number") => Some(format!("{short} {format}")),
        _ if properties_label(&merged) == short => Some(long_properties_label(&merged)),
        _ => None,
    });
    Label { long: long.unwrap_or_else(|| short.clone()), short }
}

/// Lists of lists are named no deeper than this.
const MOST_LISTS: u8 = 3;

fn label_within(schemas: &Schemas, id: SchemaId, depth: u8) -> String {
    let named = |id: SchemaId| {
        let steps: Vec<String> = schemas[id].at.pointer.steps().collect();
        match &steps[..] {
            [.., group, name] if matches!(group.as_str(), "schemas" | "definitions" | "$defs") => Some(name.clone()),
            [] => Some("Document".to_owned()),
            _ => None,
        }
    };
    let definition = schemas.definition(id).unwrap_or(id);
    if let Some(name) = named(definition) {
        return name;
    }
    let place = match &schemas[definition].kind {
        SchemaKind::Keywords(keywords) => &keywords.at,
        _ => &schemas[definition].at,
    };
    if let Some(Called::Type(name) | Called::Plain(name)) = schemas.called(place) {
        return name.rsplit('.').next().unwrap_or(name).to_owned();
    }
    let Some(keywords) = schemas.keywords(definition) else { return "Any".to_owned() };
    if let Some(title) = &keywords.docs.title {
        return title.clone();
    }
    if let Some([Value::String(value)]) = keywords.values.as_deref() {
        return value.clone();
    }
    let merged = merge::flat(schemas, keywords);
    let constant = merged.properties.iter().find_map(|(_, id)| match schemas.keywords(*id)?.values.as_deref()? {
        [Value::String(value)] => Some(value.clone()),
        _ => None,
    });
    if let Some(constant) = constant {
        return constant;
    }
    match merged.types.first() {
        Some(JsonType::Boolean) => "Boolean".to_owned(),
        Some(JsonType::Integer) => "Integer".to_owned(),
        Some(JsonType::Number) => "Number".to_owned(),
        Some(JsonType::String) => merged.format.clone().unwrap_or_else(|| "String".to_owned()),
        Some(JsonType::Array) => match merged.items {
            Some(item) if depth > 0 => format!("List of {}", label_within(schemas, item, depth - 1)),
            _ => "List".to_owned(),
        },
        _ if !merged.properties.is_empty() || !merged.required.is_empty() => properties_label(&merged),
        None if depth > 0 && !(merged.one_of.is_empty() && merged.any_of.is_empty()) => {
            let alternatives = merged.one_of.iter().chain(&merged.any_of).take(MOST_ALTERNATIVES);
            let labels: Vec<String> = alternatives.map(|id| label_within(schemas, *id, depth - 1)).collect();
            labels.join(" or ")
        }
        _ => "Object".to_owned(),
    }
}

/// A union inside a union is named after no more of its alternatives.
const MOST_ALTERNATIVES: usize = 3;

/// An object without a name goes by the properties that it must have, or else by those that it may have.
fn properties_label(keywords: &Keywords) -> String {
    let required: Vec<&str> = keywords.required.iter().map(String::as_str).collect();
    let any: Vec<&str> = keywords.properties.iter().map(|(name, _)| name.as_str()).collect();
    let names = if required.is_empty() { any } else { required };
    names.into_iter().take(3).collect::<Vec<_>>().join(" ")
}

/// The properties that it must have, and then those that it may have, in no order that an author might change.
fn long_properties_label(keywords: &Keywords) -> String {
    let required = keywords.required.iter().map(String::as_str);
    let is_required: BTreeSet<&str> = required.clone().collect();
    let names: BTreeSet<&str> = keywords.properties.iter().map(|(name, _)| name.as_str()).collect();
    let optional = names.difference(&is_required).copied();
    required.chain(optional).take(MOST_IN_LABEL).collect::<Vec<_>>().join(" ")
}

/// Longer names tell nobody more.
const MOST_IN_LABEL: usize = 5;

/// The property that tells the objects among the alternatives apart, with each one's values of it; what is no object has
/// none, and is told by its kind.
pub(super) fn tag(
    schemas: &Schemas,
    keywords: Option<&Keywords>,
    alternatives: &[SchemaId],
) -> Option<(String, Vec<Alternative>)> {
    let merged: Vec<Keywords> = alternatives.iter().map(|id| merge::flat_of(schemas, *id)).collect::<Option<_>>()?;
    let (objects, others): (Vec<_>, Vec<_>) =
        alternatives.iter().copied().zip(&merged).partition(|(_, keywords)| !keywords.properties.is_empty());
    let is_no_object =
        |keywords: &Keywords| scalar::implied(keywords).is_some_and(|json_type| json_type != JsonType::Object);
    if objects.is_empty() || !others.iter().all(|(_, keywords)| is_no_object(keywords)) {
        return None;
    }
    let discriminator = keywords.and_then(|keywords| keywords.discriminator.as_ref());
    let (property, told) = match discriminator {
        Some(discriminator) => (discriminator.property.clone(), discriminated(schemas, discriminator, &objects)),
        None => constants(schemas, &objects)?,
    };
    let mut told: BTreeMap<SchemaId, Vec<String>> = told.into_iter().collect();
    let found = alternatives.iter().map(|id| Alternative { id: *id, tag_values: told.remove(id).unwrap_or_default() });
    Some((property, found.collect()))
}

/// An alternative with its values of the tag.
type Values = (SchemaId, Vec<String>);

/// The first property of which each object has values that no other has.
fn constants(schemas: &Schemas, objects: &[(SchemaId, &Keywords)]) -> Option<(String, Vec<Values>)> {
    let by_name: Vec<BTreeMap<&str, SchemaId>> = objects.iter().map(|(_, keywords)| by_name(keywords)).collect();
    let [(_, first), _, ..] = objects else { return None };
    first.properties.iter().find_map(|(name, _)| {
        let values: Vec<Vec<String>> = by_name
            .iter()
            .map(|properties| limited(schemas, *properties.get(name.as_str())?))
            .collect::<Option<_>>()?;
        let all: Vec<&String> = values.iter().flatten().collect();
        let distinct: BTreeSet<&&String> = all.iter().collect();
        let pairs = || objects.iter().map(|(id, _)| *id).zip(values.clone()).collect();
        (distinct.len() == all.len()).then(|| (name.clone(), pairs()))
    })
}

fn by_name(keywords: &Keywords) -> BTreeMap<&str, SchemaId> {
    keywords.properties.iter().map(|(name, id)| (name.as_str(), *id)).collect()
}

/// The strings that a property is limited to.
fn property_values(schemas: &Schemas, keywords: &Keywords, name: &str) -> Option<Vec<String>> {
    let (_, id) = keywords.properties.iter().find(|(known, _)| known == name)?;
    limited(schemas, *id)
}

/// The strings that a schema allows, where it allows no other.
fn limited(schemas: &Schemas, id: SchemaId) -> Option<Vec<String>> {
    let values = merge::flat_of(schemas, id)?.values?;
    let texts = values.iter().map(|value| match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect::<Option<Vec<String>>>().filter(|texts| !texts.is_empty())
}

/// A discriminator's values: as mapped, else as the property itself says, else the names of the components.
fn discriminated(schemas: &Schemas, discriminator: &Tag, objects: &[(SchemaId, &Keywords)]) -> Vec<Values> {
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for (id, keywords) in objects {
        let name = label(schemas, *id);
        let is_meant = |target: &str| target == name || target.rsplit('/').next() == Some(&name);
        let mapped = discriminator.mapping.iter().filter(|(_, target)| is_meant(target));
        let mut tag_values: Vec<String> = mapped.map(|(value, _)| value.clone()).collect();
        if tag_values.is_empty() {
            let own = property_values(schemas, keywords, &discriminator.property);
            tag_values = own.filter(|values| values.len() == 1).unwrap_or_else(|| vec![name]);
        }
        tag_values.retain(|value| taken.insert(value.clone()));
        found.push((*id, tag_values));
    }
    found
}

/// How much an alternative asks for; what asks for more is tried before what asks for less.
pub(super) fn demand(schemas: &Schemas, id: SchemaId) -> (u8, usize, usize) {
    let Some(keywords) = merge::flat_of(schemas, id) else { return (0, 0, 0) };
    let kind = match keywords.types.first() {
        _ if keywords.values.is_some() => 7,
        Some(JsonType::String) if keywords.format.is_some() => 6,
        Some(JsonType::Integer | JsonType::Boolean) => 5,
        Some(JsonType::Number | JsonType::Array | JsonType::String | JsonType::Object) => 4,
        None if !keywords.properties.is_empty() => 4,
        None if !keywords.one_of.is_empty() || !keywords.any_of.is_empty() => 3,
        None => 0,
    };
    (kind, keywords.required.len(), keywords.properties.len())
}
