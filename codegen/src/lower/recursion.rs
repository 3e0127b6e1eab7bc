//! Types that hold themselves: boxed where a value would be endless, named where an alias would.

use std::collections::BTreeSet;

use crate::ir::{Shape, Type, TypeId, Types};

/// Turns aliases that lead back to themselves into types of their own.
pub(super) fn name_what_holds_itself(types: &mut Types) {
    for index in 0..types.0.len() {
        let id = TypeId(index);
        let Shape::Alias(target) = &types[id].shape else { continue };
        if leads_to(types, target, id) {
            let target = target.clone();
            types.0[index].shape = Shape::Newtype(target);
        }
    }
}

/// Whether aliases lead from a type to another, through lists and maps too.
fn leads_to(types: &Types, from: &Type, to: TypeId) -> bool {
    let mut seen = BTreeSet::new();
    let mut pending = vec![from.clone()];
    while let Some(ty) = pending.pop() {
        match ty {
            Type::Named(id) if id == to => return true,
            Type::Named(id) if seen.insert(id) => {
                if let Shape::Alias(target) = &types[id].shape {
                    pending.push(target.clone());
                }
            }
            Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => pending.push(*inner),
            _ => {}
        }
    }
    false
}

/// Boxes what closes a circle of types that contain each other in place; lists and maps are on the heap already.
pub(super) fn box_what_holds_itself(types: &mut Types) {
    for index in 0..types.0.len() {
        let owner = TypeId(index);
        for part in 0..parts(&mut types.0[index].shape).len() {
            let held = held(parts(&mut types.0[index].shape)[part]);
            if held.is_some_and(|held| contains(types, held, owner)) {
                boxed(parts(&mut types.0[index].shape)[part]);
            }
        }
    }
}

/// The types that a value of this shape contains in place.
fn parts(shape: &mut Shape) -> Vec<&mut Type> {
    match shape {
        Shape::Struct(object) => object.fields.iter_mut().map(|field| &mut field.ty).collect(),
        Shape::Union(union) => union.variants.iter_mut().map(|variant| &mut variant.ty).collect(),
        Shape::Newtype(target) => vec![target],
        Shape::Enum(_) | Shape::Alias(_) => Vec::new(),
    }
}

/// The type that a value of this type contains in place.
fn held(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) => Some(*id),
        Type::Nullable(inner) => held(inner),
        _ => None,
    }
}

fn contains(types: &Types, outer: TypeId, inner: TypeId) -> bool {
    let mut seen = BTreeSet::new();
    let mut pending = vec![outer];
    while let Some(id) = pending.pop() {
        if id == inner {
            return true;
        }
        if seen.insert(id) {
            match &types[id].shape {
                Shape::Struct(object) => pending.extend(object.fields.iter().filter_map(|field| held(&field.ty))),
                Shape::Union(union) => pending.extend(union.variants.iter().filter_map(|variant| held(&variant.ty))),
                Shape::Alias(target) | Shape::Newtype(target) => pending.extend(held(target)),
                Shape::Enum(_) => {}
            }
        }
    }
    false
}

fn boxed(ty: &mut Type) {
    match ty {
        Type::Named(id) => *ty = Type::Boxed(*id),
        Type::Nullable(inner) => boxed(inner),
        _ => {}
    }
}
