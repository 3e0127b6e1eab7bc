//! Lowers the defaults of properties to values of their types, and reports defaults that the schema does not allow.

use super::super::scalar;
use super::{Context, TypeTable, enums};
use crate::config::Defaults;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{JsonType, Keywords, SchemaId};
use crate::ir::{DefaultValue, Field, FieldDefault, Presence, Type};
use crate::json::Value;
use crate::normalize::merge;

/// Gives a field the default of its schema. If the option says so, reading fills the field with it.
pub(super) fn set_default(cx: Context<'_>, table: &TypeTable, field: &mut Field, id: SchemaId) {
    field.default = find_default(cx, table, field, id);
    let is_value = field.default.as_ref().is_some_and(|default| default.value.is_some());
    if is_value && field.presence == Presence::Optional && cx.config.defaults == Defaults::Filled {
        field.presence = Presence::Defaulted;
    }
}

fn find_default(cx: Context<'_>, table: &TypeTable, field: &Field, id: SchemaId) -> Option<FieldDefault> {
    let merged = merge::merged_schema(cx.schemas, id)?;
    // `null` as the default means that the property may be absent.
    let default = merged.default.as_ref().filter(|default| **default != Value::Null)?;
    let value = match &field.ty {
        Type::Named(id) => match enums::find_enum(cx, table, &merged) {
            // A default that is not listed has been reported with the enum.
            Some(listed) => Some(DefaultValue::Variant(*id, listed.default?)),
            None => None,
        },
        ty => inline_default(ty, default),
    };
    if value.is_none() && is_of_another_type(&field.ty, default) {
        let message = format!("the default is {}, which the schema does not allow", default.kind());
        let diagnostic = Diagnostic::new(Severity::Warning, &merged.at.join("default"), message);
        cx.diagnostics.push(diagnostic.with_help("use a value of the type of the schema; the default is ignored"));
        return None;
    }
    if let Some((keyword, bound)) = violated_keyword(&merged, default) {
        let message = format!("the default is {}, and `{keyword}` is {bound}", default.to_json());
        let diagnostic = Diagnostic::new(Severity::Warning, &merged.at.join("default"), message);
        cx.diagnostics.push(diagnostic.with_help("use a value that the schema allows; the default is ignored"));
        return None;
    }
    Some(FieldDefault { json: default.to_json(), value })
}

/// The keyword that a default violates, with its value.
fn violated_keyword(merged: &Keywords, default: &Value) -> Option<(&'static str, String)> {
    let number = scalar::as_number(default);
    let length = match default {
        Value::String(text) => Some(text.chars().count()),
        _ => None,
    };
    let items = match default {
        Value::Sequence(items) => Some(items.len()),
        _ => None,
    };
    #[allow(clippy::cast_precision_loss, reason = "no default is that long")]
    let is_violated = |keyword: &str, bound: &Value| {
        let bound = scalar::as_number(bound)?;
        Some(match keyword {
            "minimum" => number? < bound,
            "exclusiveMinimum" => number? <= bound,
            "maximum" => number? > bound,
            "exclusiveMaximum" => number? >= bound,
            "minLength" => (length? as f64) < bound,
            "maxLength" => length? as f64 > bound,
            "minItems" => (items? as f64) < bound,
            "maxItems" => items? as f64 > bound,
            _ => false,
        })
    };
    let bounds = merged.assertions.plain.iter();
    let mut violated = bounds.filter(|(keyword, bound)| is_violated(keyword, bound) == Some(true));
    violated.next().map(|(keyword, bound)| (*keyword, bound.to_json()))
}

/// The default of a type that is not an item.
fn inline_default(ty: &Type, default: &Value) -> Option<DefaultValue> {
    match (ty, default) {
        (Type::Boolean, Value::Bool(value)) => Some(DefaultValue::Boolean(*value)),
        (Type::Integer(width), Value::Integer(value)) => {
            width.range().contains(value).then_some(DefaultValue::Integer(*width, *value))
        }
        (Type::Double, value) => scalar::as_number(value).map(DefaultValue::Number),
        (Type::String, Value::String(text)) => Some(DefaultValue::Text(text.clone())),
        (Type::List(_), Value::Sequence(items)) if items.is_empty() => Some(DefaultValue::EmptyList),
        _ => None,
    }
}

/// Whether a default is not a value of a scalar type, a list or a map. The defaults of enums are checked with the enum.
fn is_of_another_type(ty: &Type, default: &Value) -> bool {
    let kind = JsonType::of_value(default);
    match ty {
        Type::Boolean => kind != Some(JsonType::Boolean),
        Type::Integer(_) => kind != Some(JsonType::Integer),
        Type::Double => !matches!(kind, Some(JsonType::Integer | JsonType::Number)),
        Type::String => kind != Some(JsonType::String),
        Type::List(_) | Type::Set(_) | Type::Array(..) | Type::Tuple(_) => kind != Some(JsonType::Array),
        Type::Map(_) | Type::Keyed(..) => kind != Some(JsonType::Object),
        _ => false,
    }
}
