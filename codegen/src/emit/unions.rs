//! Unions: one of several alternatives, told by a tag where there is one, by their shape where there is none.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emit, docs, types};
use crate::ir::{TypeDef, TypeId, Union};
use crate::names::Name;

pub(super) fn define(emit: Emit<'_>, id: TypeId, def: &TypeDef, union: &Union) -> Vec<TokenStream> {
    let name = &emit.names.types[&id];
    let members = &emit.names.members[&id];
    let docs = docs::of_type(def);
    // Boxing the large ones would change the type whenever the document gains a property.
    let allowed = quote!(#[allow(clippy::large_enum_variant)]);
    let variants = union.variants.iter().zip(members).map(|(variant, name)| {
        let ty = types::owned(emit, &variant.ty);
        quote!(#name(#ty))
    });
    match &union.tag {
        None => vec![quote! {
            #docs
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(untagged)]
            #allowed
            pub enum #name {
                #(#variants,)*
            }
        }],
        Some(tag) => {
            let told = docs::line(&format!("Told apart by {}.", docs::code(tag)));
            let definition = quote! {
                #docs
                #[doc = ""]
                #told
                #[derive(Clone, Debug, PartialEq, Serialize)]
                #[serde(untagged)]
                #[non_exhaustive]
                #allowed
                pub enum #name {
                    #(#variants,)*
                    #[doc = " An alternative that the document does not list."]
                    Unknown(Value),
                }
            };
            vec![definition, deserialize(name, members, union, tag)]
        }
    }
}

/// The tag chooses the alternative, which keeps it.
fn deserialize(name: &Name, members: &[Name], union: &Union, tag: &str) -> TokenStream {
    let arms = union.variants.iter().zip(members).filter(|(variant, _)| !variant.tag_values.is_empty());
    let arms = arms.map(|(variant, member)| {
        let values = &variant.tag_values;
        quote!(#(Some(#values))|* => serde_json::from_value(value).map(Self::#member))
    });
    quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = Value::deserialize(deserializer)?;
                let chosen = match value.get(#tag).and_then(Value::as_str) {
                    #(#arms,)*
                    _ => Ok(Self::Unknown(value)),
                };
                chosen.map_err(serde::de::Error::custom)
            }
        }
    }
}
