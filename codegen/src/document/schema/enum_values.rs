//! Reads `enum`, `const`, and the extensions that label the values (`x-enum-varnames`, `x-ms-enum` …).

use std::collections::BTreeSet;

use super::super::cursor::{Node, Object};
use super::keywords::{DeclaredValue, JsonType, Keywords};
use crate::json::Value;
use crate::location::{EntryPart, Positions};

/// Extensions with the names of the values.
const NAME_KEYS: [&str; 3] = ["x-enum-varnames", "x-enumNames", "x-enum-names"];

/// Extensions with the descriptions of the values.
const DESCRIPTION_KEYS: [&str; 2] = ["x-enum-descriptions", "x-enumDescriptions"];

/// Up to 2^53, every integer is exactly one `f64`.
const MAX_EXACT_FLOAT: f64 = 9_007_199_254_740_992.0;

/// Reads `enum`. Warns about values that occur twice, and keeps the first.
pub(super) fn read_enum(object: &mut Object<'_>) -> Option<Vec<DeclaredValue>> {
    let items = object.get("enum")?.as_items("`enum`");
    let names = ValueLabels::read(object, &NAME_KEYS, &items);
    let descriptions = ValueLabels::read(object, &DESCRIPTION_KEYS, &items);
    let microsoft = read_x_ms_enum(object);
    let mut values: Vec<DeclaredValue> = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, item) in items.iter().enumerate() {
        if !seen.insert(equality_key(item.value)) {
            item.report_warning("this value is listed twice", "remove one of them");
            continue;
        }
        let labelled = microsoft.iter().find(|known| known.value == *item.value);
        values.push(DeclaredValue {
            at: item.at.clone(),
            value: item.value.clone(),
            name: names.label(index, item).or_else(|| labelled?.name.clone()),
            description: descriptions.label(index, item).or_else(|| labelled?.description.clone()),
        });
    }
    Some(values)
}

/// Reads `const`.
pub(super) fn read_const(object: &mut Object<'_>) -> Option<DeclaredValue> {
    let node = object.get("const")?;
    Some(DeclaredValue { at: node.at, value: node.value.clone(), name: None, description: None })
}

/// A key that is the same for values that JSON Schema treats as equal, such as `1` and `1.0`.
#[allow(clippy::cast_possible_truncation)]
fn equality_key(value: &Value) -> String {
    match value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() < MAX_EXACT_FLOAT => {
            format!("{:?}", Value::Integer(*number as i128))
        }
        other => format!("{other:?}"),
    }
}

/// Warns about values that `type` does not allow. In YAML, some strings without quotes are numbers or booleans.
pub(super) fn report_wrong_types(keywords: &Keywords, object: &mut Object<'_>) {
    if keywords.types.is_empty() {
        return;
    }
    let listed = object.get("enum").filter(|node| matches!(node.value, Value::Sequence(_)));
    let values = listed.map(|node| node.as_items("`enum`")).unwrap_or_default();
    let constant = object.get("const");
    let allowed = keywords.types.iter().map(|json_type| json_type.name()).collect::<Vec<_>>().join(" or ");
    let is_allowed = |json_type| keywords.types.iter().any(|allowed| allowed.overlaps(json_type));
    for item in values.iter().chain(&constant) {
        if JsonType::of_value(item.value).is_none_or(is_allowed) {
            continue;
        }
        let text = written_text(item);
        let help = match (&keywords.types[..], &text) {
            ([JsonType::String], Some(text)) => format!("put it in quotes: `\"{text}\"`"),
            ([JsonType::Integer | JsonType::Number], Some(text)) if text.parse::<f64>().is_ok() => {
                format!("remove the quotes: `{text}`")
            }
            _ => "remove it, or add its type to `type`".to_owned(),
        };
        let actual = item.value.kind();
        item.report_warning(format!("the type is {allowed}, but this value is {actual}, so it never matches"), help);
    }
}

/// A scalar as the author wrote it: a number such as `1.10` loses its zero when it is parsed.
fn written_text(node: &Node<'_>) -> Option<String> {
    let parsed = node.value.plain_text()?;
    let mut positions = Positions::default();
    positions.request(&node.at.pointer);
    let text = node.tree.source.text_of(node.at.file);
    positions.find(text);
    let written = positions.position(&node.at.pointer, EntryPart::Value).and_then(|position| {
        let line = text.lines().nth(position.line - 1)?;
        let scalar =
            line.chars().skip(position.column - 1).take_while(|sign| !sign.is_whitespace() && !",]}".contains(*sign));
        Some(scalar.collect::<String>())
    });
    let is_same = |written: &String| written.parse::<f64>().is_ok_and(|number| *node.value == Value::Float(number));
    Some(written.filter(is_same).unwrap_or(parsed))
}

/// The labels that an extension gives to the values of an enum.
enum ValueLabels<'a> {
    None,
    /// One label for each value, in the same order.
    InOrder(Vec<Node<'a>>),
    /// An object whose keys are the values as text.
    ByValue(Node<'a>),
}

impl<'a> ValueLabels<'a> {
    /// The first valid extension of `keys`.
    fn read(object: &mut Object<'a>, keys: &[&'static str], values: &[Node<'a>]) -> Self {
        let mut found = Self::None;
        for node in keys.iter().filter_map(|key| object.get(key)) {
            let labels = match node.value {
                Value::Sequence(_) => Self::InOrder(node.as_items("names of values")),
                Value::Mapping(_) => Self::ByValue(node.clone()),
                _ => Self::None,
            };
            if let Self::InOrder(items) = &labels
                && items.len() != values.len()
            {
                node.report_warning(
                    format!("this list has {} items, but the enum has {} values", items.len(), values.len()),
                    "the list is ignored: write one item for each value, in the same order",
                );
                continue;
            }
            if matches!(found, Self::None) {
                found = labels;
            }
        }
        found
    }

    fn label(&self, index: usize, value: &Node<'_>) -> Option<String> {
        let label = match self {
            Self::None => None,
            Self::InOrder(labels) => labels.get(index).map(|label| label.value),
            Self::ByValue(labels) => labels.value.child(&value.value.plain_text()?),
        };
        label?.plain_text().filter(|text| !text.trim().is_empty())
    }
}

/// Reads the values of `x-ms-enum`, which have their labels with them.
fn read_x_ms_enum(object: &mut Object<'_>) -> Vec<DeclaredValue> {
    let Some(values) = object.get("x-ms-enum").and_then(|node| node.child("values")) else { return Vec::new() };
    let Value::Sequence(_) = values.value else { return Vec::new() };
    let read_value = |item: Node<'_>| {
        let text = |key: &str| item.value.child(key).and_then(Value::plain_text);
        let value = item.value.child("value")?.clone();
        Some(DeclaredValue { at: item.at.clone(), value, name: text("name"), description: text("description") })
    };
    values.as_items("`values`").into_iter().filter_map(read_value).collect()
}
