//! Defaults of properties, as values of their types.

use super::super::scalar;
use super::Lowering;
use crate::config::Defaults;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{JsonType, Keywords, SchemaId};
use crate::ir::{DefaultValue, Field, FieldDefault, Presence, Type};
use crate::json::Value;
use crate::normalize::merge;

impl Lowering<'_> {
    /// Gives a field the default of its schema, and the place that the team wants defaults to have.
    pub(super) fn fill_in(&self, field: &mut Field, id: SchemaId) {
        field.default = self.default_of(field, id);
        let is_value = field.default.as_ref().is_some_and(|default| default.value.is_some());
        if is_value && field.presence == Presence::Optional && self.config.defaults == Defaults::Filled {
            field.presence = Presence::Defaulted;
        }
    }

    fn default_of(&self, field: &Field, id: SchemaId) -> Option<FieldDefault> {
        let merged = merge::merged_schema(self.schemas, id)?;
        // `null` says what absence says.
        let default = merged.default.as_ref().filter(|default| **default != Value::Null)?;
        let value = match &field.ty {
            Type::Named(id) => match self.listed(&merged) {
                // What is none of the values has been said where the enum is made.
                Some(listed) => Some(DefaultValue::Variant(*id, listed.default?)),
                None => None,
            },
            ty => plain(ty, default),
        };
        if value.is_none() && is_of_another_type(&field.ty, default) {
            let message = format!("the default is {}, which the schema does not allow", default.kind());
            let diagnostic = Diagnostic::new(Severity::Warning, &merged.at.join("default"), message);
            self.diagnostics.push(diagnostic.with_help("write it as the schema says; it is passed over"));
            return None;
        }
        if let Some((keyword, bound)) = invalid_default(&merged, default) {
            let message = format!("the default is {}, and `{keyword}` is {bound}", default.to_json());
            let diagnostic = Diagnostic::new(Severity::Warning, &merged.at.join("default"), message);
            self.diagnostics.push(diagnostic.with_help("take one that the schema allows; it is passed over"));
            return None;
        }
        Some(FieldDefault { json: default.to_json(), value })
    }
}

/// The bound that a default breaks, with its keyword.
fn invalid_default(merged: &Keywords, default: &Value) -> Option<(&'static str, String)> {
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
    let is_broken = |keyword: &str, bound: &Value| {
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
    let mut broken = bounds.filter(|(keyword, bound)| is_broken(keyword, bound) == Some(true));
    broken.next().map(|(keyword, bound)| (*keyword, bound.to_json()))
}

/// A default of a type that has no item.
fn plain(ty: &Type, default: &Value) -> Option<DefaultValue> {
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

/// Whether a default can be no value of a plain type. Enums look after their own.
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
