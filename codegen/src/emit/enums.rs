//! Enums of strings. An open enum keeps unknown strings in `Unknown`.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, attributes, content_type, docs, value_enums};
use crate::ir::{self, Docs, Enum, Event, Openness, TypeDef, TypeId};
use crate::location::Location;
use crate::names::Name;

/// The parts of an enum of strings.
pub(super) struct StringEnum<'a> {
    pub(super) name: TokenStream,
    pub(super) docs: TokenStream,
    /// The derives, and the attributes from the options.
    pub(super) attributes: TokenStream,
    pub(super) variants: Vec<Variant<'a>>,
    /// The index of the default variant.
    pub(super) default: Option<usize>,
}

/// One string and its variant.
#[derive(Clone, Copy)]
pub(super) struct Variant<'a> {
    pub(super) name: &'a Name,
    pub(super) value: &'a str,
    pub(super) at: &'a Location,
    pub(super) docs: &'a Docs,
}

/// The derives of an open enum.
pub(super) const OPEN: &[&str] = &["Clone", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Deserialize"];

/// The derives of a closed enum.
const CLOSED: &[&str] =
    &["Clone", "Copy", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Serialize", "Deserialize"];

/// An enum of the document.
pub(super) fn define(cx: Context<'_>, id: TypeId, def: &TypeDef, listed: &Enum) -> Vec<TokenStream> {
    let ir::Members::Texts(values) = &listed.members else {
        return value_enums::define(cx, id, def, listed);
    };
    let name = &cx.names.types[&id];
    let variants = values.iter().zip(&cx.names.members[&id]).map(|(value, name)| Variant {
        name,
        value: &value.value,
        at: &value.at,
        docs: &value.docs,
    });
    let variants = variants.collect();
    let docs = docs::of_type(def);
    let openness = listed.openness;
    let derived = match openness {
        Openness::Open => OPEN,
        Openness::Closed => CLOSED,
    };
    let attributes = attributes::of_type(cx, &def.at, &with_default(derived, listed.default));
    let string_enum = StringEnum { name: quote!(#name), docs, attributes, variants, default: listed.default };
    match openness {
        Openness::Open => open(cx, &string_enum),
        Openness::Closed => closed(cx, &string_enum),
    }
}

/// The docs of a variant, which begin with its JSON string, and its attributes from the options.
pub(super) fn variant_docs(cx: Context<'_>, at: &Location, value: &str, docs: &Docs) -> TokenStream {
    let wire = docs::line(&docs::code(value));
    let summary = docs::summary(docs).map(|summary| {
        let summary = docs::text(summary);
        quote!(#[doc = ""] #summary)
    });
    let deprecated = docs.deprecated.then(|| quote!(#[deprecated]));
    let configured = attributes::of_member(cx, at);
    quote!(#wire #summary #deprecated #configured)
}

/// `#[default]` for the default variant, in the order of the variants.
pub(super) fn default_attributes(default: Option<usize>) -> impl Iterator<Item = Option<TokenStream>> {
    (0..).map(move |index| (default == Some(index)).then(|| quote!(#[default])))
}

/// The traits, and `Default` if there is a default variant.
pub(super) fn with_default(derived: &[&'static str], default: Option<usize>) -> Vec<&'static str> {
    derived.iter().copied().chain(default.map(|_| "Default")).collect()
}

/// An enum with an `Unknown` variant for every other string.
pub(super) fn open(cx: Context<'_>, string_enum: &StringEnum<'_>) -> Vec<TokenStream> {
    let StringEnum { name, docs, attributes, variants, default } = string_enum;
    let names = variants.iter().map(|variant| variant.name);
    let values = variants.iter().map(|variant| variant.value);
    let members = variants.iter().zip(default_attributes(*default)).map(|(variant, default)| {
        let (docs, name) = (variant_docs(cx, variant.at, variant.value, variant.docs), variant.name);
        quote!(#docs #default #name,)
    });
    let definition = quote! {
        #docs
        #attributes
        #[serde(from = "String")]
        #[non_exhaustive]
        pub enum #name {
            #(#members)*
            #[doc = " A value that the document does not list."]
            Unknown(String),
        }
    };
    let inherent = inherent(
        name,
        variants,
        &quote!(#[doc = " Every value that the document lists, in its order."]),
        &quote!(&str),
        &quote!(Self::Unknown(value) => value,),
    );
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

/// An enum without `Unknown`.
fn closed(cx: Context<'_>, string_enum: &StringEnum<'_>) -> Vec<TokenStream> {
    let StringEnum { name, docs, attributes, variants, default } = string_enum;
    let members =
        variants.iter().zip(default_attributes(*default)).map(|(Variant { name, value, at, docs }, default)| {
            let docs = variant_docs(cx, at, value, docs);
            let rename = (name.plain() != *value).then(|| quote!(#[serde(rename = #value)]));
            quote!(#docs #rename #default #name,)
        });
    let definition = quote! {
        #docs
        #attributes
        pub enum #name {
            #(#members)*
        }
    };
    let known = quote!(#[doc = " Every value, in the order of the document."]);
    let inherent = inherent(name, variants, &known, &quote!(&'static str), &TokenStream::new());
    vec![definition, inherent, display(name)]
}

/// `KNOWN`, the list of the values, and `as_str`, the JSON string of a value.
fn inherent(
    name: &TokenStream,
    variants: &[Variant<'_>],
    docs: &TokenStream,
    text: &TokenStream,
    unknown: &TokenStream,
) -> TokenStream {
    let names: Vec<&Name> = variants.iter().map(|variant| variant.name).collect();
    let values = variants.iter().map(|variant| variant.value);
    quote! {
        impl #name {
            #docs
            pub const KNOWN: &[Self] = &[#(Self::#names),*];

            #[doc = " The value in JSON."]
            pub fn as_str(&self) -> #text {
                match self {
                    #(Self::#names => #values,)*
                    #unknown
                }
            }
        }
    }
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

/// `EventName`, the enum of all messages of the document.
pub(super) fn event_name(cx: Context<'_>) -> Vec<TokenStream> {
    if cx.api.events.is_empty() {
        return Vec::new();
    }
    let title = cx.api.title.as_deref().unwrap_or("the document");
    let docs = docs::line(&format!("The names of the events of {}.", docs::phrase(title)));
    let variants = cx.api.events.iter().zip(&cx.names.events).map(|(event, name)| variant(event, name)).collect();
    // Attributes for the root of the document apply to it.
    let attributes = attributes::of_type(cx, &Location::root(), OPEN);
    let mut items = open(cx, &StringEnum { name: quote!(EventName), docs, attributes, variants, default: None });
    items.extend(content_type::of_events(cx));
    items
}

fn variant<'a>(event: &'a Event, name: &'a Name) -> Variant<'a> {
    Variant { name, value: &event.name, at: &event.at, docs: &event.docs }
}
