//! The names of the alternatives of `oneOf` and `anyOf`, and the order in which they are tried.
//!
//! The alternatives themselves come from [`normalize`](crate::normalize), and the tag that distinguishes them from
//! [`tag`].

mod tag;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::tag::{Alternative, find_tag, unmapped_alternatives};
use crate::document::{ForeignName, JsonType, Keywords, SchemaId, SchemaKind, Schemas};
use crate::ir::{Label, TagValue};
use crate::json::Value;
use crate::limits::{
    MAX_ALTERNATIVES_IN_LABEL, MAX_COUNTED_DEPTH, MAX_LISTS_IN_LABEL, MAX_PROPERTIES_IN_LABEL,
    MAX_PROPERTIES_IN_LONG_LABEL,
};
use crate::location::FileId;
use crate::normalize::merge;

/// The short name of an alternative: its component, its title, its constant, its type or its properties.
pub(super) fn label(schemas: &Schemas, id: SchemaId) -> String {
    label_to_depth(schemas, id, MAX_LISTS_IN_LABEL)
}

/// The short name, and a longer one for when several alternatives share the short one: more properties, or the format.
pub(super) fn labels(schemas: &Schemas, id: SchemaId) -> Label {
    let short = label(schemas, id);
    let long = merge::merged_schema(schemas, id).and_then(|merged| match (&merged.format, &short) {
        (Some(format), short) if matches!(short.as_str(), "Integer" | "Number") => Some(format!("{short} {format}")),
        _ if constant_label(schemas, &merged).as_ref() == Some(&short) => Some(long_constant_label(schemas, &merged)),
        _ if properties_label(&merged) == short => Some(long_properties_label(&merged)),
        _ => None,
    });
    Label { long: long.unwrap_or_else(|| short.clone()), short }
}

fn label_to_depth(schemas: &Schemas, id: SchemaId, depth: u8) -> String {
    let definition = schemas.definition(id).unwrap_or(id);
    let steps: Vec<String> = schemas[definition].at.pointer.steps().collect();
    let in_file = match &steps[..] {
        [.., group, name] if matches!(group.as_str(), "schemas" | "definitions" | "$defs") => return name.clone(),
        [name] if schemas[definition].at.file != FileId::default() => Some(name.as_str()),
        [] => Some(schemas.file_stem(schemas[definition].at.file)),
        _ => None,
    };
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
    if let Some(name) = in_file {
        return name.to_owned();
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
            Some(item) if depth > 0 => format!("List of {}", label_to_depth(schemas, item, depth - 1)),
            _ => "List".to_owned(),
        },
        _ if !merged.properties.is_empty() || !merged.required.is_empty() => properties_label(&merged),
        None if depth > 0 && !(merged.one_of.is_empty() && merged.any_of.is_empty()) => {
            let alternatives = merged.one_of.iter().chain(&merged.any_of);
            // Sorted, so that a change of their order in the document changes no name.
            let labels: BTreeSet<String> = alternatives.map(|id| label_to_depth(schemas, *id, depth - 1)).collect();
            labels.into_iter().take(MAX_ALTERNATIVES_IN_LABEL).collect::<Vec<_>>().join(" or ")
        }
        None if !merged.is_nonempty() => "Any".to_owned(),
        _ => "Object".to_owned(),
    }
}

/// The name of an object with constant properties: a string alone, another value after the name of its property. Of
/// several constants, the first in alphabetical order of the properties.
fn constant_label(schemas: &Schemas, merged: &Keywords) -> Option<String> {
    let constants: BTreeMap<&str, TagValue> = constant_properties(schemas, merged).collect();
    let text = constants.values().find_map(|value| match value {
        TagValue::Text(text) => Some(text.clone()),
        _ => None,
    });
    text.or_else(|| constants.iter().next().map(|(name, value)| constant_property_label(name, value)))
}

