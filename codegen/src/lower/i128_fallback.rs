//! Integers of 128 bits, where serde can carry them.
//!
//! serde holds a value for a moment where it tries alternatives, or keeps properties that no field has, and there it has no
//! room for `i128`: a type with one would refuse every value. What can stand there has `serde_json::Number` in its place.

use std::collections::BTreeSet;

use crate::ir::{
    AdditionalProperties, DefaultValue, External, Field, ItemKind, Members, Presence, Type, TypeId, Types, Union, Width,
};

/// Takes `i128` out of unions, out of maps beside properties, and out of all that either holds.
pub(super) fn widen_buffered_i128(types: &mut Types) {
    let mut pending: Vec<TypeId> = Vec::new();
    for def in &mut types.0 {
        let held: Vec<&mut Type> = match &mut def.shape {
            ItemKind::Union(union) => union.variants.iter_mut().map(|variant| &mut variant.ty).collect(),
            ItemKind::Struct(object) => match &mut object.additional {
                AdditionalProperties::Kept(ty) => vec![ty],
                AdditionalProperties::Dropped => Vec::new(),
            },
            ItemKind::Enum(_)
            | ItemKind::MessageUnion(_)
            | ItemKind::OpenTuple(_)
            | ItemKind::Alias(_)
            | ItemKind::Newtype(_) => Vec::new(),
        };
        for ty in held {
            replace(ty, &mut pending);
        }
    }
    let mut seen = BTreeSet::new();
    while let Some(id) = pending.pop() {
        if seen.insert(id) {
            let shape = &mut types.0[id.0].shape;
            for ty in all(shape) {
                replace(ty, &mut pending);
            }
            match shape {
                ItemKind::Struct(object) => object.fields.iter_mut().for_each(settle_default),
                ItemKind::Enum(listed) => narrow(&mut listed.members),
                _ => {}
            }
        }
    }
}

fn all(shape: &mut ItemKind) -> Vec<&mut Type> {
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

/// An enum whose values need less takes less: what is not listed, and below zero, has no room there.
fn narrow(members: &mut Members) {
    if let Members::Integers(width @ Width::I128, values) = members
        && values.iter().all(|value| Width::U64.range().contains(&value.value))
    {
        *width = Width::U64;
    }
}

/// The default follows the type of its field, or is left to the words where it has no room there either.
fn settle_default(field: &mut Field) {
    let Some(default) = &mut field.default else { return };
    let Some(DefaultValue::Integer(Width::I128, value)) = default.value else { return };
    let has_room = i64::try_from(value).is_ok() || u64::try_from(value).is_ok();
    default.value = has_room.then_some(DefaultValue::JsonNumber(value));
    if !has_room && field.presence == Presence::Defaulted {
        field.presence = Presence::Optional;
    }
}

/// Replaces it in a type, and notes what types that names.
fn replace(ty: &mut Type, named: &mut Vec<TypeId>) {
    match ty {
        Type::Integer(Width::I128) => *ty = Type::External(External::Path("serde_json::Number".to_owned())),
        Type::List(inner)
        | Type::Set(inner)
        | Type::Array(inner, _)
        | Type::Map(inner)
        | Type::Keyed(_, inner)
        | Type::Nullable(inner) => replace(inner, named),
        Type::Tuple(items) => items.iter_mut().for_each(|item| replace(item, named)),
        Type::Named(id) | Type::Boxed(id) => named.push(*id),
        _ => {}
    }
}
