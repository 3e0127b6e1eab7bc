//! Derives and attributes: those that a type has anyway, and those that a team chose.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::Context;
use crate::config::{attributes, traits};
use crate::location::Location;

/// The order in which traits are derived; others follow as they were chosen.
const ORDER: [&str; 11] =
    ["Clone", "Copy", "Debug", "Default", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Serialize", "Deserialize"];

/// Traits that every type has, by a derive or by an impl.
const ALWAYS: [&str; 5] = ["Clone", "Debug", "PartialEq", "Serialize", "Deserialize"];

/// The attributes of the type at a place, which derives some traits anyway.
///
/// A macro is called by its path, and has to see the derives; what derives read has to come after them.
pub(super) fn of_type(cx: Context<'_>, at: &Location, anyway: &[&str]) -> TokenStream {
    let chosen = cx.config.type_attributes.all(&at.pointer).flat_map(|text| attributes(text).unwrap_or_default());
    let (macros, read): (Vec<_>, Vec<_>) = chosen.partition(|attribute| attribute.path().segments.len() > 1);
    let derives = derive_lines(derives(cx, at, anyway));
    quote!(#(#macros)* #(#[derive(#derives)])* #(#read)*)
}

/// More signs than this do not fit beside `#[derive()]`, and each trait would get a line of its own.
const MOST_IN_LINE: usize = 74;

/// The traits in one line, or those of serde in a second.
fn derive_lines(paths: Vec<syn::Path>) -> Vec<TokenStream> {
    let written: usize = paths.iter().map(|path| path.to_token_stream().to_string().len() + ", ".len()).sum();
    let (serde, others): (Vec<_>, Vec<_>) =
        paths.into_iter().partition(|path| path.is_ident("Serialize") || path.is_ident("Deserialize"));
    if written <= MOST_IN_LINE || serde.is_empty() || others.is_empty() {
        return vec![quote!(#(#others,)* #(#serde),*)];
    }
    vec![quote!(#(#others),*), quote!(#(#serde),*)]
}

/// The attributes that were chosen for a field or a variant.
pub(super) fn of_member(cx: Context<'_>, at: &Location) -> TokenStream {
    let chosen = cx.config.field_attributes.all(&at.pointer);
    chosen.flat_map(|text| attributes(text).unwrap_or_default()).map(ToTokens::into_token_stream).collect()
}

/// Whether the attributes that were chosen for a field say how it is read: serde takes one answer.
pub(super) fn overrides_deserialize(cx: Context<'_>, at: &Location) -> bool {
    says(of_member(cx, at), &["deserialize_with", "serde_as", "with"])
}

/// Whether any of these words stands in the tokens.
fn says(tokens: TokenStream, words: &[&str]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => says(group.stream(), words),
        TokenTree::Ident(ident) => words.iter().any(|word| ident == word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn derives(cx: Context<'_>, at: &Location, anyway: &[&str]) -> Vec<syn::Path> {
    let mut paths: Vec<syn::Path> = anyway.iter().filter_map(|name| syn::parse_str(name).ok()).collect();
    for path in cx.config.derives.all(&at.pointer).flat_map(|text| traits(text).unwrap_or_default()) {
        let is_always = rank(&path).is_some_and(|index| ALWAYS.contains(&ORDER[index]));
        let text = path.to_token_stream().to_string();
        let is_same = |other: &syn::Path| match rank(&path) {
            Some(known) => rank(other) == Some(known),
            None => other.to_token_stream().to_string() == text,
        };
        if !is_always && !paths.iter().any(is_same) {
            paths.push(path);
        }
    }
    paths.sort_by_key(|path| rank(path).unwrap_or(ORDER.len()));
    paths
}

/// The place of a trait that everybody knows, however it is qualified.
fn rank(path: &syn::Path) -> Option<usize> {
    let last = path.segments.last()?;
    ORDER.iter().position(|name| last.ident == name)
}
