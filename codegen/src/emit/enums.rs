//! Enums of strings: open ones keep what the document does not list.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emit, attributes, constants, docs};
use crate::document::{Listing, Place};
use crate::ir::{Docs, Enum, Members, Shape, TypeDef, TypeId};
use crate::names::Name;

/// What an enum of strings is made of.
pub(super) struct StringEnum<'a> {
    pub(super) name: TokenStream,
    pub(super) docs: TokenStream,
    /// The derives, and what a team chose beside them.
    pub(super) attributes: TokenStream,
    pub(super) variants: Vec<Variant<'a>>,
    /// The variant that is the default.
    pub(super) default: Option<usize>,
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
pub(super) fn define(emit: Emit<'_>, id: TypeId, def: &TypeDef, listed: &Enum) -> Vec<TokenStream> {
    let Members::Texts(values) = &listed.members else {
        return constants::define(emit, id, def, listed);
    };
    let name = &emit.names.types[&id];
    let members = &emit.names.members[&id];
    let variants = values.iter().zip(members).map(|(value, name)| {
        let docs = variant_docs(emit, &value.at, &value.value, &value.docs);
        Variant { name, value: &value.value, docs }
    });
    let docs = docs::of_type(def);
    let openness = Openness::of(emit, def);
    let derived = match openness {
        Openness::Open => OPEN,
        Openness::Closed => CLOSED,
    };
    let attributes = attributes::of_type(emit, &def.at, &with_default(derived, listed.default));
    let variants = variants.collect();
    let string_enum = StringEnum { name: quote!(#name), docs, attributes, variants, default: listed.default };
    match openness {
        Openness::Open => open(&string_enum),
        Openness::Closed => closed(&string_enum),
    }
}

/// Whether an enum has a variant for what is not listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Openness {
    Open,
    Closed,
}

impl Openness {
    pub(super) fn of(emit: Emit<'_>, def: &TypeDef) -> Self {
        // A constant is not one of several values, so there will be no other.
        let is_constant = matches!(&def.shape, Shape::Enum(listed) if listed.listing == Listing::Const);
        if is_constant || emit.config.is_closed(&def.at) { Self::Closed } else { Self::Open }
    }
}

/// The value as it travels, what the document says of it, and the attributes that were chosen.
pub(super) fn variant_docs(emit: Emit<'_>, at: &Place, value: &str, docs: &Docs) -> TokenStream {
    let wire = docs::line(&docs::code(value));
    let summary = docs::summary(docs).map(|summary| {
        let summary = docs::text(summary);
        quote!(#[doc = ""] #summary)
    });
    let deprecated = docs.deprecated.then(|| quote!(#[deprecated]));
    let chosen = attributes::of_member(emit, at);
    quote!(#wire #summary #deprecated #chosen)
}

/// The mark of the variant that is the default, for each of so many.
pub(super) fn default_marks(default: Option<usize>, count: usize) -> impl Iterator<Item = Option<TokenStream>> {
    (0..count).map(move |index| (default == Some(index)).then(|| quote!(#[default])))
}

/// These traits, and `Default` where there is one to derive.
pub(super) fn with_default(derived: &[&'static str], default: Option<usize>) -> Vec<&'static str> {
    derived.iter().copied().chain(default.map(|_| "Default")).collect()
}

/// An enum with an `Unknown` variant for every other string.
pub(super) fn open(string_enum: &StringEnum<'_>) -> Vec<TokenStream> {
    let StringEnum { name, docs, attributes, variants, default } = string_enum;
    let marks = default_marks(*default, variants.len());
    let variant_docs = variants.iter().map(|variant| &variant.docs);
    let names: Vec<&Name> = variants.iter().map(|variant| variant.name).collect();
    let values: Vec<&str> = variants.iter().map(|variant| variant.value).collect();
    let definition = quote! {
        #docs
        #attributes
        #[serde(from = "String")]
        #[non_exhaustive]
        pub enum #name {
            #(#variant_docs #marks #names,)*
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

            fn from_str(value: &str) -> Result<Self, Infallible> {
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
    let StringEnum { name, docs, attributes, variants, default } = string_enum;
    let marks = default_marks(*default, variants.len());
    let names: Vec<&Name> = variants.iter().map(|variant| variant.name).collect();
    let values: Vec<&str> = variants.iter().map(|variant| variant.value).collect();
    let members = variants.iter().zip(marks).map(|(Variant { name, value, docs }, mark)| {
        let rename = (name.plain() != *value).then(|| quote!(#[serde(rename = #value)]));
        quote!(#docs #rename #mark #name)
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
            pub fn as_str(&self) -> &'static str {
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
