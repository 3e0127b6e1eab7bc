//! Unions whose alternatives differ in neither tag nor kind of JSON value: each alternative is tried.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::{Context, is_known, types};
use crate::ir::{Type, Union};
use crate::limits::MAX_CHAINED_CALLS;
use crate::names::Name;

/// `Deserialize`, which takes the alternative that keeps most of the value.
pub(super) fn untagged(cx: Context<'_>, name: &Name, members: &[Name], union: &Union) -> TokenStream {
    let types: Vec<&Type> = union.variants.iter().map(|variant| &variant.ty).collect();
    let tests = is_known::tests(cx, &types);
    let attempts = union.variants.iter().zip(members).zip(tests).map(|((variant, member), test)| {
        let label = member.plain();
        if let Some(test) = test {
            let ty = types::owned(cx, &variant.ty);
            quote!(.or_try_preferring_known(#label, Self::#member, |read: &#ty| #test))
        } else {
            quote!(.or_try(#label, Self::#member))
        }
    });
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
