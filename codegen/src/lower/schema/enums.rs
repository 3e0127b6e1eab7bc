//! Finds the enum that a schema is: `enum`, `const`, or alternatives that are limited to values.
//!
//! ```yaml
//! {enum: [red, green]}                                       # enum { Red, Green, Unknown(String) }
//! oneOf: [{const: 1, title: On}, {const: 2, title: Off}]     # enum { On = 1, Off = 2, … }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::super::scalar;
use super::{Context, TypeTable};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{DeclaredValue, JsonType, Keywords, ValueKeyword};
use crate::ir::{Docs, Enum, EnumValue, Members, Openness, Type, Width};
use crate::json::Value;
use crate::normalize::{alternatives, merge};

/// The enum of a schema: of its own values, or of the values of its alternatives.
pub(super) fn find_enum(cx: Context<'_>, table: &TypeTable, merged: &Keywords) -> Option<Enum> {
    let (listing, values, others) = if let Some(values) = &merged.values {
        (merged.value_keyword, declared_values(values, merged), UnlistedValues::Undeclared)
    } else {
        let (values, others) = find_spread_enum(cx, table, merged)?;
        (ValueKeyword::Enum, values, others)
    };
    let members = members(values, merged, cx.config)?;
    let default = match (&merged.default, members.labels().len()) {
        (Some(Value::Null), _) => None,
        (Some(default), _) => position(&members, default),
        (None, 1) if others == UnlistedValues::Undeclared => Some(0),
        (None, _) => None,
    };
    // A constant is the only value there will ever be.
    let openness = if listing == ValueKeyword::Const { Openness::Closed } else { Openness::Open };
    Some(Enum { members, openness, default })
}

/// Reports a default that is not among the values. It is ignored.
pub(super) fn check_default(cx: Context<'_>, merged: &Keywords, found: &Enum) {
    let has_default = merged.default.as_ref().is_some_and(|default| *default != Value::Null);
    if has_default && found.default.is_none() {
        let at = merged.at.join("default");
        let diagnostic = Diagnostic::new(Severity::Warning, &at, "the default is not one of the listed values");
        cx.diagnostics.push(diagnostic.with_help("list it, or use a listed value; the default is ignored"));
    }
}

/// The values of alternatives that are limited to values, each with the docs of its alternative. An alternative without
/// values that accepts any string makes the enum open.
fn find_spread_enum(
    cx: Context<'_>,
    table: &TypeTable,
    merged: &Keywords,
) -> Option<(Vec<EnumValue<Value>>, UnlistedValues)> {
    let alternatives = alternatives(cx.schemas, merged);
    if alternatives.len() < 2 {
        return None;
    }
    let mut found: Vec<EnumValue<Value>> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut others = UnlistedValues::Undeclared;
    for id in alternatives {
        let part = merge::merged_schema(cx.schemas, id)?;
        if table.by_schema.contains_key(&cx.schemas.definition(id)?) {
            return None;
        }
        let Some(values) = part.values.as_ref() else {
            if !accepts_any_string(&part) || cx.config.is_closed(&merged.at) {
                return None;
            }
            others = UnlistedValues::Strings;
            continue;
        };
        if values.iter().any(|value| JsonType::of_value(value).is_none_or(is_structured)) {
            return None;
        }
        let mut values = declared_values(values, &part);
        if let [only] = &mut values[..] {
            only.label = part.docs.title.clone().unwrap_or_else(|| only.label.clone());
            only.docs.description = only.docs.description.take().or_else(|| part.docs.description.clone());
            only.docs.deprecated = part.docs.deprecated;
        }
        found.extend(values.into_iter().filter(|value| seen.insert(format!("{:?}", value.value))));
    }
    let are_strings = found.iter().all(|value| matches!(value.value, Value::String(_)));
    (others == UnlistedValues::Undeclared || are_strings && !found.is_empty()).then_some((found, others))
}

/// What a schema declares about values that it does not list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UnlistedValues {
    Undeclared,
    /// They may be any string.
    Strings,
}

fn accepts_any_string(part: &Keywords) -> bool {
    part.types == [JsonType::String] && part.format.is_none() && part.one_of.is_empty() && part.any_of.is_empty()
}

fn is_structured(json_type: JsonType) -> bool {
    matches!(json_type, JsonType::Array | JsonType::Object)
}

/// The values of a schema that its types allow, with the name and the docs of each; without `null`.
fn declared_values(values: &[Value], merged: &Keywords) -> Vec<EnumValue<Value>> {
    // A map, because an enum may have thousands of values.
    let key = |value: &Value| format!("{value:?}");
    let listed: BTreeMap<String, &DeclaredValue> =
        merged.declared_values.iter().rev().map(|listed| (key(&listed.value), listed)).collect();
    let of = |(index, value): (usize, &Value)| {
        let listed = listed.get(&key(value));
        let name = listed.and_then(|listed| listed.name.clone());
        EnumValue {
            at: listed.map_or_else(|| merged.at.join("enum").join(&index.to_string()), |listed| listed.at.clone()),
            label: name.unwrap_or_else(|| label(value)),
            docs: Docs { description: listed.and_then(|listed| listed.description.clone()), ..Docs::default() },
            value: value.clone(),
        }
    };
    values.iter().enumerate().filter(|(_, value)| matches_type(value, &merged.types)).map(of).collect()
}

