//! Lints that the document's words would set off, turned off for the item that has them, and for no other: the file cannot
//! turn them off for itself, because `include!` takes no attributes of a module.

use std::f64::consts;

use syn::buffer::Cursor;
use syn::{Attribute, Item, parse_quote};

use super::deprecated::Deprecated;
use super::look::Found;

/// Turns off, for an item in which this was found, the lints that it would set off.
pub(super) fn allow(item: &mut Item, found: &Found, deprecated: &Deprecated) {
    let lints: [Option<syn::Path>; 4] = [
        deprecated.is_among(&found.words).then(|| parse_quote!(deprecated)),
        found.has_constant.then(|| parse_quote!(clippy::approx_constant)),
        found.has_odd_self.then(|| parse_quote!(clippy::wrong_self_convention)),
        found.is_complex.then(|| parse_quote!(clippy::type_complexity)),
    ];
    let lints: Vec<syn::Path> = lints.into_iter().flatten().collect();
    if let (false, Some(attributes)) = (lints.is_empty(), attributes(item)) {
        // Where a person would put it: below the words, above the rest.
        let docs = attributes.iter().take_while(|attribute| attribute.path().is_ident("doc")).count();
        attributes.insert(docs, parse_quote!(#[allow(#(#lints),*)]));
    }
}

/// The attributes of the items that are made here.
fn attributes(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    Some(match item {
        Item::Const(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Static(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::Type(item) => &mut item.attrs,
        Item::Use(item) => &mut item.attrs,
        _ => return None,
    })
}

/// Whether a method of this name and what follows takes `&self` though it begins so, which Rust's methods of such names do
/// not. What follows are generics, if any, and the arguments.
pub(super) fn is_odd_method(name: &str, after: Cursor<'_>) -> bool {
    if !name.starts_with("from_") && !name.starts_with("into_") {
        return false;
    }
    let mut rest = after;
    while !rest.eof() {
        if let Some((arguments, ..)) = rest.any_group() {
            let second = arguments.token_tree().and_then(|(_, rest)| rest.ident());
            return second.is_some_and(|(word, _)| word == "self");
        }
        let Some((_, next)) = rest.token_tree() else { return false };
        rest = next;
    }
    false
}

/// Whether clippy would say that this number is written better by its name.
pub(super) fn is_nearly_a_constant(literal: &str) -> bool {
    const CONSTANTS: [f64; 19] = [
        consts::E,
        consts::FRAC_1_PI,
        consts::FRAC_1_SQRT_2,
        consts::FRAC_2_PI,
        consts::FRAC_2_SQRT_PI,
        consts::FRAC_PI_2,
        consts::FRAC_PI_3,
        consts::FRAC_PI_4,
        consts::FRAC_PI_6,
        consts::FRAC_PI_8,
        consts::LN_2,
        consts::LN_10,
        consts::LOG10_2,
        consts::LOG10_E,
        consts::LOG2_10,
        consts::LOG2_E,
        consts::PI,
        consts::SQRT_2,
        consts::TAU,
    ];
    let number = literal.trim_end_matches("f64");
    number.contains('.')
        && number.len() > 3
        && number.parse::<f64>().is_ok_and(|number| CONSTANTS.iter().any(|constant| (constant - number).abs() < 0.01))
}
