//! `oneOf` and `anyOf`: which alternatives there are, what they are called, and which is tried first; `tagged` says what
//! tells them apart.

mod optional_tag;
mod tag;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::tag::{Alternative, tag, unnamed};
use super::merge;
use crate::document::{ForeignName, JsonType, Keywords, SchemaId, SchemaKind, Schemas};
use crate::ir::{Label, TagValue};
use crate::json::Value;

/// Whether a schema allows nothing but `null`.
pub(super) fn is_null(schemas: &Schemas, id: SchemaId) -> bool {
    schemas.keywords(id).is_some_and(|keywords| {
        let only_null = |values: &Vec<Value>| values.iter().all(|value| *value == Value::Null);
        keywords.types.is_empty() && (keywords.nullable || keywords.values.as_ref().is_some_and(only_null)) && {
            keywords.properties.is_empty() && keywords.one_of.is_empty() && keywords.all_of.is_empty()
        }
    })
}

/// The alternatives of a schema that say something: not `null`, and not all only which properties are required.
pub(super) fn alternatives(schemas: &Schemas, keywords: &Keywords) -> Vec<SchemaId> {
    let mut seen = BTreeSet::new();
    let possible =
        listed(schemas, keywords).into_iter().filter(|id| !is_null(schemas, *id) && is_possible(schemas, *id));
    let possible = possible.filter(|id| shares_type(schemas, keywords, *id));
    let possible: Vec<SchemaId> = possible.filter(|id| seen.insert(schemas.definition(*id))).collect();
    // Beside one that says more, such an alternative is what its values need not have.
    let says_nothing = possible.iter().all(|id| schemas.keywords(*id).is_some_and(only_requires));
    if says_nothing { Vec::new() } else { possible }
}

/// The schemas under `oneOf`, or under `anyOf`. One that is a union which leads back to this one is replaced by its own
/// alternatives, and what leads back is left out: it allows nothing that the others do not.
pub(super) fn listed(schemas: &Schemas, keywords: &Keywords) -> Vec<SchemaId> {
    let listed = |keywords: &Keywords| {
        if keywords.one_of.is_empty() { keywords.any_of.clone() } else { keywords.one_of.clone() }
    };
    let own = listed(keywords);
    let Some(start) = schemas.at(&keywords.at).filter(|id| schemas.in_same_cycle(*id, *id)) else { return own };
    let mut seen = BTreeSet::from([start]);
    let mut pending: Vec<SchemaId> = own.into_iter().rev().collect();
    let mut found = Vec::new();
    while let Some(id) = pending.pop() {
        let round = schemas.definition(id).filter(|definition| schemas.in_same_cycle(start, *definition));
        match (round, merge::flat_of(schemas, id)) {
            (Some(definition), _) if seen.contains(&definition) => {}
            (Some(definition), Some(merged)) if is_only_a_union(&merged) => {
                seen.insert(definition);
                pending.extend(listed(&merged).into_iter().rev());
            }
            _ => found.push(id),
        }
    }
    found
}

fn is_only_a_union(keywords: &Keywords) -> bool {
    keywords.types.is_empty()
        && keywords.properties.is_empty()
        && keywords.required.is_empty()
        && keywords.values.is_none()
        && keywords.items.is_none()
        && keywords.additional.is_none()
}

fn is_possible(schemas: &Schemas, id: SchemaId) -> bool {
    schemas.definition(id).is_some_and(|id| !matches!(schemas[id].kind, SchemaKind::Nothing))
}

/// Whether an alternative can be of a type that is said of all, where that is a plain one.
fn shares_type(schemas: &Schemas, keywords: &Keywords, id: SchemaId) -> bool {
    let is_plain = |types: &[JsonType]| {
        !types.is_empty() && !types.iter().any(|json_type| matches!(json_type, JsonType::Array | JsonType::Object))
    };
    let types = schemas.keywords(id).map(|alternative| alternative.types.as_slice()).unwrap_or_default();
    !is_plain(&keywords.types) || types.is_empty() || !merge::common(&keywords.types, types).is_empty()
}

