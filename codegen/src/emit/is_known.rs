//! Expressions that test whether a value contains no `Unknown`. `Unknown` accepts every value, so an alternative
//! without it is preferred.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::Context;
use crate::ir::{Field, ItemKind, Presence, Struct, Type, TypeId};
use crate::limits::MAX_UNKNOWN_DEPTH;
use crate::names::Name;

/// For each alternative, an expression that is true if the value `read` contains no `Unknown`. `None` if the expression
/// would always be true, or the same for all alternatives.
pub(super) fn tests(cx: Context<'_>, alternatives: &[&Type]) -> Vec<Option<TokenStream>> {
    let shared = shared(cx, alternatives);
    let read = quote!(read);
    let test = |ty: &&Type| match struct_of(cx, ty) {
        Some((id, object)) => struct_test(cx, id, object, &read, &[id], &shared),
        None => is_known_expr(cx, ty, &read, &[]),
    };
    alternatives.iter().map(test).collect()
}

/// The properties that all alternatives have with the same type. They need no test.
fn shared<'a>(cx: Context<'a>, alternatives: &[&Type]) -> BTreeSet<&'a str> {
    let mut structures = alternatives.iter().map(|ty| struct_of(cx, ty));
    let Some(Some((_, first))) = structures.next() else { return BTreeSet::new() };
    let key = |field: &'a Field| (field.name.as_str(), (&field.ty, field.presence));
    let mut shared: BTreeMap<&str, (&Type, Presence)> = first.fields.iter().map(key).collect();
    for structure in structures {
        let Some((_, object)) = structure.filter(|_| !shared.is_empty()) else { return BTreeSet::new() };
        let fields: BTreeMap<&str, (&Type, Presence)> = object.fields.iter().map(key).collect();
        shared.retain(|name, key| fields.get(name) == Some(key));
    }
    shared.into_keys().collect()
}

/// The struct of a type, which may be an alias.
fn struct_of<'a>(cx: Context<'a>, ty: &Type) -> Option<(TypeId, &'a Struct)> {
    let Type::Named(id) = ty else { return None };
    match &cx.api.types[*id].shape {
        ItemKind::Struct(object) => Some((*id, object)),
        ItemKind::Alias(target) => struct_of(cx, target),
        _ => None,
    }
}

/// `value` is a place expression or a reference. `around` are the types that contain it.
fn is_known_expr(cx: Context<'_>, ty: &Type, value: &TokenStream, around: &[TypeId]) -> Option<TokenStream> {
    match ty {
        Type::EventName => Some(quote!(!matches!(#value, EventName::Unknown(_)))),
        Type::Named(id) | Type::Boxed(id) if !around.contains(id) && around.len() < MAX_UNKNOWN_DEPTH => {
            named(cx, *id, value, &[around, &[*id]].concat())
        }
        Type::Nullable(item) | Type::List(item) | Type::Set(item) | Type::Array(item, _) => {
            all_known(cx, item, &quote!(#value.iter()), &quote!(item), around)
        }
        Type::Map(item) | Type::Keyed(_, item) => all_known(cx, item, &quote!(#value.values()), &quote!(item), around),
        _ => None,
    }
}

/// The test of all items of an iterator; `held` is the name of the item.
fn all_known(
    cx: Context<'_>,
    item: &Type,
    all: &TokenStream,
    held: &TokenStream,
    around: &[TypeId],
) -> Option<TokenStream> {
    let test = is_known_expr(cx, item, held, around)?;
    Some(quote!(#all.all(|#held| #test)))
}

fn named(cx: Context<'_>, id: TypeId, value: &TokenStream, around: &[TypeId]) -> Option<TokenStream> {
    let name = &cx.names.types[&id];
    match &cx.api.types[id].shape {
        ItemKind::Enum(listed) => listed.is_open().then(|| quote!(!matches!(#value, #name::Unknown(_)))),
        ItemKind::Union(union) if union.is_open() => Some(quote!(!matches!(#value, #name::Unknown(_)))),
        ItemKind::Union(union) => {
            let variants = union.variants.iter().zip(&cx.names.members[&id]);
            let arms: Vec<TokenStream> = variants
                .filter_map(|(variant, member)| {
                    let test = is_known_expr(cx, &variant.ty, &quote!(held), around)?;
                    Some(quote!(#name::#member(held) => #test,))
                })
                .collect();
            let rest = (arms.len() < union.variants.len()).then(|| quote!(_ => true,));
            (!arms.is_empty()).then(|| quote!(match &#value { #(#arms)* #rest }))
        }
        ItemKind::Struct(object) => struct_test(cx, id, object, value, around, &BTreeSet::new()),
        ItemKind::Alias(target) => is_known_expr(cx, target, value, around),
        ItemKind::Newtype(_) | ItemKind::OpenTuple(_) | ItemKind::MessageUnion(_) => None,
    }
}

/// The test of all properties but those in `without`.
fn struct_test(
    cx: Context<'_>,
    id: TypeId,
    object: &Struct,
    value: &TokenStream,
    around: &[TypeId],
    without: &BTreeSet<&str>,
) -> Option<TokenStream> {
    let fields = object.fields.iter().zip(&cx.names.members[&id]);
    let tested = fields.filter(|(field, _)| !without.contains(field.name.as_str()));
    let tests: Vec<TokenStream> =
        tested.filter_map(|(field, member)| field_test(cx, field, value, member, around)).collect();
    (!tests.is_empty()).then(|| quote!(#(#tests)&&*))
}

fn field_test(
    cx: Context<'_>,
    field: &Field,
    value: &TokenStream,
    member: &Name,
    around: &[TypeId],
) -> Option<TokenStream> {
    let held = member.to_token_stream();
    match field.presence {
        Presence::Required | Presence::Defaulted => is_known_expr(cx, &field.ty, &quote!(#value.#member), around),
        Presence::RequiredNullable | Presence::Optional | Presence::NullOrAbsent => {
            all_known(cx, &field.ty, &quote!(#value.#member.iter()), &held, around)
        }
        Presence::OptionalNullable => all_known(cx, &field.ty, &quote!(#value.#member.iter().flatten()), &held, around),
    }
}
