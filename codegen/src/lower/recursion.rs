//! Types that hold themselves: boxed where a value would be endless, named where an alias would.

mod circles;

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
    let mut pending = vec![from];
    while let Some(ty) = pending.pop() {
        match ty {
            Type::Named(id) if *id == to => return true,
            Type::Named(id) if seen.insert(*id) => {
                if let Shape::Alias(target) = &types[*id].shape {
                    pending.push(target);
                }
            }
            Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => pending.push(inner),
            _ => {}
        }
    }
    false
}

/// Boxes what closes a circle of types that contain each other in place; lists and maps are on the heap already.
///
/// Of the types of a circle, the first boxes what leads round; then what is left has fewer circles, or none.
pub(super) fn box_what_holds_itself(types: &mut Types) {
    loop {
        let held: Vec<Vec<usize>> = types.0.iter_mut().map(|def| in_place(&mut def.shape)).collect();
        let circles = circles::find(&held);
        let firsts: Vec<usize> = circles.firsts(&held).collect();
        if firsts.is_empty() {
            return;
        }
        for owner in firsts {
            for part in parts(&mut types.0[owner].shape) {
                if self::held(part).is_some_and(|held| circles.together(held.0, owner)) {
                    boxed(part);
                }
            }
        }
    }
}

/// The types that a value of this shape contains in place, an alias's own too.
fn in_place(shape: &mut Shape) -> Vec<usize> {
    match shape {
        Shape::Alias(target) => held(target).into_iter().map(|id| id.0).collect(),
        shape => parts(shape).into_iter().filter_map(|part| held(part)).map(|id| id.0).collect(),
    }
}

/// What can be boxed.
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

fn boxed(ty: &mut Type) {
    match ty {
        Type::Named(id) => *ty = Type::Boxed(*id),
        Type::Nullable(inner) => boxed(inner),
        _ => {}
    }
}
