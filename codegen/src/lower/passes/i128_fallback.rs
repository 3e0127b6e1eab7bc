//! Replaces `i128` by `serde_json::Number` in types that serde buffers: variants of unions, and maps of unknown
//! properties. serde's buffer has no 128-bit integers, so reading would fail.
//!
//! ```text
//! enum Id { Integer(i128), String(String) }   becomes   enum Id { Integer(serde_json::Number), String(String) }
//! ```

use std::collections::BTreeSet;

use crate::ir::{
    AdditionalProperties, DefaultValue, External, Field, ItemKind, Members, Presence, Type, TypeId, Types, Union, Width,
};

/// Replaces `i128` in unions, in maps of unknown properties, and in all types inside them.
pub(super) fn widen_buffered_i128(types: &mut Types) {
    let mut pending: Vec<TypeId> = Vec::new();
    for def in &mut types.0 {
        let buffered: Vec<&mut Type> = match &mut def.shape {
            ItemKind::Union(union) => union.variants.iter_mut().map(|variant| &mut variant.ty).collect(),
            ItemKind::Struct(object) => match &mut object.additional {
                AdditionalProperties::Kept(ty) => vec![ty],
                AdditionalProperties::Dropped | AdditionalProperties::Refused => Vec::new(),
            },
            ItemKind::Enum(_)
            | ItemKind::MessageUnion(_)
            | ItemKind::OpenTuple(_)
            | ItemKind::Alias(_)
            | ItemKind::Newtype(_) => Vec::new(),
        };
        for ty in buffered {
            replace_i128(ty, &mut pending);
        }
    }
    let mut seen = BTreeSet::new();
    while let Some(id) = pending.pop() {
        if seen.insert(id) {
            let shape = &mut types.0[id.0].shape;
            for ty in inner_types(shape) {
                replace_i128(ty, &mut pending);
            }
            match shape {
                ItemKind::Struct(object) => object.fields.iter_mut().for_each(adapt_default),
                ItemKind::Enum(listed) => narrow_width(&mut listed.members),
                _ => {}
            }
        }
    }
}

fn inner_types(shape: &mut ItemKind) -> Vec<&mut Type> {
    match shape {
        ItemKind::Struct(object) => object.fields.iter_mut().map(|field| &mut field.ty).collect(),
        ItemKind::Union(Union { variants, .. }) | ItemKind::MessageUnion(variants) => {
            variants.iter_mut().map(|variant| &mut variant.ty).collect()
        }
        ItemKind::OpenTuple(tuple) => tuple.types_mut().collect(),
        ItemKind::Alias(target) | ItemKind::Newtype(target) => vec![target],
        ItemKind::Enum(_) => Vec::new(),
    }
}

/// An enum of values that fit `u64` becomes one of `u64`. Unknown values below zero are then refused.
fn narrow_width(members: &mut Members) {
    if let Members::Integers(width @ Width::I128, values) = members
        && values.iter().all(|value| Width::U64.range().contains(&value.value))
    {
        *width = Width::U64;
    }
}

/// Gives the default the new type of its field. A default beyond 64 bits is only mentioned in the docs.
fn adapt_default(field: &mut Field) {
    let Some(default) = &mut field.default else { return };
    let Some(DefaultValue::Integer(Width::I128, value)) = default.value else { return };
    let fits = i64::try_from(value).is_ok() || u64::try_from(value).is_ok();
    default.value = fits.then_some(DefaultValue::JsonNumber(value));
    if !fits && field.presence == Presence::Defaulted {
        field.presence = Presence::Optional;
    }
}

/// Replaces `i128` in a type, and collects the named types in it.
fn replace_i128(ty: &mut Type, named: &mut Vec<TypeId>) {
    match ty {
        Type::Integer(Width::I128) => *ty = Type::External(External::Path("serde_json::Number".to_owned())),
        Type::List(inner)
        | Type::Set(inner)
        | Type::Array(inner, _)
        | Type::Map(inner)
        | Type::Keyed(_, inner)
        | Type::Nullable(inner) => replace_i128(inner, named),
        Type::Tuple(items) => items.iter_mut().for_each(|item| replace_i128(item, named)),
        Type::Named(id) | Type::Boxed(id) => named.push(*id),
        _ => {}
    }
}
