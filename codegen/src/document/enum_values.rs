//! `enum` and `const`: the values, and what generators' extensions say of each.

use std::collections::BTreeSet;

use super::cursor::{Node, Object};
use super::keywords::{JsonType, Keywords};
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Value;
use crate::location::Location;

/// One value of an `enum`, and what the author says of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DeclaredValue {
    pub(crate) at: Location,
    pub(crate) value: Value,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
}

/// How an author lists the values of a schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ValueKeyword {
    #[default]
    Enum,
    Const,
}

/// Names of the values, in their order or by their texts.
const NAMES: [&str; 3] = ["x-enum-varnames", "x-enumNames", "x-enum-names"];

/// Words about them, in the same two forms.
const DESCRIPTIONS: [&str; 2] = ["x-enum-descriptions", "x-enumDescriptions"];

/// The values of `enum`, each once, at the place of the first that says it.
pub(super) fn values(object: &mut Object<'_>) -> Option<Vec<DeclaredValue>> {
    let items = object.get("enum")?.items("`enum`");
    let names = ValueLabels::read(object, &NAMES, &items);
    let descriptions = ValueLabels::read(object, &DESCRIPTIONS, &items);
    let microsoft = microsoft(object);
    let mut listed: Vec<DeclaredValue> = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, item) in items.iter().enumerate() {
        if !seen.insert(identity(item.value)) {
            let message = "this value is listed twice";
            item.report(Diagnostic::new(Severity::Warning, &item.at, message).with_help("take one out"));
            continue;
        }
        let more = microsoft.iter().find(|known| known.value == *item.value);
        listed.push(DeclaredValue {
            at: item.at.clone(),
            value: item.value.clone(),
            name: names.of(index, item).or_else(|| more?.name.clone()),
            description: descriptions.of(index, item).or_else(|| more?.description.clone()),
        });
    }
    Some(listed)
}

/// The same for values that are equal: `1.0` is `1` to JSON Schema.
#[allow(clippy::cast_possible_truncation)]
fn identity(value: &Value) -> String {
    match value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() < LARGEST_EXACT => {
            format!("{:?}", Value::Integer(*number as i128))
        }
        other => format!("{other:?}"),
    }
}

/// Up to 2^53, each whole number has a double of its own.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// The value of `const`.
pub(super) fn constant(object: &mut Object<'_>) -> Option<DeclaredValue> {
    let node = object.get("const")?;
    Some(DeclaredValue { at: node.at, value: node.value.clone(), name: None, description: None })
}

/// Warns about values of another type than the schema has: YAML takes what stands without quotes for numbers and booleans.
pub(super) fn check(keywords: &Keywords, object: &mut Object<'_>) {
    let Some(node) = object.get("enum").filter(|node| matches!(node.value, Value::Sequence(_))) else { return };
    if keywords.types.is_empty() {
        return;
    }
    let allowed = keywords.types.iter().map(|json_type| json_type.name()).collect::<Vec<_>>().join(" or ");
    for item in node.items("`enum`") {
        if JsonType::of(item.value)
            .is_none_or(|json_type| keywords.types.iter().any(|allowed| allowed.overlaps(json_type)))
        {
            continue;
        }
        let message = format!("the type is {allowed}, and this value is {}, so it is never met", item.value.kind());
        let cure = match (&keywords.types[..], item.value.plain_text()) {
            ([JsonType::String], Some(text)) => format!("put it in quotes: `\"{text}\"`"),
            _ => "take it out, or name its type, too".to_owned(),
        };
        item.report(Diagnostic::new(Severity::Warning, &item.at, message).with_help(cure));
    }
}

/// What an extension says of the values of an enum.
enum ValueLabels<'a> {
    Nothing,
    /// In the order of the values.
    InOrder(Vec<Node<'a>>),
    /// By the values as texts.
    ByValue(Node<'a>),
}

impl<'a> ValueLabels<'a> {
    /// The first of these extensions that is there and fits the values.
    fn read(object: &mut Object<'a>, keys: &[&'static str], values: &[Node<'a>]) -> Self {
        let mut found = Self::Nothing;
        for node in keys.iter().filter_map(|key| object.get(key)) {
            let notes = match node.value {
                Value::Sequence(_) => Self::InOrder(node.items("names of values")),
                Value::Mapping(_) => Self::ByValue(node.clone()),
                _ => Self::Nothing,
            };
            if let Self::InOrder(items) = &notes
                && items.len() != values.len()
            {
                let message = format!("this list has {}, and the enum has {}", items.len(), values.len());
                node.report(
                    Diagnostic::new(Severity::Warning, &node.at, message)
                        .with_help("say one for each value, in their order; the list is passed over"),
                );
                continue;
            }
            if matches!(found, Self::Nothing) {
                found = notes;
            }
        }
        found
    }

    fn of(&self, index: usize, value: &Node<'_>) -> Option<String> {
        let note = match self {
            Self::Nothing => None,
            Self::InOrder(notes) => notes.get(index).map(|note| note.value),
            Self::ByValue(notes) => notes.value.child(&value.value.plain_text()?),
        };
        note?.plain_text().filter(|text| !text.trim().is_empty())
    }
}

/// What `x-ms-enum` says, each of its own value.
fn microsoft(object: &mut Object<'_>) -> Vec<DeclaredValue> {
    let Some(values) = object.get("x-ms-enum").and_then(|node| node.child("values")) else { return Vec::new() };
    let Value::Sequence(_) = values.value else { return Vec::new() };
    let read = |item: Node<'_>| {
        let text = |key: &str| item.value.child(key).and_then(Value::plain_text);
        let value = item.value.child("value")?.clone();
        Some(DeclaredValue { at: item.at.clone(), value, name: text("name"), description: text("description") })
    };
    values.items("`values`").into_iter().filter_map(read).collect()
}
