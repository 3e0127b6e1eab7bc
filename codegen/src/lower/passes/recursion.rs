//! Makes recursive types possible in Rust: a `Box` where a value would have no end, a newtype where an alias would have
//! none.
//!
//! ```text
//! type A = A                               becomes   type A = serde_json::Value, with a warning
//! type Tree = Vec<Tree>                    becomes   struct Tree(Vec<Tree>)
//! struct Node { next: Option<Node> }       becomes   struct Node { next: Option<Box<Node>> }
//! ```

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::ir::{ItemKind, Type, TypeId, Types};
use crate::scc;

/// Lets a type accept every value if it is itself again without a type in between: reading it would never end.
pub(super) fn break_self_aliases(types: &mut Types, diagnostics: &Diagnostics) {
    loop {
        let aliases: Vec<Vec<usize>> = types.0.iter().map(|def| aliased_types(&def.shape)).collect();
        let cycles = scc::find(&aliases);
        let heads: Vec<usize> = cycles.cycle_heads(&aliases, |_| true).collect();
        if heads.is_empty() {
            return;
        }
        for head in heads {
            let def = &mut types.0[head];
            let is_in_cycle = |ty: &Type| matches!(named_type(ty), Some(id) if cycles.in_same_cycle(id.0, head));
            match &mut def.shape {
                ItemKind::Alias(target) | ItemKind::Newtype(target) => *target = Type::Any,
                ItemKind::Union(union) => {
                    let in_cycle = union.variants.iter_mut().filter(|variant| is_in_cycle(&variant.ty));
                    in_cycle.for_each(|variant| variant.ty = Type::Any);
                }
                ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::OpenTuple(_) | ItemKind::MessageUnion(_) => {}
            }
            let message = "this schema refers to itself without a type in between, so every value is allowed";
            let diagnostic = Diagnostic::new(Severity::Warning, &def.at, message);
            diagnostics.push(diagnostic.with_help("remove the reference that leads back"));
        }
    }
}

/// The types that a whole value of an item may be.
fn aliased_types(shape: &ItemKind) -> Vec<usize> {
    let ids = match shape {
        ItemKind::Alias(target) | ItemKind::Newtype(target) => vec![named_type(target)],
        ItemKind::Union(union) => union.variants.iter().map(|variant| named_type(&variant.ty)).collect(),
        ItemKind::Struct(_) | ItemKind::Enum(_) | ItemKind::OpenTuple(_) | ItemKind::MessageUnion(_) => Vec::new(),
    };
    ids.into_iter().flatten().map(|id| id.0).collect()
}

fn named_type(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) | Type::Boxed(id) => Some(*id),
        Type::Nullable(inner) => named_type(inner),
        _ => None,
    }
}

/// Turns aliases that contain themselves into newtypes: the first alias of each cycle, until there is no cycle.
pub(super) fn alias_to_newtype(types: &mut Types) {
    loop {
        let aliases: Vec<Vec<usize>> = types.0.iter().map(|def| types_in_alias(&def.shape)).collect();
        let heads: Vec<usize> = scc::find(&aliases).cycle_heads(&aliases, |_| true).collect();
        if heads.is_empty() {
            return;
        }
        for head in heads {
            if let ItemKind::Alias(target) = &types.0[head].shape {
                let target = target.clone();
                types.0[head].shape = ItemKind::Newtype(target);
            }
        }
    }
}

/// The types that the target of an alias mentions, in lists and maps too.
fn types_in_alias(shape: &ItemKind) -> Vec<usize> {
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

/// Breaks each cycle of types that contain each other with a `Box`. Lists and maps are on the heap already.
///
/// The first type of a cycle that is not an alias gets the boxes. There is one in each cycle, because no cycle consists
/// of aliases alone. This is repeated until there is no cycle.
pub(super) fn box_cycles(types: &mut Types) {
    loop {
        let contained: Vec<Vec<usize>> = types.0.iter_mut().map(|def| contained_types(&mut def.shape)).collect();
        let cycles = scc::find(&contained);
        let can_box = |owner: usize| !matches!(types.0[owner].shape, ItemKind::Alias(_));
        let heads: Vec<usize> = cycles.cycle_heads(&contained, can_box).collect();
        if heads.is_empty() {
            return;
        }
        for owner in heads {
            for part in member_types(&mut types.0[owner].shape) {
                box_cyclic(part, &|id| cycles.in_same_cycle(id.0, owner));
            }
        }
    }
}

/// The types that an item contains without the heap, the target of an alias too.
fn contained_types(shape: &mut ItemKind) -> Vec<usize> {
    let mut ids = Vec::new();
    match shape {
        ItemKind::Alias(target) => collect_contained(target, &mut ids),
        shape => member_types(shape).into_iter().for_each(|member| collect_contained(member, &mut ids)),
    }
    ids
}

/// The types of the members of an item, which can be boxed.
pub(super) fn member_types(shape: &mut ItemKind) -> Vec<&mut Type> {
    match shape {
        ItemKind::Struct(object) => object.fields.iter_mut().map(|field| &mut field.ty).collect(),
        ItemKind::MessageUnion(variants) => variants.iter_mut().map(|variant| &mut variant.ty).collect(),
        ItemKind::Union(union) => union.variants.iter_mut().map(|variant| &mut variant.ty).collect(),
        ItemKind::OpenTuple(tuple) => tuple.items.iter_mut().collect(),
        ItemKind::Newtype(target) => vec![target],
        ItemKind::Enum(_) | ItemKind::Alias(_) => Vec::new(),
    }
}

/// Collects the types that a type contains without the heap.
fn collect_contained(ty: &Type, ids: &mut Vec<usize>) {
    match ty {
        Type::Named(id) => ids.push(id.0),
        Type::Nullable(inner) | Type::Array(inner, _) => collect_contained(inner, ids),
        Type::Tuple(items) => items.iter().for_each(|item| collect_contained(item, ids)),
        _ => {}
    }
}

/// Boxes the types in a type that are in the cycle.
fn box_cyclic(ty: &mut Type, is_in_cycle: &impl Fn(TypeId) -> bool) {
    match ty {
        Type::Named(id) if is_in_cycle(*id) => *ty = Type::Boxed(*id),
        Type::Nullable(inner) | Type::Array(inner, _) => box_cyclic(inner, is_in_cycle),
        Type::Tuple(items) => items.iter_mut().for_each(|item| box_cyclic(item, is_in_cycle)),
        _ => {}
    }
}
