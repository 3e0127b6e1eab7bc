//! Parses the derives and attributes that the options contain as text.

use syn::parse::Parser;
use syn::punctuated::Punctuated;

/// Parses a list of traits, such as `Eq, Hash`.
pub(crate) fn parse_traits(text: &str) -> Option<Vec<syn::Path>> {
    let list = Punctuated::<syn::Path, syn::Token![,]>::parse_terminated.parse_str(text).ok()?;
    Some(list.into_iter().collect())
}

/// Parses outer attributes, such as `#[serde(default)]`. There must be at least one.
pub(crate) fn parse_attributes(text: &str) -> Option<Vec<syn::Attribute>> {
    syn::Attribute::parse_outer.parse_str(text).ok().filter(|attributes| !attributes.is_empty())
}
