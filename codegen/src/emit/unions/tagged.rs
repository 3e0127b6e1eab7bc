//! Unions that are told at first sight, and read as the bytes come.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::{Context, literal};
use super::{expected, has_no_tag, is_catch_all, is_exhaustive, read};
use crate::ir::{JsonKind, Representation, TagValue, Union, Variant, Width};
use crate::names::Name;

/// The alternative is chosen by what can be seen, and read as the bytes come.
pub(super) fn tagged<'a>(
    cx: Context<'a>,
    name: &'a Name,
    members: &'a [Name],
    union: &'a Union,
    told: Representation<'_>,
    is_open: bool,
) -> Vec<TokenStream> {
    let tag = match told {
        Representation::Tagged(tag) => Some(quote!(const TAG: &'static str = #tag;)),
        Representation::ByKind | Representation::Untagged => None,
    };
    // What is for all other objects comes after them.
    let is_last = move |variant: &Variant| !is_open && has_no_tag(variant);
    let (last, others): (Vec<_>, Vec<_>) =
        union.variants.iter().zip(members).partition(|(variant, _)| is_last(variant));
    let arms = others.into_iter().chain(last).filter_map(move |(variant, member)| {
        let values = seen_tags(&variant.tag_values);
        let kinds = variant.kinds.iter().map(|kind| seen(*kind));
        let pattern = match (&values[..], &variant.kinds[..]) {
            ([], []) => return None,
            ([], _) if is_catch_all(variant) => quote!(_),
            ([], _) => quote!(#(#kinds)|*),
            _ if is_last(variant) => quote!(Seen::Object(_)),
            (values, _) => quote!(Seen::Object(#(#values)|*)),
        };
        let read = read(cx, variant, quote!(Deserialize::deserialize));
        Some(quote!(#pattern => #read(value).map(Self::#member),))
    });
    let seen_words = match told {
        Representation::Tagged(_) => quote!({Seen, Tag}),
        Representation::ByKind | Representation::Untagged => quote!(Seen),
    };
    let expected = expected(union, told);
    let rest = match (is_open, is_exhaustive(union)) {
        (true, _) => quote!(_ => Deserialize::deserialize(value).map(Self::Unknown),),
        (false, true) => TokenStream::new(),
        (false, false) => quote!(other => Err(other.refused(#expected)),),
    };
    let choice = quote! {
        impl choice::Choice for #name {
            #tag

            fn choose<'de, D: Deserializer<'de>>(seen: choice::Seen<'_>, value: D) -> Result<Self, D::Error> {
                use choice::#seen_words;

                match seen {
                    #(#arms)*
                    #rest
                }
            }
        }
    };
    let deserialize = quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                choice::read(deserializer)
            }
        }
    };
    vec![choice, deserialize]
}

fn seen(kind: JsonKind) -> TokenStream {
    match kind {
        JsonKind::Null => quote!(Seen::Null),
        JsonKind::Boolean => quote!(Seen::Boolean),
        JsonKind::Number => quote!(Seen::Number),
        JsonKind::String => quote!(Seen::String),
        JsonKind::Array => quote!(Seen::Array),
        JsonKind::Object => quote!(Seen::Object(_)),
    }
}

/// The values of a tag as a pattern, those of one kind together.
fn seen_tags(values: &[TagValue]) -> Vec<TokenStream> {
    let integers = values.iter().filter_map(|value| match value {
        TagValue::Integer(value) => Some(literal::integer(*value, Width::I128)),
        _ => None,
    });
    let texts = values.iter().filter_map(|value| match value {
        TagValue::Text(text) => Some(quote!(#text)),
        _ => None,
    });
    let booleans = values.iter().filter_map(|value| match value {
        TagValue::Boolean(value) => Some(quote!(#value)),
        _ => None,
    });
    let of = |kind: TokenStream, values: Vec<TokenStream>| match &values[..] {
        [] => None,
        values => Some(quote!(Tag::#kind(#(#values)|*))),
    };
    let absent = values.contains(&TagValue::Absent).then(|| quote!(Tag::Absent));
    let null = values.contains(&TagValue::Null).then(|| quote!(Tag::Null));
    let kinds = [
        absent,
        null,
        of(quote!(Boolean), booleans.collect()),
        of(quote!(Integer), integers.collect()),
        of(quote!(Text), texts.collect()),
    ];
    kinds.into_iter().flatten().collect()
}