/// Whether a value is of one of the types; `null` never is.
fn matches_type(value: &Value, types: &[JsonType]) -> bool {
    JsonType::of_value(value)
        .is_some_and(|kind| types.is_empty() || types.iter().any(|json_type| json_type.overlaps(kind)))
}

/// The label of a value without a declared name.
fn label(value: &Value) -> String {
    let number = |text: String| text.replace('-', "minus ").replace('.', " point ");
    match value {
        Value::Integer(value) => number(value.to_string()),
        Value::Float(value) => number(value.to_string()),
        Value::Sequence(items) if items.is_empty() => "empty list".to_owned(),
        Value::Mapping(entries) if entries.is_empty() => "empty object".to_owned(),
        Value::Sequence(items) => items.iter().map(label).collect::<Vec<_>>().join(" "),
        Value::Mapping(entries) => {
            let parts = entries.iter().map(|(key, value)| format!("{key} {}", label(value)));
            parts.collect::<Vec<_>>().join(" ")
        }
        Value::Null => "null".to_owned(),
        Value::String(_) | Value::Bool(_) => value.plain_text().unwrap_or_default(),
    }
}

/// The values, all of one type or mixed; `None` if they do not become an enum.
fn members(values: Vec<EnumValue<Value>>, merged: &Keywords, config: &Config) -> Option<Members> {
    let kinds: BTreeSet<JsonType> = values.iter().filter_map(|value| JsonType::of_value(&value.value)).collect();
    let types: BTreeSet<JsonType> = merged.types.iter().copied().collect();
    let kinds: Vec<JsonType> = kinds.into_iter().collect();
    let types: Vec<JsonType> = types.into_iter().collect();
    match (&kinds[..], &types[..]) {
        ([JsonType::String], [] | [JsonType::String]) => {
            let values = values.into_iter().map(|value| value.try_map(as_text)).collect::<Option<Vec<_>>>()?;
            Some(Members::Texts(values))
        }
        ([JsonType::Boolean], [] | [JsonType::Boolean]) if merged.value_keyword == ValueKeyword::Const => {
            let values = values.into_iter().map(|value| value.try_map(as_boolean)).collect::<Option<Vec<_>>>()?;
            Some(Members::Booleans(values))
        }
        ([] | [JsonType::Boolean], _) => None,
        // Arrays and objects become the types that `items` and `properties` describe.
        (kinds, _) if kinds.iter().copied().all(is_structured) => None,
        ([JsonType::Integer], [] | [JsonType::Integer]) => {
            let values = values.into_iter().map(|value| value.try_map(as_integer)).collect::<Option<Vec<_>>>()?;
            let numbers: Vec<i128> = values.iter().map(|value| value.value).collect();
            let width = scalar::enum_width(merged, config, &numbers);
            // Beside values above the maximum of `i64`, an unknown value may still be negative.
            let is_open = merged.value_keyword == ValueKeyword::Enum && !config.is_closed(&merged.at);
            if is_open && width == Width::U64 && scalar::integer(merged, config) == Type::Integer(Width::I64) {
                return Some(Members::Integers(Width::I128, values));
            }
            Some(Members::Integers(width, values))
        }
        (kinds, [] | [JsonType::Number] | [JsonType::Integer, JsonType::Number])
            if kinds.iter().copied().all(is_number) =>
        {
            let values =
                values.into_iter().map(|value| value.try_map(scalar::as_number)).collect::<Option<Vec<_>>>()?;
            Some(Members::Numbers(values))
        }
        // A fraction is not an integer.
        (_, [JsonType::Integer]) => None,
        _ => {
            // An array or an object with a shape becomes the type of that shape.
            let has_shape = !merged.properties.is_empty() || merged.items.is_some() || !merged.tuple.is_empty();
            (!has_shape || !kinds.iter().copied().any(is_structured)).then_some(Members::Mixed(values))
        }
    }
}

fn is_number(json_type: JsonType) -> bool {
    matches!(json_type, JsonType::Integer | JsonType::Number)
}

fn as_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        _ => None,
    }
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn as_integer(value: &Value) -> Option<i128> {
    match value {
        Value::Integer(number) => Some(*number),
        _ => None,
    }
}

/// The index of a value among the members.
fn position(members: &Members, default: &Value) -> Option<usize> {
    match members {
        Members::Texts(values) => {
            let default = as_text(default)?;
            values.iter().position(|value| value.value == default)
        }
        Members::Booleans(values) => {
            let default = as_boolean(default)?;
            values.iter().position(|value| value.value == default)
        }
        Members::Integers(_, values) => {
            let default = as_integer(default)?;
            values.iter().position(|value| value.value == default)
        }
        Members::Numbers(values) => {
            let default = scalar::as_number(default)?;
            values.iter().position(|value| value.value.total_cmp(&default).is_eq())
        }
        Members::Mixed(values) => values.iter().position(|value| value.value == *default),
    }
}
