//! Builds unions: from `oneOf` and `anyOf`, from several types, and from a discriminator with subtypes.

use std::collections::BTreeSet;

use super::super::union::Alternative;
use super::super::{any_of_object, docs::docs, name_path, union};
use super::object::is_struct;
use super::{TypeBuilder, inline_types, items, object, type_with_null};
use crate::document::{JsonType, Keywords, SchemaId};
use crate::ir::{ItemKind, JsonKind, Label, Step, Type, TypeDef, Union, Variant};
use crate::limits::MAX_MERGED_ALTERNATIVES;
use crate::normalize::merge;

/// The union of alternatives. Without a tag, alternatives that require more come first.
pub(super) fn build_union(builder: &mut TypeBuilder<'_>, merged: &Keywords, alternatives: &[SchemaId]) -> Union {
    let cx = builder.cx;
    let shared = any_of_object::shared_keywords(cx.schemas, merged);
    let has_shared = !shared.properties.is_empty();
    let tag = union::find_tag(cx.schemas, Some(merged), alternatives);
    let untagged = || alternatives.iter().map(|id| Alternative { id: *id, tag_values: Vec::new() }).collect();
    let (tag, mut found): (_, Vec<Alternative>) =
        tag.map_or_else(|| (None, untagged()), |(property, found)| (Some(property), found));
    if tag.is_none() {
        found.sort_by_key(|alternative| std::cmp::Reverse(union::specificity(cx.schemas, alternative.id)));
    }
    let mut variants: Vec<Variant> = Vec::new();
    let mut seen = BTreeSet::new();
    for Alternative { id, tag_values } in found {
        let label = union::labels(cx.schemas, id);
        let adds_shared = has_shared && !any_of_object::includes_shared(cx.schemas, &shared, id);
        let ty = if adds_shared && can_merge(builder, id) {
            merged_alternative(builder, &shared, id)
        } else {
            type_with_null(builder, id)
        };
        // Without a tag, a second variant of the same type would never be read.
        if seen.insert(ty.clone()) || tag.is_some() {
            variants.push(Variant { at: cx.schemas[id].at.clone(), label, ty, tag_values, kinds: Vec::new() });
        }
    }
    Union::new(variants, tag)
}

/// Whether an alternative is merged with the shared keywords. Inside itself it is not: its type would have no end.
fn can_merge(builder: &TypeBuilder<'_>, id: SchemaId) -> bool {
    let cx = builder.cx;
    let definition = cx.schemas.definition(id).unwrap_or(id);
    builder.guards.merging.len() < MAX_MERGED_ALTERNATIVES && !builder.guards.merging.contains(&definition)
}

/// The type of an alternative that is merged with the keywords that all alternatives share.
fn merged_alternative(builder: &mut TypeBuilder<'_>, shared: &Keywords, id: SchemaId) -> Type {
    let cx = builder.cx;
    let Some(part) = merge::merged_schema(cx.schemas, id) else { return Type::Any };
    let mut merged = merge::merge_alternative(cx.schemas, shared, part.into_owned(), &cx.schemas[id].at).keywords;
    merged.at = cx.schemas[id].at.clone();
    let name_path = name_path::name_path(&merged.at, &builder.names, cx.schemas);
    let (at, docs) = (merged.at.clone(), docs(&merged.docs));
    let type_id = builder.table.reserve_unnamed();
    builder.guards.merging.push(cx.schemas.definition(id).unwrap_or(id));
    let shape = items::item_kind_of_merged(builder, &merged);
    builder.guards.merging.pop();
    builder.table.define(type_id, TypeDef { at, name_path, docs, shape });
    Type::Named(type_id)
}

