//! Enums of strings: open ones keep what the document does not list.

use proc_macro2::TokenStream;
use quote::quote;

use super::draft::{Draft, Members};
use super::{Context, attributes, docs, value_enums};
use crate::document::ValueKeyword;
use crate::format::Mark;
use crate::ir::{self, Docs, Enum, ItemKind, TypeDef, TypeId};
use crate::location::Location;
use crate::names::Name;

/// What an enum of strings is made of.
pub(super) struct StringEnum<Variants> {
    pub(super) name: TokenStream,
    pub(super) docs: TokenStream,
    /// The derives, and what a team chose beside them.
    pub(super) attributes: TokenStream,
    pub(super) variants: Variants,
    /// The variant that is the default.
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

/// What an open enum derives.
pub(super) const OPEN: &[&str] = &["Clone", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Deserialize"];

/// What a closed enum derives.
const CLOSED: &[&str] =
    &["Clone", "Copy", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Serialize", "Deserialize"];

/// An enum of the document.
pub(super) fn define<'a>(emit: Context<'a>, id: TypeId, def: &'a TypeDef, listed: &'a Enum) -> Vec<Draft<'a>> {
    let ir::Members::Texts(values) = &listed.members else {
        return value_enums::define(emit, id, def, listed).into_iter().map(Draft::from).collect();
    };
    let name = &emit.names.types[&id];
    let variants = values.iter().zip(&emit.names.members[&id]).map(|(value, name)| Variant {
        name,
        value: &value.value,
        at: &value.at,
        docs: &value.docs,
    });
    let docs = docs::of_type(def);
    let openness = Openness::of(emit, def);
    let derived = match openness {
        Openness::Open => OPEN,
        Openness::Closed => CLOSED,
    };
    let attributes = attributes::of_type(emit, &def.at, &with_default(derived, listed.default));
    let string_enum = StringEnum { name: quote!(#name), docs, attributes, variants, default: listed.default };
    match openness {
        Openness::Open => open(emit, string_enum),
        Openness::Closed => closed(emit, string_enum),
    }
}

/// Whether an enum has a variant for what is not listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Openness {
    Open,
    Closed,
}

impl Openness {
    pub(super) fn of(emit: Context<'_>, def: &TypeDef) -> Self {
        // A constant is not one of several values, so there will be no other.
        let is_constant = matches!(&def.shape, ItemKind::Enum(listed) if listed.listing == ValueKeyword::Const);
        if is_constant || emit.config.is_closed(&def.at) { Self::Closed } else { Self::Open }
    }
}

/// The value as it travels, what the document says of it, and the attributes that were chosen.
pub(super) fn variant_docs(emit: Context<'_>, at: &Location, value: &str, docs: &Docs) -> TokenStream {
    let wire = docs::line(&docs::code(value));
    let summary = docs::summary(docs).map(|summary| {
        let summary = docs::text(summary);
        quote!(#[doc = ""] #summary)
    });
    let deprecated = docs.deprecated.then(|| quote!(#[deprecated]));
    let chosen = attributes::of_member(emit, at);
    quote!(#wire #summary #deprecated #chosen)
}

/// The mark of the variant that is the default, for each in turn.
pub(super) fn default_marks(default: Option<usize>) -> impl Iterator<Item = Option<TokenStream>> {
    (0..).map(move |index| (default == Some(index)).then(|| quote!(#[default])))
}

/// These traits, and `Default` where there is one to derive.
pub(super) fn with_default(derived: &[&'static str], default: Option<usize>) -> Vec<&'static str> {
    derived.iter().copied().chain(default.map(|_| "Default")).collect()
}

/// An enum with an `Unknown` variant for every other string.
pub(super) fn open<'a>(
    emit: Context<'a>,
    string_enum: StringEnum<impl Iterator<Item = Variant<'a>> + Clone + 'a>,
) -> Vec<Draft<'a>> {
    let StringEnum { name, docs, attributes, variants, default } = string_enum;
    let from_text = variants.clone().map(|Variant { name, value, .. }| quote!(#value => Self::#name,));
    let inherent = inherent(
        &name,
        variants.clone(),
        quote!(#[doc = " Every value that the document lists, in its order."]),
        quote!(&str),
        quote!(Self::Unknown(value) => value,),
    );
    let definition = {
        let variants = variants.zip(default_marks(default)).map(move |(variant, mark)| {
            let (docs, name) = (variant_docs(emit, variant.at, variant.value, variant.docs), variant.name);
            quote!(#docs #mark #name,)
        });
        let name = name.clone();
        Draft::of([Members::of(Mark::Variant, variants)], move |[variants]| {
            quote! {
                #docs
                #attributes
                #[serde(from = "String")]
                #[non_exhaustive]
                pub enum #name {
                    #variants
                    #[doc = " A value that the document does not list."]
                    Unknown(String),
                }
            }
        })
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
    let display = display(&name);
    let from_string = Draft::of([Members::of(Mark::Arm, from_text)], move |[arms]| {
        quote! {
            impl From<String> for #name {
                fn from(value: String) -> Self {
                    match value.as_str() {
                        #arms
                        _ => Self::Unknown(value),
                    }
                }
            }
        }
    });
    vec![definition, inherent, from_string, from_str.into(), display.into(), serialize.into()]
}

/// An enum of nothing but the listed strings.
fn closed<'a>(
    emit: Context<'a>,
    string_enum: StringEnum<impl Iterator<Item = Variant<'a>> + Clone + 'a>,
) -> Vec<Draft<'a>> {
    let StringEnum { name, docs, attributes, variants, default } = string_enum;
    let inherent = inherent(
        &name,
        variants.clone(),
        quote!(#[doc = " Every value, in the order of the document."]),
        quote!(&'static str),
        TokenStream::new(),
    );
    let display = display(&name);
    let variants = variants.zip(default_marks(default)).map(move |(Variant { name, value, at, docs }, mark)| {
        let docs = variant_docs(emit, at, value, docs);
        let rename = (name.plain() != value).then(|| quote!(#[serde(rename = #value)]));
        quote!(#docs #rename #mark #name,)
    });
    let definition = Draft::of([Members::of(Mark::Variant, variants)], move |[variants]| {
        quote! {
            #docs
            #attributes
            pub enum #name {
                #variants
            }
        }
    });
    vec![definition, inherent, display.into()]
}

/// The list of the values, and each as it travels.
fn inherent<'a>(
    name: &TokenStream,
    variants: impl Iterator<Item = Variant<'a>> + Clone + 'a,
    docs: TokenStream,
    text: TokenStream,
    unknown: TokenStream,
) -> Draft<'a> {
    let name = name.clone();
    let known = variants.clone().map(|Variant { name, .. }| quote!(Self::#name,));
    let texts = variants.map(|Variant { name, value, .. }| quote!(Self::#name => #value,));
    Draft::of([Members::of(Mark::Element, known), Members::of(Mark::Arm, texts)], move |[known, texts]| {
        quote! {
            impl #name {
                #docs
                pub const KNOWN: &[Self] = &[#known];

                #[doc = " The value as it travels."]
                pub fn as_str(&self) -> #text {
                    match self {
                        #texts
                        #unknown
                    }
                }
            }
        }
    })
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
