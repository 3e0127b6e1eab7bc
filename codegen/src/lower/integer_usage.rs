//! Finds the types that contain integers. Each type is visited once, however many types contain it.

use std::collections::BTreeSet;

use crate::ir::{IntegerNotation, IntegerUsage, ItemKind, Members, OutputOptions, Type, TypeId, Types};

/// Finds the types that contain integers, if the options ask to read these leniently.
pub(super) fn integer_usage(types: &Types, output: &OutputOptions) -> IntegerUsage {
    if output.integer_notation == IntegerNotation::Digits {
        return IntegerUsage::default();
    }
    let containers = containers(types);
    let with_leaf = |is_wanted: &dyn Fn(&Type) -> bool| -> Vec<TypeId> {
        let has_leaf = |shape: &ItemKind| shape.contained_types().into_iter().flat_map(Type::leaves).any(is_wanted);
        types.iter().filter(|(_, def)| has_leaf(&def.shape)).map(|(id, _)| id).collect()
    };
    let is_alias = |id: TypeId| matches!(types[id].shape, ItemKind::Alias(_));
    let is_item = |leaf: &Type| match leaf {
        Type::Boxed(_) => true,
        Type::Named(id) => !matches!(types[*id].shape, ItemKind::Alias(_) | ItemKind::Enum(_)),
        _ => false,
    };
    let integer_enums = types.iter().filter_map(|(id, def)| match &def.shape {
        ItemKind::Enum(listed) => matches!(listed.members, Members::Integers(..)).then_some(id),
        _ => None,
    });
    let narrow = with_leaf(&Type::is_narrow_integer);
    let wide = with_leaf(&Type::is_wide_integer);
    let all = narrow.iter().chain(&wide).copied().chain(integer_enums).collect();
    IntegerUsage {
        aliases: propagate(narrow, &containers, is_alias),
        wide_aliases: propagate(wide, &containers, is_alias),
        aliases_of_items: propagate(with_leaf(&is_item), &containers, is_alias),
        transitive: propagate(all, &containers, |_| true),
        notation: output.integer_notation,
    }
}

/// For each type, the types that contain it.
fn containers(types: &Types) -> Vec<Vec<TypeId>> {
    let mut containers: Vec<Vec<TypeId>> = types.iter().map(|_| Vec::new()).collect();
    for (id, def) in types.iter() {
        let leaves = def.shape.contained_types().into_iter().flat_map(Type::leaves);
        leaves.filter_map(Type::named).for_each(|contained| containers[contained.0].push(id));
    }
    containers
}

/// The given types and all types that contain them, directly or not. Stops at types that do not pass the property on.
fn propagate(start: Vec<TypeId>, containers: &[Vec<TypeId>], passes_on: impl Fn(TypeId) -> bool) -> BTreeSet<TypeId> {
    let mut pending: Vec<TypeId> = start.into_iter().filter(|id| passes_on(*id)).collect();
    let mut found = BTreeSet::new();
    while let Some(id) = pending.pop() {
        if found.insert(id) {
            pending.extend(containers[id.0].iter().copied().filter(|container| passes_on(*container)));
        }
    }
    found
}
