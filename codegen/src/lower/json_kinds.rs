//! The kinds of JSON that a type reads, and which alternatives of a union they tell apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{External, ItemKind, JsonKind, Members, Openness, Representation, Type, TypeId, Types, Union, Variant};

/// Finds what each union's alternatives can be told by, once all types are made.
pub(super) fn assign_kinds(types: &mut Types) {
    for index in 0..types.0.len() {
        let ItemKind::Union(union) = &types.0[index].shape else { continue };
        let kinds: Vec<BTreeSet<JsonKind>> = union.variants.iter().map(|variant| of(types, &variant.ty)).collect();
        if let ItemKind::Union(union) = &mut types.0[index].shape {
            settle(union, &kinds);
        }
    }
}

/// A kind tells an alternative where no other is of it; what has a tag is told by that.
fn settle(union: &mut Union, kinds: &[BTreeSet<JsonKind>]) {
    if union.representation() == Representation::ByKind {
        return;
    }
    tell_by_kind(union, kinds);
    let is_lost = |variant: &Variant, kinds: &BTreeSet<JsonKind>| {
        variant.tag_values.is_empty() && variant.kinds.is_empty() && !kinds.contains(&JsonKind::Object)
    };
    if union.variants.iter().zip(kinds).any(|(variant, kinds)| is_lost(variant, kinds)) {
        // The objects could be told by their tag, and the others not at all, so all are tried.
        union.tag = None;
        union.openness = Openness::Closed;
        union.variants.iter_mut().for_each(|variant| variant.tag_values.clear());
        tell_by_kind(union, kinds);
    }
}

fn tell_by_kind(union: &mut Union, kinds: &[BTreeSet<JsonKind>]) {
    let mut counts: BTreeMap<JsonKind, usize> = BTreeMap::new();
    for kind in kinds.iter().flatten() {
        *counts.entry(*kind).or_default() += 1;
    }
    for (variant, kinds) in union.variants.iter_mut().zip(kinds) {
        let is_alone = kinds.iter().all(|kind| counts[kind] == 1);
        variant.kinds = match (is_alone, variant.tag_values.is_empty()) {
            (true, true) => kinds.iter().copied().collect(),
            _ => Vec::new(),
        };
    }
}

/// The kinds that a type reads; all of them where that is not known here.
fn of(types: &Types, ty: &Type) -> BTreeSet<JsonKind> {
    let mut kinds = BTreeSet::new();
    add(types, ty, &mut kinds, &mut BTreeSet::new());
    kinds
}

fn add(types: &Types, ty: &Type, kinds: &mut BTreeSet<JsonKind>, seen: &mut BTreeSet<TypeId>) {
    match ty {
        Type::Boolean => _ = kinds.insert(JsonKind::Boolean),
        Type::Integer(_) | Type::Double | Type::Single => _ = kinds.insert(JsonKind::Number),
        Type::Any | Type::Encoded(_) | Type::External(External::Path(_)) => kinds.extend(JsonKind::ALL),
        Type::String | Type::Text | Type::EventName | Type::External(_) => _ = kinds.insert(JsonKind::String),
        Type::List(_) | Type::Set(_) | Type::Array(..) | Type::Tuple(_) | Type::Bytes => {
            _ = kinds.insert(JsonKind::Array)
        }
        Type::Map(_) | Type::Keyed(..) => _ = kinds.insert(JsonKind::Object),
        Type::Nullable(inner) => {
            kinds.insert(JsonKind::Null);
            add(types, inner, kinds, seen);
        }
        Type::Named(id) | Type::Boxed(id) => {
            if seen.insert(*id) {
                named(types, *id, kinds, seen);
            }
        }
    }
}

fn named(types: &Types, id: TypeId, kinds: &mut BTreeSet<JsonKind>, seen: &mut BTreeSet<TypeId>) {
    match &types[id].shape {
        ItemKind::OpenTuple(_) => _ = kinds.insert(JsonKind::Array),
        ItemKind::Struct(_) => _ = kinds.insert(JsonKind::Object),
        ItemKind::Enum(listed) => match listed.members {
            Members::Texts(_) => _ = kinds.insert(JsonKind::String),
            Members::Booleans(_) => _ = kinds.insert(JsonKind::Boolean),
            Members::Integers(..) | Members::Numbers(_) => _ = kinds.insert(JsonKind::Number),
            Members::Mixed(_) => kinds.extend(JsonKind::ALL),
        },
        // What is not listed is kept, of whatever kind it is.
        ItemKind::Union(union) if union.tag.is_some() => kinds.extend(JsonKind::ALL),
        ItemKind::Union(union) => {
            union.variants.iter().for_each(|variant| add(types, &variant.ty, kinds, seen));
        }
        // It is no JSON, and stands in none.
        ItemKind::MessageUnion(_) => {}
        ItemKind::Alias(target) | ItemKind::Newtype(target) => add(types, target, kinds, seen),
    }
}
