//! Replaces an untagged union by the type of its variants, if all variants are of one type: the second variant would
//! never be read.
//!
//! ```text
//! Code: oneOf [Old, New];  Old: {type: string, pattern: '^O'};  New: {type: string, pattern: '^N'}
//! enum Code { Old(String), New(String) }   becomes   type Code = String
//! ```

use crate::config::Validation;
use crate::ir::{ItemKind, Root, Type, Types, Union};

/// Replaces such unions. With full validation they become newtypes, because an alias has no methods.
pub(super) fn dedup_variants(types: &mut Types, validation: Validation) {
    // A replaced union may be a variant of another union, before it or after it.
    while dedup_once(types, validation) {}
}

/// Whether a union was replaced.
fn dedup_once(types: &mut Types, validation: Validation) -> bool {
    let mut has_replaced = false;
    for index in 0..types.0.len() {
        let def = &types.0[index];
        // More than the payload distinguishes the messages of an operation.
        let is_operation = matches!(def.name_path.root, Root::Operation(_)) && def.name_path.steps.is_empty();
        let ItemKind::Union(union) = &def.shape else { continue };
        if is_operation {
            continue;
        }
        if let Some(only) = common_type(types, union) {
            has_replaced = true;
            types.0[index].shape = match validation {
                Validation::Types => ItemKind::Alias(only),
                Validation::Full => ItemKind::Newtype(only),
            };
        }
    }
    has_replaced
}

/// The type of all variants. It is nullable if one of them is.
fn common_type(types: &Types, union: &Union) -> Option<Type> {
    if union.tag.is_some() || union.variants.len() < 2 {
        return None;
    }
    let all: Vec<Type> = union.variants.iter().map(|variant| resolve_aliases(types, &variant.ty)).collect();
    let without_null = |ty: &Type| match ty {
        Type::Nullable(inner) => (**inner).clone(),
        ty => ty.clone(),
    };
    let first = without_null(all.first()?);
    let are_equal = all.iter().all(|ty| without_null(ty) == first);
    let is_nullable = all.iter().any(|ty| matches!(ty, Type::Nullable(_)));
    are_equal.then(|| if is_nullable { Type::Nullable(Box::new(first)) } else { first })
}

/// The type at the end of a chain of aliases and newtypes. A cycle is left as it is.
fn resolve_aliases(types: &Types, ty: &Type) -> Type {
    let mut ty = ty.clone();
    for _ in 0..types.0.len() {
        ty = match &ty {
            Type::Named(id) => match &types[*id].shape {
                // At this point a newtype exists only for validation, and the newtype of the union will validate.
                ItemKind::Alias(target) | ItemKind::Newtype(target) => target.clone(),
                _ => break,
            },
            Type::Nullable(inner) => match resolve_aliases(types, inner) {
                inner @ Type::Nullable(_) => return inner,
                inner => return Type::Nullable(Box::new(inner)),
            },
            _ => break,
        };
    }
    ty
}
