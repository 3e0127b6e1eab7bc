//! Lints that the document's words would set off, turned off for the item that has them, and for no other: the file cannot
//! turn them off for itself, because `include!` takes no attributes of a module.

use std::collections::BTreeSet;
use std::f64::consts;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use super::Emit;
use super::deprecated::Deprecated;

/// The items, each with the lints off that it would set off.
pub(super) fn allow(emit: Emit<'_>, items: Vec<TokenStream>) -> Vec<TokenStream> {
    let deprecated = Deprecated::of(emit);
    let allowed = |item: TokenStream| {
        let found = Found::of(&item);
        let lints = [
            deprecated.is_among(&found.words).then(|| quote!(deprecated)),
            found.has_constant.then(|| quote!(clippy::approx_constant)),
            found.has_odd_self.then(|| quote!(clippy::wrong_self_convention)),
        ];
        let lints: Vec<TokenStream> = lints.into_iter().flatten().collect();
        if lints.is_empty() { item } else { after_docs(item, &lints) }
    };
    items.into_iter().map(allowed).collect()
}

/// What lints look at.
#[derive(Default)]
struct Found {
    words: BTreeSet<String>,
    /// A number of the document that is nearly a constant of mathematics.
    has_constant: bool,
    /// A method such as `from_device(&self)`, called so in the document.
    has_odd_self: bool,
}

impl Found {
    fn of(item: &TokenStream) -> Self {
        let mut found = Self::default();
        found.look(item.clone());
        found
    }

    fn look(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(ident) => {
                    let text = ident.to_string();
                    self.words.insert(text.strip_prefix("r#").map_or_else(|| text.clone(), str::to_owned));
                    if text == "fn" && is_odd_method(&tokens[index + 1..]) {
                        self.has_odd_self = true;
                    }
                }
                TokenTree::Literal(literal) => self.has_constant |= is_nearly_a_constant(&literal.to_string()),
                TokenTree::Group(group) => self.look(group.stream()),
                TokenTree::Punct(_) => {}
            }
        }
    }
}

/// Whether a method whose name begins so takes `&self`, which Rust's methods of such names do not.
fn is_odd_method(after: &[TokenTree]) -> bool {
    let [TokenTree::Ident(name), rest @ ..] = after else { return false };
    let name = name.to_string();
    let mut groups = rest.iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    (name.starts_with("from_") || name.starts_with("into_"))
        && groups.next().is_some_and(|group| group.into_iter().nth(1).is_some_and(|word| word.to_string() == "self"))
}

/// Whether clippy would say that this number is written better by its name.
fn is_nearly_a_constant(literal: &str) -> bool {
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

/// The item with the attribute where a person would put it: below the words, above the rest.
fn after_docs(item: TokenStream, lints: &[TokenStream]) -> TokenStream {
    let tokens: Vec<TokenTree> = item.into_iter().collect();
    let is_doc = |pair: &[TokenTree]| match pair {
        [TokenTree::Punct(hash), TokenTree::Group(group)] => {
            let first = group.stream().into_iter().next();
            hash.as_char() == '#'
                && group.delimiter() == Delimiter::Bracket
                && matches!(first, Some(TokenTree::Ident(ident)) if ident == "doc")
        }
        _ => false,
    };
    let docs = 2 * tokens.chunks(2).take_while(|pair| is_doc(pair)).count();
    let (docs, rest) = tokens.split_at(docs);
    let (docs, rest) = (docs.iter().cloned(), rest.iter().cloned());
    quote!(#(#docs)* #[allow(#(#lints),*)] #(#rest)*)
}
