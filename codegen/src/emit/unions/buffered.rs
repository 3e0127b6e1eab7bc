//! Unions that are told without the runtime: from the value, read whole.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::{Context, literal};
use super::{expected, has_no_tag, is_catch_all, is_exhaustive, read};
use crate::ir::{JsonKind, Representation, TagValue, Union, Width};
use crate::names::Name;

/// The kind chooses the alternative; without the runtime, from the value read whole.
pub(super) fn by_kind(cx: Context<'_>, name: &Name, members: &[Name], union: &Union) -> TokenStream {
    let arms = union.variants.iter().zip(members).map(|(variant, member)| {
        let kinds = variant.kinds.iter().map(|kind| value_of(*kind));
        let pattern = if is_catch_all(variant) { quote!(_) } else { quote!(#(#kinds)|*) };
        let read = read(cx, variant, quote!(serde_json::from_value));
        quote!(#pattern => #read(value).map(Self::#member),)
    });
    let expected = expected(union, Representation::ByKind);
    let rest = (!is_exhaustive(union)).then(|| quote!(_ => Err(serde::de::Error::custom(#expected)),));
    quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = Value::deserialize(deserializer)?;
                let chosen = match value {
                    #(#arms)*
                    #rest
                };
                chosen.map_err(serde::de::Error::custom)
            }
        }
    }
}

fn value_of(kind: JsonKind) -> TokenStream {
    match kind {
        JsonKind::Null => quote!(Value::Null),
        JsonKind::Boolean => quote!(Value::Bool(_)),
        JsonKind::Number => quote!(Value::Number(_)),
        JsonKind::String => quote!(Value::String(_)),
        JsonKind::Array => quote!(Value::Array(_)),
        JsonKind::Object => quote!(Value::Object(_)),
    }
}

/// The tag chooses the alternative, which keeps it; without the runtime, from the value read whole.
pub(super) fn by_value<'a>(
    cx: Context<'a>,
    name: &'a Name,
    members: &'a [Name],
    union: &'a Union,
    tag: &'a str,
    is_open: bool,
) -> TokenStream {
    let is_text = |value: &TagValue| matches!(value, TagValue::Text(_));
    let (untagged, tagged): (Vec<_>, Vec<_>) =
        union.variants.iter().zip(members).partition(|(variant, _)| has_no_tag(variant));
    let are_texts = tagged.iter().flat_map(|(variant, _)| &variant.tag_values).all(is_text);
    let seen = if are_texts { quote!(value.get(#tag).and_then(Value::as_str)) } else { quote!(value.get(#tag)) };
    let arms = tagged.into_iter().chain(untagged).filter_map(move |(variant, member)| {
        let values = &variant.tag_values;
        let pattern = match (&values[..], &variant.kinds[..]) {
            ([], []) => return None,
            ([TagValue::Absent], _) if is_open => quote!(_ if value.is_object() && value.get(#tag).is_none()),
            ([TagValue::Absent], _) => quote!(_ if value.is_object()),
            ([], kinds) => {
                let tests = kinds.iter().map(|kind| is_kind(*kind));
                quote!(_ if #(#tests)||*)
            }
            (values, _) if are_texts => {
                let values = values.iter().map(TagValue::to_string);
                quote!(#(Some(#values))|*)
            }
            (values, _) => {
                let tests = values.iter().map(is_tag);
                quote!(Some(tag) if #(#tests)||*)
            }
        };
        let read = read(cx, variant, quote!(serde_json::from_value));
        Some(quote!(#pattern => #read(value).map(Self::#member),))
    });
    let expected = expected(union, Representation::Tagged(tag));
    let rest =
        if is_open { quote!(Ok(Self::Unknown(value))) } else { quote!(Err(serde::de::Error::custom(#expected))) };
    quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = Value::deserialize(deserializer)?;
                let chosen = match #seen {
                    #(#arms)*
                    _ => #rest,
                };
                chosen.map_err(serde::de::Error::custom)
            }
        }
    }
}

fn is_tag(value: &TagValue) -> TokenStream {
    match value {
        TagValue::Absent => quote!(false),
        TagValue::Null => quote!(tag.is_null()),
        TagValue::Boolean(value) => quote!(tag.as_bool() == Some(#value)),
        // A whole number may be written as `1.0`, up to where each has a double of its own.
        TagValue::Integer(value) if value.unsigned_abs() <= 1 << 53 => {
            let value = literal::json_number(*value);
            quote!(tag.as_f64() == Some(#value))
        }
        TagValue::Integer(value) if *value > i128::from(i64::MAX) => {
            let value = literal::integer(*value, Width::U64);
            quote!(tag.as_u64() == Some(#value))
        }
        TagValue::Integer(value) => {
            let value = literal::integer(*value, Width::I64);
            quote!(tag.as_i64() == Some(#value))
        }
        TagValue::Text(text) => quote!(tag.as_str() == Some(#text)),
    }
}

fn is_kind(kind: JsonKind) -> TokenStream {
    match kind {
        JsonKind::Null => quote!(value.is_null()),
        JsonKind::Boolean => quote!(value.is_boolean()),
        JsonKind::Number => quote!(value.is_number()),
        JsonKind::String => quote!(value.is_string()),
        JsonKind::Array => quote!(value.is_array()),
        JsonKind::Object => quote!(value.is_object()),
    }
}
