//! Warns about types that are nested deeper than rustc follows them.
//!
//! ```text
//! struct T0 { next: T1 } … struct T200 { next: i64 }   warning: write `#![recursion_limit = "512"]`
//! ```

use std::collections::BTreeSet;

use super::recursion::member_types;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::ir::{ItemKind, Operation, Presence, Type, Types};
use crate::limits::{MAX_AUTO_TRAIT_DEPTH, MAX_DROP_DEPTH};

/// Warns about types that are too deep: payloads, which rustc follows to find out whether they are `Send`, and all
/// types, which it follows to drop them.
pub(super) fn check(types: &mut Types, operations: &[Operation], diagnostics: &Diagnostics) {
    let inner: Vec<Vec<(usize, usize)>> = types.0.iter_mut().map(|def| inner_types(&mut def.shape)).collect();
    let mut seen = BTreeSet::new();
    let mut check_depth = |root: usize, limit: usize| {
        let deepest = depth(&inner, root, &mut seen);
        if deepest > limit {
            let limit = (deepest * 2).next_power_of_two();
            let message = "the types here are nested deeper than the default recursion limit of rustc";
            let help = format!("write `#![recursion_limit = \"{limit}\"]` at the root of the crate");
            diagnostics.push(Diagnostic::new(Severity::Warning, &types.0[root].at, message).with_help(help));
        }
    };
    let payloads = operations.iter().flat_map(|operation| [Some(&operation.payload), reply_payload(operation)]);
    for payload in payloads.flatten() {
        let mut roots = Vec::new();
        collect(payload, 0, &mut roots);
        for (root, _) in roots {
            check_depth(root, MAX_AUTO_TRAIT_DEPTH);
        }
    }
    for root in 0..inner.len() {
        check_depth(root, MAX_DROP_DEPTH);
    }
}

fn reply_payload(operation: &Operation) -> Option<&Type> {
    operation.reply.as_ref().map(|reply| &reply.payload)
}

/// The depth of the types below a root. Types that were seen before are not followed again, as in rustc.
fn depth(inner: &[Vec<(usize, usize)>], root: usize, seen: &mut BTreeSet<usize>) -> usize {
    let mut deepest = 0;
    let mut pending = vec![(root, 0)];
    while let Some((id, depth)) = pending.pop() {
        if seen.insert(id) {
            deepest = deepest.max(depth);
            pending.extend(inner[id].iter().rev().map(|(next, steps)| (*next, depth + steps)));
        }
    }
    deepest
}

/// The types inside an item, on the heap or not, each with the number of types on the way to it.
fn inner_types(shape: &mut ItemKind) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let options: Vec<bool> = match shape {
        ItemKind::Struct(object) => object.fields.iter().map(|field| field.presence != Presence::Required).collect(),
        _ => Vec::new(),
    };
    if let ItemKind::Alias(target) = shape {
        collect(target, 0, &mut found);
    }
    for (index, member) in member_types(shape).into_iter().enumerate() {
        let option = usize::from(options.get(index).copied().unwrap_or_default());
        collect(member, 1 + option, &mut found);
    }
    found
}

fn collect(ty: &Type, steps: usize, found: &mut Vec<(usize, usize)>) {
    match ty {
        Type::Named(id) => found.push((id.0, steps)),
        Type::Boxed(id) => found.push((id.0, steps + 3)),
        Type::Nullable(inner) | Type::Array(inner, _) => collect(inner, steps + 1, found),
        Type::List(inner) => collect(inner, steps + 3, found),
        Type::Map(inner) | Type::Set(inner) | Type::Keyed(_, inner) => collect(inner, steps + 6, found),
        Type::Tuple(items) => items.iter().for_each(|item| collect(item, steps + 1, found)),
        _ => {}
    }
}
