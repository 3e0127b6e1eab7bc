//! Finds the variants of a union that the JSON type of a value selects.
//!
//! ```text
//! enum Id { Integer(i64), String(String), Object(Parts), Other(OtherParts) }
//! a number selects `Integer`, a string selects `String`; both objects have to be tried
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{External, ItemKind, JsonKind, Members, Openness, Representation, Type, TypeId, Types, Union, Variant};

/// Assigns to each variant the JSON types that no other variant of the union has.
pub(super) fn assign_kinds(types: &mut Types) {
    for index in 0..types.0.len() {
        let ItemKind::Union(union) = &types.0[index].shape else { continue };
        let kinds: Vec<BTreeSet<JsonKind>> =
            union.variants.iter().map(|variant| kinds_of_type(types, &variant.ty)).collect();
        if let ItemKind::Union(union) = &mut types.0[index].shape {
            select_by_kind(union, &kinds);
        }
    }
}

/// Variants with a tag are selected by it. If another variant could then not be selected, the union loses its tag.
fn select_by_kind(union: &mut Union, kinds: &[BTreeSet<JsonKind>]) {
    if union.representation() == Representation::ByKind {
        return;
    }
    assign_unique_kinds(union, kinds);
    let is_unreachable = |variant: &Variant, kinds: &BTreeSet<JsonKind>| {
        variant.tag_values.is_empty() && variant.kinds.is_empty() && !kinds.contains(&JsonKind::Object)
    };
    if union.variants.iter().zip(kinds).any(|(variant, kinds)| is_unreachable(variant, kinds)) {
        // The tag would select the objects, and nothing would select the others, so all variants are tried.
        union.tag = None;
        union.openness = Openness::Closed;
        union.variants.iter_mut().for_each(|variant| variant.tag_values.clear());
        assign_unique_kinds(union, kinds);
    }
}

fn assign_unique_kinds(union: &mut Union, kinds: &[BTreeSet<JsonKind>]) {
    let mut counts: BTreeMap<JsonKind, usize> = BTreeMap::new();
    for kind in kinds.iter().flatten() {
        *counts.entry(*kind).or_default() += 1;
    }
    for (variant, kinds) in union.variants.iter_mut().zip(kinds) {
        let are_unique = kinds.iter().all(|kind| counts[kind] == 1);
        variant.kinds = match (are_unique, variant.tag_values.is_empty()) {
            (true, true) => kinds.iter().copied().collect(),
            _ => Vec::new(),
        };
    }
}

/// The JSON types that a type reads; all of them if that is not known.
fn kinds_of_type(types: &Types, ty: &Type) -> BTreeSet<JsonKind> {
    let mut kinds = BTreeSet::new();
    collect_kinds(types, ty, &mut kinds, &mut BTreeSet::new());
    kinds
}

fn collect_kinds(types: &Types, ty: &Type, kinds: &mut BTreeSet<JsonKind>, seen: &mut BTreeSet<TypeId>) {
    match ty {
        Type::Boolean => _ = kinds.insert(JsonKind::Boolean),
        Type::Integer(_) | Type::Double | Type::Single => _ = kinds.insert(JsonKind::Number),
        Type::Any | Type::Encoded(_) | Type::External(External::Path(_)) => kinds.extend(JsonKind::ALL),
        Type::String | Type::Text | Type::EventName | Type::External(_) => _ = kinds.insert(JsonKind::String),
        Type::List(_) | Type::Set(_) | Type::Array(..) | Type::Tuple(_) | Type::Bytes => {
            _ = kinds.insert(JsonKind::Array);
        }
        Type::Map(_) | Type::Keyed(..) => _ = kinds.insert(JsonKind::Object),
        Type::Nullable(inner) => {
            kinds.insert(JsonKind::Null);
            collect_kinds(types, inner, kinds, seen);
        }
        Type::Named(id) | Type::Boxed(id) => {
            if seen.insert(*id) {
                collect_item_kinds(types, *id, kinds, seen);
            }
        }
    }
}

fn collect_item_kinds(types: &Types, id: TypeId, kinds: &mut BTreeSet<JsonKind>, seen: &mut BTreeSet<TypeId>) {
    match &types[id].shape {
        ItemKind::OpenTuple(_) => _ = kinds.insert(JsonKind::Array),
        ItemKind::Struct(_) => _ = kinds.insert(JsonKind::Object),
        ItemKind::Enum(listed) => match listed.members {
            Members::Texts(_) => _ = kinds.insert(JsonKind::String),
            Members::Booleans(_) => _ = kinds.insert(JsonKind::Boolean),
            Members::Integers(..) | Members::Numbers(_) => _ = kinds.insert(JsonKind::Number),
            Members::Mixed(_) => kinds.extend(JsonKind::ALL),
        },
        // A tagged union keeps unknown values of any JSON type.
        ItemKind::Union(union) if union.tag.is_some() => kinds.extend(JsonKind::ALL),
        ItemKind::Union(union) => {
            union.variants.iter().for_each(|variant| collect_kinds(types, &variant.ty, kinds, seen));
        }
        // It is not JSON, and is never inside JSON.
        ItemKind::MessageUnion(_) => {}
        ItemKind::Alias(target) | ItemKind::Newtype(target) => collect_kinds(types, target, kinds, seen),
    }
}
