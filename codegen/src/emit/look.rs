//! Tokens become items, each with one look at it on the way: what it names, and what lints would say of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proc_macro2::{Literal, TokenStream};
use syn::buffer::Cursor;
use syn::parse::{ParseStream, Parser};
use syn::{Item, parse_quote};

use super::deprecated::Deprecated;
use super::whole::Mention;
use super::{Emit, lints};

/// Hands items on, one at a time.
pub(super) struct Items<'a> {
    hand_on: &'a mut dyn FnMut(Item),
    deprecated: Deprecated,
    /// Whether one of those so far names what reads integers.
    pub(super) wholes: Mention,
}

impl<'a> Items<'a> {
    pub(super) fn of(emit: Emit<'_>, hand_on: &'a mut dyn FnMut(Item)) -> Self {
        Self { hand_on, deprecated: Deprecated::of(emit), wholes: Mention::Never }
    }

    pub(super) fn add(&mut self, tokens: TokenStream) {
        let item = self.item(tokens);
        (self.hand_on)(item);
    }

    pub(super) fn extend(&mut self, items: impl IntoIterator<Item = TokenStream>) {
        for tokens in items {
            self.add(tokens);
        }
    }

    /// Tokens that are no item are a fault of the generator; rustc will say so, where a panic would say nothing.
    pub(super) fn item(&mut self, tokens: TokenStream) -> Item {
        let mut found = Found::default();
        let parser = |input: ParseStream<'_>| {
            // Where the parser looks: to look at tokens otherwise means to copy them.
            found.look(input.cursor(), &self.deprecated, &mut String::new());
            input.parse()
        };
        let mut item = parser.parse2(tokens).unwrap_or_else(|error| {
            let message = format!("asyncapi-codegen made an item that does not parse: {error}");
            parse_quote!(compile_error!(#message);)
        });
        lints::allow(&mut item, &found, &self.deprecated);
        if found.names_whole {
            self.wholes = Mention::Somewhere;
        }
        item
    }
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
    /// The module that reads integers.
    names_whole: bool,
}

impl Found {
    fn look(&mut self, mut tokens: Cursor<'_>, deprecated: &Deprecated, text: &mut String) {
        while !tokens.eof() {
            if let Some((inside, _, _, after)) = tokens.any_group() {
                self.look(inside, deprecated, text);
                tokens = after;
            } else if let Some((ident, after)) = tokens.ident() {
                self.names_whole |= ident == "whole" && after.punct().is_some_and(|(sign, _)| sign.as_char() == ':');
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
        self.names_whole |= text.starts_with("\"whole::");
    }
}
