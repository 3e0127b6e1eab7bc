//! Types that hold themselves: boxed where a value would be endless, named where an alias would.

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::ir::{ItemKind, Type, TypeId, Types};
use crate::scc;

/// Opens what is itself with nothing in between, which no value would ever end: every value is allowed there.
pub(super) fn break_self_aliases(types: &mut Types, diagnostics: &Diagnostics) {
    loop {
        let same: Vec<Vec<usize>> = types.0.iter().map(|def| same(&def.shape)).collect();
        let circles = scc::find(&same);
        let firsts: Vec<usize> = circles.cycle_heads(&same, |_| true).collect();
        if firsts.is_empty() {
            return;
        }
        for first in firsts {
            let def = &mut types.0[first];
            let leads_round = |ty: &Type| matches!(stands_for(ty), Some(id) if circles.in_same_cycle(id.0, first));
            match &mut def.shape {
                ItemKind::Alias(target) | ItemKind::Newtype(target) => *target = Type::Any,
                ItemKind::Union(union) => {
                    let round = union.variants.iter_mut().filter(|variant| leads_round(&variant.ty));
                    round.for_each(|variant| variant.ty = Type::Any);
                }
                ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::OpenTuple(_) | ItemKind::MessageUnion(_) => {}
            }
            let message = "this is itself again, with nothing in between, so every value is allowed";
            let diagnostic = Diagnostic::new(Severity::Warning, &def.at, message);
            diagnostics.push(diagnostic.with_help("take out the alternative that leads back"));
        }
    }
}

/// The types that a value of this shape may be as a whole.
fn same(shape: &ItemKind) -> Vec<usize> {
    let ids = match shape {
        ItemKind::Alias(target) | ItemKind::Newtype(target) => vec![stands_for(target)],
        ItemKind::Union(union) => union.variants.iter().map(|variant| stands_for(&variant.ty)).collect(),
        ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::OpenTuple(_) | ItemKind::MessageUnion(_) => Vec::new(),
    };
    ids.into_iter().flatten().map(|id| id.0).collect()
}

fn stands_for(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) | Type::Boxed(id) => Some(*id),
        Type::Nullable(inner) => stands_for(inner),
        _ => None,
    }
}

/// Turns aliases that lead back to themselves into types of their own: of each circle the first, until there is none.
pub(super) fn alias_to_newtype(types: &mut Types) {
    loop {
        let named: Vec<Vec<usize>> = types.0.iter().map(|def| alias_of(&def.shape)).collect();
        let firsts: Vec<usize> = scc::find(&named).cycle_heads(&named, |_| true).collect();
        if firsts.is_empty() {
            return;
        }
        for first in firsts {
            if let ItemKind::Alias(target) = &types.0[first].shape {
                let target = target.clone();
                types.0[first].shape = ItemKind::Newtype(target);
            }
        }
    }
}

/// The types that an alias stands for, in lists and maps too.
fn alias_of(shape: &ItemKind) -> Vec<usize> {
    let mut ids = Vec::new();
    let mut pending = Vec::new();
    if let ItemKind::Alias(target) = shape {
        pending.push(target);
    }
    while let Some(ty) = pending.pop() {
        match ty {
            Type::Named(id) => ids.push(id.0),
            Type::List(inner)
            | Type::Set(inner)
            | Type::Array(inner, _)
            | Type::Map(inner)
            | Type::Keyed(_, inner)
            | Type::Nullable(inner) => pending.push(inner),
            Type::Tuple(items) => pending.extend(items),
            _ => {}
        }
    }
    ids
}

/// Boxes what closes a circle of types that contain each other in place; lists and maps are on the heap already.
///
/// Of the types of a circle, the first that is no alias boxes what leads round; then what is left has fewer circles, or
/// none. There is one in each, because aliases alone make no circle any more.
pub(super) fn box_cycles(types: &mut Types) {
    loop {
        let held: Vec<Vec<usize>> = types.0.iter_mut().map(|def| in_place(&mut def.shape)).collect();
        let circles = scc::find(&held);
        let can_box = |owner: usize| !matches!(types.0[owner].shape, ItemKind::Alias(_));
        let firsts: Vec<usize> = circles.cycle_heads(&held, can_box).collect();
        if firsts.is_empty() {
            return;
        }
        for owner in firsts {
            for part in parts(&mut types.0[owner].shape) {
                box_in(part, &|held| circles.in_same_cycle(held.0, owner));
            }
        }
    }
}

/// The types that a value of this shape contains in place, an alias's own too.
fn in_place(shape: &mut ItemKind) -> Vec<usize> {
    let mut ids = Vec::new();
    match shape {
        ItemKind::Alias(target) => held(target, &mut ids),
        shape => parts(shape).into_iter().for_each(|part| held(part, &mut ids)),
    }
    ids
}

/// What can be boxed.
pub(super) fn parts(shape: &mut ItemKind) -> Vec<&mut Type> {
    match shape {
        ItemKind::Struct(object) => object.fields.iter_mut().map(|field| &mut field.ty).collect(),
        ItemKind::MessageUnion(variants) => variants.iter_mut().map(|variant| &mut variant.ty).collect(),
        ItemKind::Union(union) => union.variants.iter_mut().map(|variant| &mut variant.ty).collect(),
        ItemKind::OpenTuple(tuple) => tuple.items.iter_mut().collect(),
        ItemKind::Newtype(target) => vec![target],
        ItemKind::Enum(_) | ItemKind::Alias(_) => Vec::new(),
    }
}

/// Collects the types that a value of this type contains in place.
fn held(ty: &Type, ids: &mut Vec<usize>) {
    match ty {
        Type::Named(id) => ids.push(id.0),
        Type::Nullable(inner) | Type::Array(inner, _) => held(inner, ids),
        Type::Tuple(items) => items.iter().for_each(|item| held(item, ids)),
        _ => {}
    }
}

/// Boxes what leads round.
fn box_in(ty: &mut Type, leads_round: &impl Fn(TypeId) -> bool) {
    match ty {
        Type::Named(id) if leads_round(*id) => *ty = Type::Boxed(*id),
        Type::Nullable(inner) | Type::Array(inner, _) => box_in(inner, leads_round),
        Type::Tuple(items) => items.iter_mut().for_each(|item| box_in(item, leads_round)),
        _ => {}
    }
}
