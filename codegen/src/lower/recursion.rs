//! Types that hold themselves: a field is put on the heap where, and only where, the struct would be endless.

use std::collections::BTreeSet;

use crate::ir::{Shape, Type, TypeId, Types};

/// Boxes the fields that close a circle of structs; lists and maps are on the heap already.
pub(super) fn box_what_holds_itself(types: &mut Types) {
    for index in 0..types.0.len() {
        let owner = TypeId(index);
        for field in 0..fields(types, owner) {
            let held = held_by_field(types, owner, field);
            if held.is_some_and(|held| reaches(types, held, owner)) {
                box_field(types, owner, field);
            }
        }
    }
}

fn fields(types: &Types, owner: TypeId) -> usize {
    match &types[owner].shape {
        Shape::Struct(object) => object.fields.len(),
        Shape::Enum(_) | Shape::Alias(_) => 0,
    }
}

fn held_by_field(types: &Types, owner: TypeId, field: usize) -> Option<TypeId> {
    match &types[owner].shape {
        Shape::Struct(object) => held(&object.fields[field].ty),
        Shape::Enum(_) | Shape::Alias(_) => None,
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

fn reaches(types: &Types, from: TypeId, to: TypeId) -> bool {
    let mut seen = BTreeSet::new();
    let mut pending = vec![from];
    while let Some(id) = pending.pop() {
        if id == to {
            return true;
        }
        if seen.insert(id) {
            match &types[id].shape {
                Shape::Struct(object) => pending.extend(object.fields.iter().filter_map(|field| held(&field.ty))),
                Shape::Alias(target) => pending.extend(held(target)),
                Shape::Enum(_) => {}
            }
        }
    }
    false
}

fn box_field(types: &mut Types, owner: TypeId, field: usize) {
    if let Shape::Struct(object) = &mut types.0[owner.0].shape {
        let ty = &mut object.fields[field].ty;
        if let Some(id) = held(ty) {
            let boxed = Type::Boxed(id);
            *ty = if matches!(ty, Type::Nullable(_)) { Type::Nullable(Box::new(boxed)) } else { boxed };
        }
    }
}
