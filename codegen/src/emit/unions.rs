//! Unions: enums of the alternatives of a `oneOf` or `anyOf`, and how serde reads them.

mod tagged;
pub(super) mod untagged;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, attributes, docs, lenient_integers, types};
use crate::ir::{JsonKind, Representation, TagValue, Type, TypeDef, TypeId, Union, Variant};

pub(super) fn define(cx: Context<'_>, id: TypeId, def: &TypeDef, union: &Union) -> Vec<TokenStream> {
    let name = &cx.names.types[&id];
    let members = &cx.names.members[&id];
    let docs = docs::of_type(def);
    let tag_docs = match union.representation() {
        Representation::Tagged(tag) => {
            let tag_docs = docs::line(&format!("The alternative depends on {}.", docs::code(tag)));
            quote!(#[doc = ""] #tag_docs)
        }
        Representation::ByKind | Representation::Untagged => TokenStream::new(),
    };
    let variants = union.variants.iter().zip(members).map(move |(variant, name)| {
        let ty = types::owned(cx, &variant.ty);
        let configured = attributes::of_member(cx, &variant.at);
        quote!(#configured #name(#ty),)
    });
    let is_open = union.is_open();
    let open = is_open.then(|| quote!(#[non_exhaustive]));
    let unknown = is_open.then(|| {
        let docs = docs::line("An alternative that the document does not list.");
        quote!(#docs Unknown(Value),)
    });
    let deserialize = match union.representation() {
        Representation::Untagged => vec![untagged::untagged(cx, name, members, union)],
        representation => tagged::tagged(cx, name, members, union, representation, is_open),
    };
    let attributes = attributes::of_type(cx, &def.at, &["Clone", "Debug", "PartialEq", "Serialize"]);
    // Large variants are not boxed: the box would come and go as the document grows.
    let definition = quote! {
        #docs
        #tag_docs
        #attributes
        #[serde(untagged)]
        #open
        #[allow(clippy::large_enum_variant)]
        pub enum #name {
            #(#variants)*
            #unknown
        }
    };
    [definition].into_iter().chain(deserialize).collect()
}

/// The function that reads an alternative.
fn read_function(cx: Context<'_>, variant: &Variant, otherwise: TokenStream) -> TokenStream {
    lenient_integers::reader(cx, &variant.ty).map_or(otherwise, lenient_integers::IntReader::function)
}

/// Whether an alternative accepts everything that no other accepts. It is the last one.
fn is_catch_all(variant: &Variant) -> bool {
    variant.ty == Type::Any && !variant.kinds.is_empty()
}

/// Whether an alternative is for objects without the tag.
fn has_no_tag(variant: &Variant) -> bool {
    variant.tag_values == [TagValue::Absent]
}

fn is_exhaustive(union: &Union) -> bool {
    JsonKind::ALL.iter().all(|kind| union.variants.iter().any(|variant| variant.kinds.contains(kind)))
}

/// The accepted values, for the error message.
fn expected(union: &Union, tag_docs: Representation<'_>) -> String {
    let values = union.variants.iter().flat_map(|variant| &variant.tag_values);
    let values = values.filter(|value| **value != TagValue::Absent).map(|value| format!("`{value}`"));
    let tag = match tag_docs {
        Representation::Tagged(tag) => {
            Some(format!("an object whose `{tag}` is {}", join_with_or(&values.collect::<Vec<_>>())))
        }
        Representation::ByKind | Representation::Untagged => None,
    };
    let untagged = match tag_docs {
        Representation::Tagged(tag) if union.variants.iter().any(has_no_tag) => Some(format!("one without `{tag}`")),
        _ => None,
    };
    let kinds = union.variants.iter().flat_map(|variant| &variant.kinds).map(|kind| match kind {
        JsonKind::Null => "null",
        JsonKind::Boolean => "a boolean",
        JsonKind::Number => "a number",
        JsonKind::String => "a string",
        JsonKind::Array => "an array",
        JsonKind::Object => "an object",
    });
    join_with_or(&kinds.map(str::to_owned).chain(tag).chain(untagged).collect::<Vec<_>>())
}

fn join_with_or(texts: &[String]) -> String {
    match texts {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
