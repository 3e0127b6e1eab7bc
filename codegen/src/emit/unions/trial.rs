//! Unions whose alternatives nothing tells apart: they are tried.

mod helpers;
mod once;

use proc_macro2::TokenStream;
use quote::quote;

pub(in crate::emit) use self::helpers::helpers;
use super::super::{Emit, known, types};
use crate::ir::{Type, Union};
use crate::names::Name;

/// The first alternative that keeps all of the value and knows it is meant, or else the one that keeps most.
pub(super) fn by_trial(emit: Emit<'_>, name: &Name, members: &[Name], union: &Union) -> TokenStream {
    let types: Vec<&Type> = union.variants.iter().map(|variant| &variant.ty).collect();
    let tests = known::tests(emit, &types);
    let tries = union.variants.iter().zip(members).zip(tests).map(|((variant, member), test)| {
        let label = member.plain();
        if let Some(test) = test {
            let ty = types::owned(emit, &variant.ty);
            quote!(.or_known(#label, Self::#member, |read: &#ty| #test))
        } else {
            quote!(.or(#label, Self::#member))
        }
    });
    let best = best(&quote!(fitting), &tries.collect::<Vec<_>>());
    quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                choice::tried(deserializer, |fitting| #best)
            }
        }
    }
}

/// The best of several tries: one chain of calls, or where there are very many a chain after the other, because what
/// reads Rust follows a chain as deep as it is long.
fn best(fitting: &TokenStream, tries: &[TokenStream]) -> TokenStream {
    const LONGEST: usize = 100;
    if tries.len() <= LONGEST {
        return quote!(#fitting #(#tries)* .best());
    }
    let chains = tries.chunks(LONGEST).map(|tries| quote!(let fitting = fitting #(#tries)*;));
    quote!({
        let fitting = #fitting;
        #(#chains)*
        fitting.best()
    })
}
