//! The payloads of an operation of which some are no JSON: an enum that the dispatcher makes and the publisher writes.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::{self, Wire};
use super::{Emit, attributes, docs};
use crate::config::Extent;
use crate::ir::{Type, TypeDef, TypeId, Variant};

pub(super) fn define(emit: Emit<'_>, id: TypeId, def: &TypeDef, variants: &[Variant]) -> Vec<TokenStream> {
    let name = &emit.names.types[&id];
    let members = &emit.names.members[&id];
    let docs = docs::of_type(def);
    let attributes = attributes::of_type(emit, &def.at, &["Clone", "Debug", "PartialEq"]);
    let listed = variants.iter().zip(members).map(|(variant, name)| {
        let ty = types::owned(emit, &variant.ty);
        let chosen = attributes::of_member(emit, &variant.at);
        quote!(#chosen #name(#ty),)
    });
    let definition = quote! {
        #docs
        #attributes
        #[allow(clippy::large_enum_variant)]
        pub enum #name {
            #(#listed)*
        }
    };
    let is_sent = emit.config.extent == Extent::Everything
        && emit.api.outgoing().any(|operation| operation.payload == Type::Named(id));
    let arms = variants.iter().zip(members).map(|(variant, member)| {
        let outbound = match types::wire(emit, &variant.ty) {
            Wire::Json => quote!(Outbound::json(channel, event)?),
            Wire::Text | Wire::Bytes | Wire::Mixed => quote!(Outbound::new(channel, event.clone())),
            Wire::Own => quote!(Outbound::new(channel, Vec::<u8>::from(event))),
        };
        quote!(Self::#member(event) => #outbound,)
    });
    let outbound = is_sent.then(|| {
        quote! {
            impl #name {
                #[doc = " The message as it travels."]
                fn outbound(&self, channel: impl Into<String>) -> Result<Outbound, serde_json::Error> {
                    Ok(match self {
                        #(#arms)*
                    })
                }
            }
        }
    });
    [definition].into_iter().chain(outbound).collect()
}
