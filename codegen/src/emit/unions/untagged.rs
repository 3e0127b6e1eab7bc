//! Unions whose alternatives differ in neither tag nor kind of JSON value: each alternative is tried.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::{Context, is_known, types};
use crate::ir::{AdditionalProperties, ItemKind, Type, TypeId, Union};
use crate::limits::{MAX_CHAINED_CALLS, MAX_UNKNOWN_DEPTH};
use crate::names::Name;

/// `Deserialize`, which takes the alternative that keeps most of the value.
pub(super) fn untagged(cx: Context<'_>, name: &Name, members: &[Name], union: &Union) -> TokenStream {
    let types: Vec<&Type> = union.variants.iter().map(|variant| &variant.ty).collect();
    let tests = is_known::tests(cx, &types);
    let attempts = union
        .variants
        .iter()
        .zip(members)
        .zip(tests)
        .map(|((variant, member), test)| attempt(cx, member.plain(), &quote!(Self::#member), &variant.ty, test));
    let attempts: Vec<TokenStream> = attempts.collect();
    let best = if attempts.len() <= MAX_CHAINED_CALLS {
        quote!(alternatives #(#attempts)* .best())
    } else {
        let chains =
            attempts.chunks(MAX_CHAINED_CALLS).map(|chain| quote!(let alternatives = alternatives #(#chain)*;));
        quote!({
            #(#chains)*
            alternatives.best()
        })
    };
    quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                untagged::memoized(deserializer, |alternatives| #best)
            }
        }
    }
}

/// The call that tries an alternative.
pub(in crate::emit) fn attempt(
    cx: Context<'_>,
    label: &str,
    alternative: &TokenStream,
    ty: &Type,
    is_known: Option<TokenStream>,
) -> TokenStream {
    let owned = types::owned(cx, ty);
    let item = item_of(cx, ty);
    let unknown = item.map(|id| unknown_patterns(cx, id, MAX_UNKNOWN_DEPTH)).unwrap_or_default();
    let is_listed = (!unknown.is_empty()).then(|| quote!(|read: &#owned| !matches!(read, #(#unknown)|*)));
    let is_closed = |id| matches!(&cx.api.types[id].shape, ItemKind::Struct(object) if matches!(object.additional, AdditionalProperties::Refused));
    let closed = item.is_some_and(is_closed).then(|| quote!(.closed()));
    match (is_listed, is_known) {
        (Some(is_listed), Some(test)) => {
            quote!(.or_try_listed(#label, #alternative, #is_listed, |read: &#owned| #test))
        }
        (_, Some(test)) => quote!(#closed.or_try_preferring_known(#label, #alternative, |read: &#owned| #test)),
        (_, None) => quote!(#closed.or_try(#label, #alternative)),
    }
}

/// The patterns of the values that a union does not list.
fn unknown_patterns(cx: Context<'_>, id: TypeId, depth: usize) -> Vec<TokenStream> {
    let ItemKind::Union(union) = &cx.api.types[id].shape else { return Vec::new() };
    let name = &cx.names.types[&id];
    let own = union.is_open().then(|| quote!(#name::Unknown(_)));
    let variants = union.variants.iter().zip(&cx.names.members[&id]).filter(|_| depth > 0);
    let nested = variants.filter_map(|(variant, member)| Some((item_of(cx, &variant.ty)?, member)));
    let nested = nested.flat_map(|(id, member)| {
        unknown_patterns(cx, id, depth - 1).into_iter().map(move |pattern| quote!(#name::#member(#pattern)))
    });
    own.into_iter().chain(nested).collect()
}

/// The item that a type is, at the end of a chain of aliases.
fn item_of(cx: Context<'_>, ty: &Type) -> Option<TypeId> {
    let Type::Named(id) = ty else { return None };
    match &cx.api.types[*id].shape {
        ItemKind::Alias(target) => item_of(cx, target),
        _ => Some(*id),
    }
}
