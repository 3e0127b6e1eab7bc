//! Tokens become items, each with one look at it on the way: what it names, and what lints would say of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proc_macro2::{Literal, TokenStream};
use syn::buffer::Cursor;
use syn::parse::{ParseStream, Parser};
use syn::{Item, parse_quote};

use super::deprecated::Deprecated;
use super::draft::Draft;
use super::lenient_integers::Usage;
use super::{Context, complexity, lints};
use crate::format::Piece;

/// More members than this are not made at once. Tests take one at a time, so that all items are made in parts.
pub(super) const MOST_MEMBERS: usize = if cfg!(test) { 1 } else { 100 };

/// Hands items on, one at a time.
pub(super) struct Items<'a> {
    hand_on: &'a mut dyn FnMut(Piece),
    most_members: usize,
    deprecated: Deprecated,
    /// Whether one of those so far names what reads integers.
    pub(super) wholes: Usage,
}

impl<'a> Items<'a> {
    pub(super) fn of(emit: Context<'_>, most_members: usize, hand_on: &'a mut dyn FnMut(Piece)) -> Self {
        Self { hand_on, most_members, deprecated: Deprecated::of(emit), wholes: Usage::Never }
    }

    pub(super) fn add<'d>(&mut self, draft: impl Into<Draft<'d>>) {
        let mut found = Found::default();
        let tokens = draft.into().made(self.most_members, &mut |part, place| {
            let item = parse(part, &mut found, &self.deprecated);
            (self.hand_on)(Piece::Members(item, place));
        });
        let item = self.item(tokens, found);
        (self.hand_on)(Piece::Item(item));
    }

    pub(super) fn extend<'d, D: Into<Draft<'d>>>(&mut self, drafts: impl IntoIterator<Item = D>) {
        for draft in drafts {
            self.add(draft);
        }
    }

    /// What an import is.
    pub(super) fn import(&mut self, tokens: TokenStream) -> Item {
        self.item(tokens, Found::default())
    }

    /// The item, of which this has been found so far.
    fn item(&mut self, tokens: TokenStream, mut found: Found) -> Item {
        let mut item = parse(tokens, &mut found, &self.deprecated);
        lints::allow(&mut item, &found, &self.deprecated);
        if found.wholes == Usage::Somewhere {
            self.wholes = Usage::Somewhere;
        }
        item
    }
}

/// Tokens that are no item are a fault of the generator; rustc will say so, where a panic would say nothing.
fn parse(tokens: TokenStream, found: &mut Found, deprecated: &Deprecated) -> Item {
    let parser = |input: ParseStream<'_>| {
        // Where the parser looks: to look at tokens otherwise means to copy them.
        found.look(input.cursor(), deprecated, &mut String::new());
        input.parse()
    };
    let item = parser.parse2(tokens).unwrap_or_else(|error| {
        let message = format!("asyncapi-codegen made an item that does not parse: {error}");
        parse_quote!(compile_error!(#message);)
    });
    found.is_complex |= complexity::is_complex(&item);
    item
}

/// What is in an item.
#[derive(Default)]
pub(super) struct Found {
    /// Its words, where any could be the name of something deprecated.
    pub(super) words: BTreeSet<String>,
    /// A number of the document that is nearly a constant of mathematics.
    pub(super) has_constant: bool,
    /// A method such as `from_device(&self)`, called so in the document.
    pub(super) has_odd_self: bool,
    /// A type that nests deep.
    pub(super) is_complex: bool,
    /// Whether the module that reads integers is named.
    wholes: Usage,
}

impl Found {
    fn look(&mut self, mut tokens: Cursor<'_>, deprecated: &Deprecated, text: &mut String) {
        while !tokens.eof() {
            if let Some((inside, _, _, after)) = tokens.any_group() {
                self.look(inside, deprecated, text);
                tokens = after;
            } else if let Some((ident, after)) = tokens.ident() {
                if ident == "whole" && after.punct().is_some_and(|(sign, _)| sign.as_char() == ':') {
                    self.wholes = Usage::Somewhere;
                }
                self.has_odd_self |= ident == "fn"
                    && after.ident().is_some_and(|(name, after)| lints::is_odd_method(&name.to_string(), after));
                if !deprecated.is_empty() {
                    let word = ident.to_string();
                    self.words.insert(word.strip_prefix("r#").map_or_else(|| word.clone(), str::to_owned));
                }
                tokens = after;
            } else if let Some((literal, after)) = tokens.literal() {
                self.literal(&literal, text);
                tokens = after;
            } else {
                let Some((_, after)) = tokens.token_tree() else { return };
                tokens = after;
            }
        }
    }

    /// `text` is room to write it in.
    fn literal(&mut self, literal: &Literal, text: &mut String) {
        text.clear();
        // A string takes whatever is written.
        let _written = write!(text, "{literal}");
        self.has_constant |= lints::is_nearly_a_constant(text);
        if text.starts_with("\"whole::") {
            self.wholes = Usage::Somewhere;
        }
    }
}
