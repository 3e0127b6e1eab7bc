//! Integers of 128 bits, where serde can carry them.
//!
//! serde holds a value for a moment where it tries alternatives, or keeps properties that no field has, and there it has no
//! room for `i128`: a type with one would refuse every value. What can stand there has `serde_json::Number` in its place.

use std::collections::BTreeSet;

use crate::ir::{External, Extra, Shape, Type, TypeId, Types, Width};

/// Takes `i128` out of unions, out of maps beside properties, and out of all that either holds.
pub(super) fn replace_where_held(types: &mut Types) {
    let mut pending: Vec<TypeId> = Vec::new();
    for def in &mut types.0 {
        let held: Vec<&mut Type> = match &mut def.shape {
            Shape::Union(union) => union.variants.iter_mut().map(|variant| &mut variant.ty).collect(),
            Shape::Struct(object) => match &mut object.extra {
                Extra::Kept(ty) => vec![ty],
                Extra::Dropped => Vec::new(),
            },
            Shape::Enum(_) | Shape::OpenTuple(_) | Shape::Alias(_) | Shape::Newtype(_) => Vec::new(),
        };
        for ty in held {
            replace(ty, &mut pending);
        }
    }
    let mut seen = BTreeSet::new();
    while let Some(id) = pending.pop() {
        if seen.insert(id) {
            for ty in all(&mut types.0[id.0].shape) {
                replace(ty, &mut pending);
            }
        }
    }
}

fn all(shape: &mut Shape) -> Vec<&mut Type> {
    match shape {
        Shape::Struct(object) => object.fields.iter_mut().map(|field| &mut field.ty).collect(),
        Shape::Union(union) => union.variants.iter_mut().map(|variant| &mut variant.ty).collect(),
        Shape::OpenTuple(tuple) => tuple.types_mut().collect(),
        Shape::Alias(target) | Shape::Newtype(target) => vec![target],
        Shape::Enum(_) => Vec::new(),
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
