//! Unions whose alternative is known from a tag or from the kind of JSON value, before the value is read.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::{Context, literal};
use super::{expected, has_no_tag, is_catch_all, is_exhaustive, read_function};
use crate::ir::{JsonKind, Representation, TagValue, Union, Variant, Width};
use crate::names::Name;

/// `impl untagged::Union`, which reads the alternative without a buffer, and `Deserialize` by it.
pub(super) fn tagged(
    cx: Context<'_>,
    name: &Name,
    members: &[Name],
    union: &Union,
    representation: Representation<'_>,
    is_open: bool,
) -> Vec<TokenStream> {
    let tag = match representation {
        Representation::Tagged(tag) => Some(quote!(const TAG: &'static str = #tag;)),
        Representation::ByKind | Representation::Untagged => None,
    };
    // The alternative for all other objects comes after them.
    let is_last = move |variant: &Variant| !is_open && has_no_tag(variant);
    let (last, others): (Vec<_>, Vec<_>) =
        union.variants.iter().zip(members).partition(|(variant, _)| is_last(variant));
    let arms = others.into_iter().chain(last).filter_map(move |(variant, member)| {
        let values = tag_patterns(&variant.tag_values);
        let kinds = variant.kinds.iter().map(|kind| kind_pattern(*kind));
        let pattern = match (&values[..], &variant.kinds[..]) {
            ([], []) => return None,
            ([], _) if is_catch_all(variant) => quote!(_),
            ([], _) => quote!(#(#kinds)|*),
            _ if is_last(variant) => quote!(JsonShape::Object(_)),
            (values, _) => quote!(JsonShape::Object(#(#values)|*)),
        };
        let read = read_function(cx, variant, quote!(Deserialize::deserialize));
        Some(quote!(#pattern => #read(value).map(Self::#member),))
    });
    let imports = match representation {
        Representation::Tagged(_) => quote!({JsonShape, Tag}),
        Representation::ByKind | Representation::Untagged => quote!(JsonShape),
    };
    let expected = expected(union, representation);
    let rest = match (is_open, is_exhaustive(union)) {
        (true, _) => quote!(_ => Deserialize::deserialize(value).map(Self::Unknown),),
        (false, true) => TokenStream::new(),
        (false, false) => quote!(other => Err(other.mismatch(#expected)),),
    };
    let union = quote! {
        impl untagged::Union for #name {
            #tag

            fn from_shape<'de, D: Deserializer<'de>>(
                shape: untagged::JsonShape<'_>,
                value: D,
            ) -> Result<Self, D::Error> {
                use untagged::#imports;

                match shape {
                    #(#arms)*
                    #rest
                }
            }
        }
    };
    let deserialize = quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                untagged::deserialize(deserializer)
            }
        }
    };
    vec![union, deserialize]
}

fn kind_pattern(kind: JsonKind) -> TokenStream {
    match kind {
        JsonKind::Null => quote!(JsonShape::Null),
        JsonKind::Boolean => quote!(JsonShape::Boolean),
        JsonKind::Number => quote!(JsonShape::Number),
        JsonKind::String => quote!(JsonShape::String),
        JsonKind::Array => quote!(JsonShape::Array),
        JsonKind::Object => quote!(JsonShape::Object(_)),
    }
}

/// The patterns of the values of a tag: one for all values of a JSON type.
fn tag_patterns(values: &[TagValue]) -> Vec<TokenStream> {
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
    let pattern = |kind: TokenStream, values: Vec<TokenStream>| match &values[..] {
        [] => None,
        values => Some(quote!(Tag::#kind(#(#values)|*))),
    };
    let absent = values.contains(&TagValue::Absent).then(|| quote!(Tag::Absent));
    let null = values.contains(&TagValue::Null).then(|| quote!(Tag::Null));
    let kinds = [
        absent,
        null,
        pattern(quote!(Boolean), booleans.collect()),
        pattern(quote!(Integer), integers.collect()),
        pattern(quote!(Text), texts.collect()),
    ];
    kinds.into_iter().flatten().collect()
}
