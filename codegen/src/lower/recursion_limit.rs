//! Types that hold types that hold types: rustc follows them to a depth, and no further unless it is told.

use std::collections::BTreeSet;

use super::recursion::parts;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::ir::{ItemKind, Operation, Presence, Type, Types};
use crate::limits::{MAX_AUTO_TRAIT_DEPTH, MAX_DROP_DEPTH};

/// Warns where types go deeper than rustc does by itself: a payload, which it follows to find out whether threads may send
/// it to each other, and any type, which it follows to drop it.
pub(super) fn check(types: &mut Types, operations: &[Operation], diagnostics: &Diagnostics) {
    let held: Vec<Vec<(usize, usize)>> = types.0.iter_mut().map(|def| held(&mut def.shape)).collect();
    let mut seen = BTreeSet::new();
    let mut look = |root: usize, followed: usize| {
        let deepest = deepest(&held, root, &mut seen);
        if deepest > followed {
            let limit = (deepest * 2).next_power_of_two();
            let message = "the types here hold each other deeper than rustc follows them by itself";
            let cure = format!("write `#![recursion_limit = \"{limit}\"]` at the root of the crate");
            diagnostics.push(Diagnostic::new(Severity::Warning, &types.0[root].at, message).with_help(cure));
        }
    };
    let payloads = operations.iter().flat_map(|operation| [Some(&operation.payload), reply(operation)]);
    for payload in payloads.flatten() {
        let mut roots = Vec::new();
        collect(payload, 0, &mut roots);
        for (root, _) in roots {
            look(root, MAX_AUTO_TRAIT_DEPTH);
        }
    }
    for root in 0..held.len() {
        look(root, MAX_DROP_DEPTH);
    }
}

fn reply(operation: &Operation) -> Option<&Type> {
    operation.reply.as_ref().map(|reply| &reply.payload)
}

/// How deep the way goes that is walked first; what was seen before is not walked again, here as in rustc.
fn deepest(held: &[Vec<(usize, usize)>], root: usize, seen: &mut BTreeSet<usize>) -> usize {
    let mut deepest = 0;
    let mut pending = vec![(root, 0)];
    while let Some((id, depth)) = pending.pop() {
        if seen.insert(id) {
            deepest = deepest.max(depth);
            pending.extend(held[id].iter().rev().map(|(next, steps)| (*next, depth + steps)));
        }
    }
    deepest
}

/// The types that a type holds, on the heap or not, and how many types lie on the way to each.
fn held(shape: &mut ItemKind) -> Vec<(usize, usize)> {
    let mut held = Vec::new();
    let options: Vec<bool> = match shape {
        ItemKind::Struct(object) => object.fields.iter().map(|field| field.presence != Presence::Required).collect(),
        _ => Vec::new(),
    };
    if let ItemKind::Alias(target) = shape {
        collect(target, 0, &mut held);
    }
    for (index, part) in parts(shape).into_iter().enumerate() {
        let option = usize::from(options.get(index).copied().unwrap_or_default());
        collect(part, 1 + option, &mut held);
    }
    held
}

fn collect(ty: &Type, steps: usize, held: &mut Vec<(usize, usize)>) {
    match ty {
        Type::Named(id) => held.push((id.0, steps)),
        Type::Boxed(id) => held.push((id.0, steps + 3)),
        Type::Nullable(inner) | Type::Array(inner, _) => collect(inner, steps + 1, held),
        Type::List(inner) => collect(inner, steps + 3, held),
        Type::Map(inner) | Type::Set(inner) | Type::Keyed(_, inner) => collect(inner, steps + 6, held),
        Type::Tuple(items) => items.iter().for_each(|item| collect(item, steps + 1, held)),
        _ => {}
    }
}
