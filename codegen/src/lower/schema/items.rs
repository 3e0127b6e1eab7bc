//! Decides whether a schema is an item of its own, and which: a struct, an enum, a union or an open tuple.

use super::super::{any_of_object, scalar};
use super::object::is_struct;
use super::{Context, TypeBuilder, TypeTable, array, enums, lists_the_events, object, unions};
use crate::config::{UntypedSchemas, Validation};
use crate::document::{JsonType, Keywords, SchemaId};
use crate::ir::{ItemKind, Type, Union};
use crate::normalize::{alternatives, exclude_each_other, merge};

/// Whether a schema becomes an item: an enum, an object with more than a type for all values, or a union.
pub(super) fn needs_item(cx: Context<'_>, table: &TypeTable, keywords: &Keywords) -> bool {
    if lists_the_events(cx, keywords) || merge::as_single_ref(cx.schemas, keywords).is_some() {
        return false;
    }
    let merged = merge::merged(cx.schemas, keywords);
    listed_subtypes(cx, keywords).is_some()
        || enums::find_enum(cx, table, &merged).is_some()
        || !matches!(variant_source(cx, &merged), VariantSource::None | VariantSource::Only(_))
        || merged.types.len() > 1 && scalar::implied_type(&merged).is_none()
        || array::is_open_tuple(&merged)
        || !described_types(cx, &merged).is_empty()
        || is_struct(cx.schemas, &merged)
}

/// The item of a schema; `None` if it needs none.
pub(super) fn item_kind(builder: &mut TypeBuilder<'_>, keywords: &Keywords) -> Option<ItemKind> {
    let cx = builder.cx;
    if !needs_item(cx, &builder.table, keywords) {
        return None;
    }
    let merged = merge::merged(cx.schemas, keywords);
    if let Some(listed) = listed_subtypes(cx, keywords) {
        return Some(union_or_alias(cx, unions::build_union(builder, &merged, listed)));
    }
    match unions::union_of_subtypes(builder, &merged) {
        Some(union) => Some(ItemKind::Union(union)),
        None => Some(item_kind_of_merged(builder, &merged)),
    }
}

/// The item of merged keywords.
pub(super) fn item_kind_of_merged(builder: &mut TypeBuilder<'_>, merged: &Keywords) -> ItemKind {
    let cx = builder.cx;
    builder.table.coverage.count(true);
    if let Some(listed) = enums::find_enum(cx, &builder.table, merged) {
        enums::check_default(cx, merged, &listed);
        return ItemKind::Enum(listed);
    }
    if let VariantSource::Among(alternatives) = variant_source(cx, merged) {
        // A property of one alternative may have any value where only another alternative is valid.
        let may_combine = cx.config.untyped_schemas == UntypedSchemas::Inferred
            && !exclude_each_other(cx.schemas, merged, &alternatives);
        let combined = may_combine.then(|| any_of_object::combined_object(cx.schemas, merged, &alternatives));
        if let Some(combined) = combined.flatten() {
            return ItemKind::Struct(object::build_struct(builder, &combined));
        }
        return union_or_alias(cx, unions::build_union(builder, merged, &alternatives));
    }
    if merged.types.len() > 1 && scalar::implied_type(merged).is_none() {
        return ItemKind::Union(unions::union_of_types(builder, merged));
    }
    let types = described_types(cx, merged);
    if !types.is_empty() {
        return ItemKind::Union(unions::union_with_other(builder, merged, types));
    }
    if array::is_open_tuple(merged) {
        return ItemKind::OpenTuple(array::build_open_tuple(builder, merged));
    }
    ItemKind::Struct(object::build_struct(builder, merged))
}

/// The alternatives of a schema that lists its own subtypes.
fn listed_subtypes<'a>(cx: Context<'a>, keywords: &Keywords) -> Option<&'a [SchemaId]> {
    cx.schemas.subtypes().listed(cx.schemas.at(&keywords.at)?)
}

/// A union, or the type of its variant if all alternatives have one type.
fn union_or_alias(cx: Context<'_>, union: Union) -> ItemKind {
    match &union.variants[..] {
        [only] if union.tag.is_none() => alias_or_newtype(cx, only.ty.clone()),
        _ => ItemKind::Union(union),
    }
}

/// An alias, or a newtype if values are validated: an alias has no methods.
fn alias_or_newtype(cx: Context<'_>, ty: Type) -> ItemKind {
    match cx.config.validation {
        Validation::Types => ItemKind::Alias(ty),
        Validation::Full => ItemKind::Newtype(ty),
    }
}

/// The alternatives of a schema that become variants.
pub(super) fn variant_source(cx: Context<'_>, merged: &Keywords) -> VariantSource {
    let alternatives = alternatives(cx.schemas, merged);
    let is_scalar = !merged.types.is_empty()
        && !merged.types.iter().any(|json_type| matches!(json_type, JsonType::Array | JsonType::Object));
    let has_properties = !merged.properties.is_empty();
    let describes_values = |id: &SchemaId| {
        merge::merged_schema(cx.schemas, *id).is_none_or(|part| {
            !part.properties.is_empty() || !part.types.is_empty() || !part.one_of.is_empty() || !part.any_of.is_empty()
        })
    };
    match alternatives[..] {
        [] => VariantSource::None,
        // The alternatives only restrict the properties that the schema describes.
        _ if has_properties
            && !alternatives.iter().any(|id| cx.schemas.keywords(*id).is_some() && describes_values(id)) =>
        {
            VariantSource::None
        }
        _ if is_scalar && !alternatives.iter().all(describes_values) => VariantSource::None,
        [only] if !has_properties => VariantSource::Only(only),
        _ => VariantSource::Among(alternatives),
    }
}

/// The types that the keywords of a schema without `type` describe, if values of other types must be accepted too.
pub(super) fn described_types(cx: Context<'_>, merged: &Keywords) -> Vec<JsonType> {
    let is_untyped = merged.types.is_empty() && merged.values.is_none();
    if cx.config.untyped_schemas == UntypedSchemas::Inferred
        || !is_untyped
        || !matches!(variant_source(cx, merged), VariantSource::None)
    {
        return Vec::new();
    }
    let described =
        [JsonType::Array, JsonType::Object].into_iter().filter(|json_type| scalar::describes(merged, *json_type));
    described.collect()
}

/// What the alternatives of a schema become.
pub(super) enum VariantSource {
    None,
    /// Only one alternative, `null` left aside: no union.
    Only(SchemaId),
    Among(Vec<SchemaId>),
}
