//! Unions whose alternatives nothing tells apart: they are tried.

mod helpers;
mod memo;

use std::iter;

use proc_macro2::TokenStream;
use quote::quote;

pub(in crate::emit) use self::helpers::helpers;
use super::super::{Context, is_known, types};
use crate::ir::{Type, Union};
use crate::names::Name;

/// The first alternative that keeps all of the value and knows it is meant, or else the one that keeps most.
pub(super) fn untagged(cx: Context<'_>, name: &Name, members: &[Name], union: &Union) -> TokenStream {
    let types: Vec<&Type> = union.variants.iter().map(|variant| &variant.ty).collect();
    let tests = is_known::tests(cx, &types);
    let mut tries = union.variants.iter().zip(members).zip(tests).map(move |((variant, member), test)| {
        let label = member.plain();
        if let Some(test) = test {
            let ty = types::owned(cx, &variant.ty);
            quote!(.or_known(#label, Self::#member, |read: &#ty| #test))
        } else {
            quote!(.or(#label, Self::#member))
        }
    });
    let deserialize = |best: &TokenStream| {
        quote! {
            impl<'de> Deserialize<'de> for #name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    choice::tried(deserializer, |fitting| #best)
                }
            }
        }
    };
    if union.variants.len() <= LONGEST_CHAIN {
        return deserialize(&quote!(fitting #(#tries)* .best()));
    }
    let chains = iter::from_fn(move || {
        let mut chain = tries.by_ref().take(LONGEST_CHAIN).peekable();
        chain.peek()?;
        Some(quote!(let fitting = fitting #(#chain)*;))
    });
    deserialize(&quote!({
        let fitting = fitting;
        #(#chains)*
        fitting.best()
    }))
}

/// Where there are more tries than this, one chain of calls follows the other, because what reads Rust follows a chain as
/// deep as it is long.
const LONGEST_CHAIN: usize = 100;
