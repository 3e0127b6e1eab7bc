//! Enums of strings: open ones keep what the document does not list.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emit, attributes, docs};
use crate::ir::{EnumValue, TypeDef, TypeId};
use crate::names::Name;

/// What an enum of strings is made of.
pub(super) struct StringEnum<'a> {
    pub(super) name: TokenStream,
    pub(super) docs: TokenStream,
    /// The derives, and what a team chose beside them.
    pub(super) attributes: TokenStream,
    pub(super) variants: Vec<Variant<'a>>,
}

/// One string and its variant.
pub(super) struct Variant<'a> {
    pub(super) name: &'a Name,
    pub(super) value: &'a str,
    pub(super) docs: TokenStream,
}

/// What an open enum derives.
pub(super) const OPEN: &[&str] = &["Clone", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Deserialize"];

/// What a closed enum derives.
const CLOSED: &[&str] =
    &["Clone", "Copy", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Serialize", "Deserialize"];

/// An enum of the document.
pub(super) fn define(emit: Emit<'_>, id: TypeId, def: &TypeDef, values: &[EnumValue]) -> Vec<TokenStream> {
    let name = &emit.names.types[&id];
    let members = &emit.names.members[&id];
    let variants = values.iter().zip(members).map(|(value, name)| {
        let text = value.value.as_str();
        let (docs, chosen) = (docs::line(&docs::code(text)), attributes::of_member(emit, &value.at));
        Variant { name, value: text, docs: quote!(#docs #chosen) }
    });
    let docs = docs::of_type(def);
    let is_closed = emit.config.is_closed(&def.at);
    let attributes = attributes::of_type(emit, &def.at, if is_closed { CLOSED } else { OPEN });
    let string_enum = StringEnum { name: quote!(#name), docs, attributes, variants: variants.collect() };
    if is_closed { closed(&string_enum) } else { open(&string_enum) }
}

/// An enum with an `Unknown` variant for every other string.
pub(super) fn open(string_enum: &StringEnum<'_>) -> Vec<TokenStream> {
    let StringEnum { name, docs, attributes, variants } = string_enum;
    let variant_docs = variants.iter().map(|variant| &variant.docs);
    let names: Vec<&Name> = variants.iter().map(|variant| variant.name).collect();
    let values: Vec<&str> = variants.iter().map(|variant| variant.value).collect();
    let definition = quote! {
        #docs
        #attributes
        #[serde(from = "String")]
        #[non_exhaustive]
        pub enum #name {
            #(#variant_docs #names,)*
            #[doc = " A value that the document does not list."]
            Unknown(String),
        }
    };
    let inherent = quote! {
        impl #name {
            #[doc = " Every value that the document lists, in its order."]
            pub const KNOWN: &[Self] = &[#(Self::#names),*];

            #[doc = " The value as it travels."]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#names => #values,)*
                    Self::Unknown(value) => value,
                }
            }
        }
    };
    let from_string = quote! {
        impl From<String> for #name {
            fn from(value: String) -> Self {
                match value.as_str() {
                    #(#values => Self::#names,)*
                    _ => Self::Unknown(value),
                }
            }
        }
    };
    let from_str = quote! {
        impl FromStr for #name {
            type Err = Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value.to_owned()))
            }
        }
    };
    let serialize = quote! {
        impl Serialize for #name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
    vec![definition, inherent, from_string, from_str, display(name), serialize]
}

/// An enum of nothing but the listed strings.
fn closed(string_enum: &StringEnum<'_>) -> Vec<TokenStream> {
    let StringEnum { name, docs, attributes, variants } = string_enum;
    let names: Vec<&Name> = variants.iter().map(|variant| variant.name).collect();
    let values: Vec<&str> = variants.iter().map(|variant| variant.value).collect();
    let members = variants.iter().map(|Variant { name, value, docs }| {
        let rename = (name.plain() != *value).then(|| quote!(#[serde(rename = #value)]));
        quote!(#docs #rename #name)
    });
    let definition = quote! {
        #docs
        #attributes
        pub enum #name {
            #(#members,)*
        }
    };
    let inherent = quote! {
        impl #name {
            #[doc = " Every value, in the order of the document."]
            pub const KNOWN: &[Self] = &[#(Self::#names),*];

            #[doc = " The value as it travels."]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#names => #values,)*
                }
            }
        }
    };
    vec![definition, inherent, display(name)]
}

fn display(name: &TokenStream) -> TokenStream {
    quote! {
        impl fmt::Display for #name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.as_str())
            }
        }
    }
}
