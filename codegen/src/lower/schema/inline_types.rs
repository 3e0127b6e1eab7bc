//! Lowers schemas that need no item to scalars, lists and maps, and decides which of them are newtypes for validation.

use std::collections::BTreeSet;

use super::super::scalar;
use super::items::{VariantSource, variant_source};
use super::{Context, TypeBuilder, array, object, type_with_null};
use crate::config::Validation;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{JsonType, Keywords, SchemaId, SchemaKind};
use crate::ir::{AdditionalProperties, External, Type};
use crate::limits::MAX_CONTAINER_DEPTH;

/// Whether a schema needs a newtype, because its values are validated and an alias has no methods.
pub(super) fn needs_newtype(cx: Context<'_>, id: SchemaId, ty: &Type) -> bool {
    let is_scalar_or_container = match ty {
        // A type that an option gives stays as it is.
        Type::Named(_)
        | Type::Boxed(_)
        | Type::EventName
        | Type::Bytes
        | Type::Text
        | Type::Encoded(_)
        | Type::External(External::Path(_)) => false,
        Type::Nullable(inner) => !matches!(**inner, Type::Named(_) | Type::Boxed(_)),
        _ => true,
    };
    cx.config.validation == Validation::Full && is_scalar_or_container && is_narrowed(cx, id, &mut BTreeSet::new())
}

/// Whether a schema, or a schema inside it, restricts values more than its type does.
fn is_narrowed(cx: Context<'_>, id: SchemaId, seen: &mut BTreeSet<SchemaId>) -> bool {
    if !seen.insert(id) {
        return false;
    }
    match &cx.schemas[id].kind {
        SchemaKind::Anything | SchemaKind::Foreign(_) => false,
        SchemaKind::Nothing => true,
        SchemaKind::Reference(target) => is_narrowed(cx, *target, seen),
        SchemaKind::Keywords(keywords) => {
            let inner = [keywords.items, keywords.additional_properties];
            has_assertions(cx, keywords) || inner.into_iter().flatten().any(|id| is_narrowed(cx, id, seen))
        }
    }
}

/// Whether the keywords restrict values more than a scalar type, a list or a map does.
fn has_assertions(cx: Context<'_>, keywords: &Keywords) -> bool {
    let allows_strings = matches!(keywords.types[..], [] | [JsonType::String]);
    let is_only_format = || keywords.format.is_some() && scalar::string(keywords, cx.config) == Type::String;
    let lists = [&keywords.tuple, &keywords.all_of, &keywords.any_of, &keywords.one_of];
    let maps = [&keywords.properties, &keywords.pattern_properties];
    !keywords.assertions.is_empty()
        || keywords.values.is_some()
        || keywords.types.len() > 1
        || keywords.types.is_empty() && keywords.nullable
        || !keywords.required.is_empty()
        || lists.iter().any(|list| !list.is_empty())
        || maps.iter().any(|map| !map.is_empty())
        || allows_strings && is_only_format()
}

/// The type of merged keywords that need no item.
pub(super) fn inline_type_of_merged(builder: &mut TypeBuilder<'_>, merged: &Keywords) -> Type {
    let cx = builder.cx;
    if let VariantSource::Only(id) = variant_source(cx, merged) {
        return type_with_null(builder, id);
    }
    match scalar::implied_type(merged) {
        Some(JsonType::Boolean) => Type::Boolean,
        Some(JsonType::Integer) => {
            scalar::mapped_number(merged, cx.config).unwrap_or_else(|| scalar::integer(merged, cx.config))
        }
        Some(JsonType::Number) => {
            scalar::mapped_number(merged, cx.config).unwrap_or_else(|| scalar::number(merged, cx.config))
        }
        Some(JsonType::String) => scalar::string(merged, cx.config),
        Some(JsonType::Array | JsonType::Object) if builder.guards.containers >= MAX_CONTAINER_DEPTH => {
            report_nesting(cx, merged)
        }
        Some(JsonType::Array | JsonType::Object) => {
            builder.guards.containers += 1;
            let ty = container_type(builder, merged);
            builder.guards.containers -= 1;
            ty
        }
        None => Type::Any,
    }
}

/// The type of a list, a tuple or a map.
fn container_type(builder: &mut TypeBuilder<'_>, merged: &Keywords) -> Type {
    if scalar::implied_type(merged) == Some(JsonType::Object) {
        let value = match object::additional_properties(builder, merged) {
            AdditionalProperties::Kept(value) => value,
            AdditionalProperties::Dropped | AdditionalProperties::Refused => Type::Any,
        };
        return match object::key_enum(builder, merged) {
            Some(key) => Type::Keyed(key, Box::new(value)),
            None => Type::Map(Box::new(value)),
        };
    }
    if array::is_tuple(merged) {
        return array::tuple_type(builder, merged);
    }
    array::list_type(builder, merged)
}

fn report_nesting(cx: Context<'_>, merged: &Keywords) -> Type {
    let message =
        format!("lists and maps are nested more than {MAX_CONTAINER_DEPTH} deep here, so every value is allowed");
    let diagnostic = Diagnostic::new(Severity::Warning, &merged.at, message);
    cx.diagnostics.push(diagnostic.with_help("use an object with properties for the inner lists and maps"));
    Type::Any
}