/// The longer name of an object with constant properties: every constant, and then the other properties.
fn long_constant_label(schemas: &Schemas, merged: &Keywords) -> String {
    let constants: BTreeMap<&str, TagValue> = constant_properties(schemas, merged).collect();
    let others = merged.properties.iter().map(|(name, _)| name.as_str()).filter(|name| !constants.contains_key(name));
    let others: BTreeSet<&str> = others.collect();
    let constants = constants.iter().map(|(name, value)| constant_property_label(name, value));
    constants
        .chain(others.into_iter().map(str::to_owned))
        .take(MAX_PROPERTIES_IN_LONG_LABEL)
        .collect::<Vec<_>>()
        .join(" ")
}

fn constant_property_label(name: &str, value: &TagValue) -> String {
    match value {
        TagValue::Integer(value) => format!("{name} {}", value.to_string().replace('-', "minus ")),
        value => format!("{name} {value}"),
    }
}

/// The properties that allow exactly one value.
fn constant_properties<'a>(schemas: &'a Schemas, merged: &'a Keywords) -> impl Iterator<Item = (&'a str, TagValue)> {
    merged.properties.iter().filter_map(|(name, id)| match schemas.keywords(*id)?.values.as_deref()? {
        [value] => Some((name.as_str(), TagValue::from_json(value)?)),
        _ => None,
    })
}

/// The name of an object without a name of its own: its required properties, or all properties in alphabetical order.
fn properties_label(keywords: &Keywords) -> String {
    let required: Vec<&str> = keywords.required.iter().map(String::as_str).collect();
    let mut all: Vec<&str> = keywords.properties.iter().map(|(name, _)| name.as_str()).collect();
    all.sort_unstable();
    let names = if required.is_empty() { all } else { required };
    names.into_iter().take(MAX_PROPERTIES_IN_LABEL).collect::<Vec<_>>().join(" ")
}

/// The longer name of such an object: its required properties, and then the optional ones in alphabetical order.
fn long_properties_label(keywords: &Keywords) -> String {
    let required = keywords.required.iter().map(String::as_str);
    let is_required: BTreeSet<&str> = required.clone().collect();
    let names: BTreeSet<&str> = keywords.properties.iter().map(|(name, _)| name.as_str()).collect();
    let optional = names.difference(&is_required).copied();
    required.chain(optional).take(MAX_PROPERTIES_IN_LONG_LABEL).collect::<Vec<_>>().join(" ")
}

/// The order in which alternatives are tried: the greatest first. Of two that keep equally much of a value, the first is
/// taken, so one with fewer properties comes before one that would leave more of its own properties unset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Specificity {
    kind: u8,
    /// A map keeps every property, and names none.
    has_only_properties: bool,
    has_properties: bool,
    properties: Reverse<usize>,
    required: usize,
}

/// How specific an alternative is.
pub(super) fn specificity(schemas: &Schemas, id: SchemaId) -> Specificity {
    let Some(keywords) = merge::merged_schema(schemas, id) else { return Specificity::default() };
    let kind = match keywords.types.first() {
        _ if keywords.values.is_some() => 7,
        Some(JsonType::String) if keywords.format.is_some() => 6,
        Some(JsonType::Integer | JsonType::Boolean) => 5,
        Some(JsonType::Number | JsonType::Array | JsonType::String | JsonType::Object) => 4,
        None if !keywords.properties.is_empty() => 4,
        None if !keywords.one_of.is_empty() || !keywords.any_of.is_empty() => 3,
        None => 0,
    };
    let keeps_others = !keywords.pattern_properties.is_empty()
        || keywords.additional_properties.is_some_and(|id| !schemas.is_false(id));
    Specificity {
        kind,
        has_only_properties: !keeps_others,
        has_properties: !keywords.properties.is_empty() || !keywords.required.is_empty(),
        properties: Reverse(property_count(schemas, &keywords, MAX_COUNTED_DEPTH)),
        required: keywords.required.len(),
    }
}

/// The number of properties of an object and of the objects in it.
fn property_count(schemas: &Schemas, keywords: &Keywords, depth: u8) -> usize {
    let inside = |id: &SchemaId| {
        let merged = merge::merged_schema(schemas, *id).filter(|_| depth > 0);
        merged.map_or(0, |merged| property_count(schemas, &merged, depth - 1))
    };
    let properties = keywords.properties.iter().map(|(_, id)| 1 + inside(id));
    properties.sum::<usize>() + keywords.items.as_ref().map_or(0, inside)
}
