//! Derives and attributes of items, fields and variants: the generated ones, and those from the options.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use super::Context;
use crate::ir::{Derive, FieldReader, MemberAttributes};
use crate::limits::MAX_DERIVE_WIDTH;
use crate::location::Location;

/// The order of the derives. Other traits follow in the order of the options.
const ORDER: [&str; 11] =
    ["Clone", "Copy", "Debug", "Default", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Serialize", "Deserialize"];

/// Traits that every type implements, by a derive or by an impl.
const ALWAYS: [&str; 5] = ["Clone", "Debug", "PartialEq", "Serialize", "Deserialize"];

/// The attributes of the type at a place. `generated` are the traits that it derives in any case.
pub(super) fn of_type(cx: Context<'_>, at: &Location, generated: &[&str]) -> TokenStream {
    let Some(custom) = cx.api.output.attributes.items.get(&at.pointer) else {
        let derives = derive_lines(&merge_derives(&[], generated));
        return quote!(#(#[derive(#derives)])*);
    };
    let derives = derive_lines(&merge_derives(&custom.derives, generated));
    let (macros, helpers) = (&custom.macros, &custom.helpers);
    quote!(#macros #(#[derive(#derives)])* #helpers)
}

/// All traits in one line, or the traits of serde in a second one.
fn derive_lines(derives: &[Derive]) -> Vec<TokenStream> {
    let length: usize = derives.iter().map(|derive| derive.path.to_string().len() + ", ".len()).sum();
    let is_serde = |derive: &&Derive| ["Serialize", "Deserialize"].contains(&derive.path.to_string().as_str());
    let (serde, others): (Vec<&Derive>, Vec<&Derive>) = derives.iter().partition(is_serde);
    let list = |derives: &[&Derive]| {
        let paths = derives.iter().map(|derive| &derive.path);
        quote!(#(#paths),*)
    };
    if length <= MAX_DERIVE_WIDTH || serde.is_empty() || others.is_empty() {
        return vec![list(&[others, serde].concat())];
    }
    vec![list(&others), list(&serde)]
}

/// The attributes from the options for a field or a variant.
pub(super) fn of_member<'a>(cx: Context<'a>, at: &Location) -> Option<&'a TokenStream> {
    Some(&custom_attributes(cx, at)?.tokens)
}

/// Whether the attributes from the options decide how serde reads a field.
pub(super) fn overrides_deserialize(cx: Context<'_>, at: &Location) -> bool {
    custom_attributes(cx, at).is_some_and(|attributes| attributes.reader == FieldReader::Custom)
}

fn custom_attributes<'a>(cx: Context<'a>, at: &Location) -> Option<&'a MemberAttributes> {
    cx.api.output.attributes.members.get(&at.pointer)
}

/// The generated derives and those from the options, without duplicates.
fn merge_derives(custom: &[Derive], generated: &[&str]) -> Vec<Derive> {
    let mut derives: Vec<Derive> = generated.iter().map(|name| standard_derive(name)).collect();
    for derive in custom {
        let is_same = |other: &Derive| match rank(derive) {
            Some(known) => rank(other) == Some(known),
            None => other.path.to_string() == derive.path.to_string(),
        };
        if !ALWAYS.contains(&derive.name.as_str()) && !derives.iter().any(is_same) {
            derives.push(derive.clone());
        }
    }
    derives.sort_by_key(|derive| rank(derive).unwrap_or(ORDER.len()));
    derives
}

fn standard_derive(name: &str) -> Derive {
    Derive { name: name.to_owned(), path: Ident::new(name, Span::call_site()).into_token_stream() }
}

/// The position of a standard trait in the list of derives, whatever its path.
fn rank(derive: &Derive) -> Option<usize> {
    ORDER.iter().position(|name| derive.name == *name)
}