/// The union for `type: [string, integer]`, with a variant for each type.
pub(super) fn union_of_types(builder: &mut TypeBuilder<'_>, merged: &Keywords) -> Union {
    let cx = builder.cx;
    let mut types = merged.types.clone();
    // Integers are tried before numbers, because an integer is also a number.
    types.sort_unstable();
    let variants = types.into_iter().map(|json_type| {
        let part = Keywords { types: vec![json_type], values: None, ..merged.clone() };
        let label = match json_type {
            JsonType::Boolean => "Boolean",
            JsonType::Integer => "Integer",
            JsonType::Number => "Number",
            JsonType::String => "String",
            JsonType::Array => "List",
            JsonType::Object => "Object",
        };
        let ty = match json_type {
            JsonType::Object if is_struct(cx.schemas, &part) => object_variant(builder, &part),
            _ => inline_types::inline_type_of_merged(builder, &part),
        };
        Variant {
            at: merged.at.join("type"),
            label: Label::plain(label),
            ty,
            tag_values: Vec::new(),
            kinds: Vec::new(),
        }
    });
    Union::new(variants.collect(), None)
}

/// The struct of the variant for `object`.
fn object_variant(builder: &mut TypeBuilder<'_>, part: &Keywords) -> Type {
    let cx = builder.cx;
    let mut name_path = name_path::name_path(&part.at, &builder.names, cx.schemas);
    name_path.steps.push(Step::Variant(Label::plain("Object")));
    let shape = ItemKind::Struct(object::build_struct(builder, part));
    builder.table.add(TypeDef { at: part.at.join("type"), name_path, docs: docs(&part.docs), shape })
}

/// The union of a schema without `type`: a variant for each type that its keywords describe, and one for all other
/// types.
pub(super) fn union_with_other(builder: &mut TypeBuilder<'_>, merged: &Keywords, types: Vec<JsonType>) -> Union {
    let kind = |json_type: &JsonType| if *json_type == JsonType::Array { JsonKind::Array } else { JsonKind::Object };
    let described: Vec<JsonKind> = types.iter().map(kind).collect();
    let mut union = union_of_types(builder, &Keywords { types, ..merged.clone() });
    for (variant, kind) in union.variants.iter_mut().zip(&described) {
        variant.kinds.push(*kind);
    }
    let others = JsonKind::ALL.into_iter().filter(|kind| !described.contains(kind));
    union.variants.push(Variant {
        at: merged.at.clone(),
        label: Label::plain("Other"),
        ty: Type::Any,
        tag_values: Vec::new(),
        kinds: others.collect(),
    });
    union
}

/// The union of the subtypes of a schema with a discriminator, and of the schema itself. `None` if no subtype has more
/// properties than the schema.
///
/// The properties of the schema are merged into those of each subtype, so no subtype contains the union as its base.
pub(super) fn union_of_subtypes(builder: &mut TypeBuilder<'_>, merged: &Keywords) -> Option<Union> {
    let cx = builder.cx;
    let base = cx.schemas.at(&merged.at)?;
    let descendants = cx.schemas.subtypes().descendants(base);
    let has_more_properties = |id: &SchemaId| {
        merge::merged_schema(cx.schemas, *id)
            .is_some_and(|keywords| keywords.properties.len() > merged.properties.len())
    };
    if !descendants.iter().any(has_more_properties) {
        return None;
    }
    let alternatives = [descendants, &[base]].concat();
    let (property, found) = union::find_tag(cx.schemas, Some(merged), &alternatives)?;
    let variants = found.into_iter().filter(|alternative| !alternative.tag_values.is_empty());
    let variants = variants.map(|alternative| {
        let is_base = alternative.id == base;
        let at = if is_base { merged.at.join("discriminator") } else { cx.schemas[alternative.id].at.clone() };
        let label = if is_base { Label::plain(BASE) } else { union::labels(cx.schemas, alternative.id) };
        let ty = if is_base { base_struct(builder, merged) } else { type_with_null(builder, alternative.id) };
        Variant { at, label, ty, tag_values: alternative.tag_values, kinds: Vec::new() }
    });
    Some(Union::new(variants.collect(), Some(property)))
}

/// The struct of the schema itself.
fn base_struct(builder: &mut TypeBuilder<'_>, merged: &Keywords) -> Type {
    let cx = builder.cx;
    let mut name_path = name_path::name_path(&merged.at, &builder.names, cx.schemas);
    name_path.steps.push(Step::Variant(Label::plain(BASE)));
    let shape = ItemKind::Struct(object::build_struct(builder, merged));
    builder.table.add(TypeDef { at: merged.at.join("discriminator"), name_path, docs: docs(&merged.docs), shape })
}

/// The name of the schema itself among its subtypes.
const BASE: &str = "Base";