/// Whether a schema says only which properties must be there.
pub(super) fn only_requires(keywords: &Keywords) -> bool {
    !keywords.required.is_empty()
        && keywords.types.is_empty()
        && keywords.properties.is_empty()
        && keywords.values.is_none()
        && keywords.all_of.is_empty()
        && keywords.any_of.is_empty()
        && keywords.one_of.is_empty()
        && keywords.items.is_none()
        && keywords.additional.is_none()
        && keywords.format.is_none()
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
        _ if constant_label(schemas, &merged).as_ref() == Some(&short) => Some(long_constant_label(schemas, &merged)),
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
    if let Some(ForeignName::Type(name) | ForeignName::Plain(name)) = schemas.foreign_name(place) {
        return name.rsplit('.').next().unwrap_or(name).to_owned();
    }
    let Some(keywords) = schemas.keywords(definition) else { return "Any".to_owned() };
    if let Some(title) = &keywords.docs.title {
        return title.clone();
    }
    match keywords.values.as_deref() {
        Some([Value::String(value)]) => return value.clone(),
        Some([Value::Bool(value)]) => return value.to_string(),
        Some([Value::Integer(value)]) => return format!("value {value}"),
        _ => {}
    }
    let merged = merge::merged(schemas, keywords);
    if let Some(constant) = constant_label(schemas, &merged) {
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
            let alternatives = merged.one_of.iter().chain(&merged.any_of);
            // By the alphabet: in which order they are listed says nothing.
            let labels: BTreeSet<String> = alternatives.map(|id| label_within(schemas, *id, depth - 1)).collect();
            labels.into_iter().take(MOST_ALTERNATIVES).collect::<Vec<_>>().join(" or ")
        }
        None if !merged.is_nonempty() => "Any".to_owned(),
        _ => "Object".to_owned(),
    }
}

/// A union inside a union is named after no more of its alternatives.
const MOST_ALTERNATIVES: usize = 3;

/// An object with a constant goes by that: by a text alone, and by another value after the property that has it; of several
/// by the first of the alphabet, whatever their order.
fn constant_label(schemas: &Schemas, merged: &Keywords) -> Option<String> {
    let constants: BTreeMap<&str, TagValue> = constants_of(schemas, merged).collect();
    let text = constants.values().find_map(|value| match value {
        TagValue::Text(text) => Some(text.clone()),
        _ => None,
    });
    text.or_else(|| constants.iter().next().map(|(name, value)| label_of_value(name, value)))
}

/// The same in more words: every constant, and then what it has beside them.
fn long_constant_label(schemas: &Schemas, merged: &Keywords) -> String {
    let constants: BTreeMap<&str, TagValue> = constants_of(schemas, merged).collect();
    let others = merged.properties.iter().map(|(name, _)| name.as_str()).filter(|name| !constants.contains_key(name));
    let others: BTreeSet<&str> = others.collect();
    let constants = constants.iter().map(|(name, value)| label_of_value(name, value));
    constants.chain(others.into_iter().map(str::to_owned)).take(MOST_IN_LABEL).collect::<Vec<_>>().join(" ")
}

fn label_of_value(name: &str, value: &TagValue) -> String {
    match value {
        TagValue::Integer(value) => format!("{name} {}", value.to_string().replace('-', "minus ")),
        value => format!("{name} {value}"),
    }
}

/// The properties that allow one value.
fn constants_of<'a>(schemas: &'a Schemas, merged: &'a Keywords) -> impl Iterator<Item = (&'a str, TagValue)> {
    merged.properties.iter().filter_map(|(name, id)| match schemas.keywords(*id)?.values.as_deref()? {
        [value] => Some((name.as_str(), TagValue::of(value)?)),
        _ => None,
    })
}

/// An object without a name goes by the properties that it must have, or else by those that it may have, whatever
/// their order.
fn properties_label(keywords: &Keywords) -> String {
    let required: Vec<&str> = keywords.required.iter().map(String::as_str).collect();
    let mut any: Vec<&str> = keywords.properties.iter().map(|(name, _)| name.as_str()).collect();
    any.sort_unstable();
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

/// How much an alternative asks for; what asks for more is tried before what asks for less.
pub(super) fn specificity(schemas: &Schemas, id: SchemaId) -> (u8, usize, usize) {
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
