//! Alternatives that are one type, by whatever names they go: nothing would ever be read as the second, so they are no union.
//!
//! ```yaml
//! Code: {oneOf: [{$ref: '#/components/schemas/Old'}, {$ref: '#/components/schemas/New'}]}
//! Old: {type: string, pattern: '^O'}
//! New: {type: string, pattern: '^N'}
//! ```

use crate::config::Validation;
use crate::ir::{ItemKind, Root, Type, Types, Union};

/// Replaces such unions by their one type, once all types are made.
pub(super) fn dedup_variants(types: &mut Types, validation: Validation) {
    // One that is no union any more may be all that another has, which may come before or after it.
    while join_some(types, validation) {}
}

/// Whether there was any.
fn join_some(types: &mut Types, validation: Validation) -> bool {
    let mut has_joined = false;
    for index in 0..types.0.len() {
        let def = &types.0[index];
        // The messages of an operation are told by more than their payloads.
        let is_operation = matches!(def.name_path.root, Root::Operation(_)) && def.name_path.steps.is_empty();
        let ItemKind::Union(union) = &def.shape else { continue };
        if is_operation {
            continue;
        }
        if let Some(one) = one_type(types, union) {
            has_joined = true;
            types.0[index].shape = match validation {
                Validation::Types => ItemKind::Alias(one),
                // An alias has no methods, and patterns are to be validated.
                Validation::Full => ItemKind::Newtype(one),
            };
        }
    }
    has_joined
}

/// The type of all alternatives; one that is `null` now and then makes all of them so.
fn one_type(types: &Types, union: &Union) -> Option<Type> {
    if union.tag.is_some() || union.variants.len() < 2 {
        return None;
    }
    let all: Vec<Type> = union.variants.iter().map(|variant| resolved(types, &variant.ty)).collect();
    let without_null = |ty: &Type| match ty {
        Type::Nullable(inner) => (**inner).clone(),
        ty => ty.clone(),
    };
    let first = without_null(all.first()?);
    let is_one = all.iter().all(|ty| without_null(ty) == first);
    let is_nullable = all.iter().any(|ty| matches!(ty, Type::Nullable(_)));
    is_one.then(|| if is_nullable { Type::Nullable(Box::new(first)) } else { first })
}

/// What other names stand for in the end; a circle of them is left where it is.
fn resolved(types: &Types, ty: &Type) -> Type {
    let mut ty = ty.clone();
    for _ in 0..types.0.len() {
        let next = match &ty {
            Type::Named(id) => match &types[*id].shape {
                // So far, what wraps a type does so to be validated, which the union's own wrapper is in its place.
                ItemKind::Alias(target) | ItemKind::Newtype(target) => target.clone(),
                _ => break,
            },
            Type::Nullable(inner) => match resolved(types, inner) {
                inner @ Type::Nullable(_) => return inner,
                inner => return Type::Nullable(Box::new(inner)),
            },
            _ => break,
        };
        ty = next;
    }
    ty
}
