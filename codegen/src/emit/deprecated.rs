//! What the document calls deprecated is so for those who use the file, and no warning inside it.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;

use super::Emit;
use crate::ir::{Address, Docs, EnumValue, Members, Shape};

/// The items, those that speak of something deprecated with the lint off: the file cannot turn it off for itself,
/// because `include!` takes no attributes of a module.
pub(super) fn allow(emit: Emit<'_>, items: Vec<TokenStream>) -> Vec<TokenStream> {
    let deprecated = Deprecated::of(emit);
    if deprecated.is_nothing() {
        return items;
    }
    let allowed = |item: TokenStream| if deprecated.is_in(&item) { after_docs(item) } else { item };
    items.into_iter().map(allowed).collect()
}

/// The names of what is deprecated.
#[derive(Default)]
struct Deprecated {
    /// Types, methods and constants.
    alone: BTreeSet<String>,
    /// Fields and variants, each after its type.
    members: BTreeSet<(String, String)>,
}

impl Deprecated {
    fn of(emit: Emit<'_>) -> Self {
        let mut found = Self::default();
        for (id, def) in emit.api.types.iter() {
            let name = emit.names.types[&id].plain();
            if def.docs.deprecated {
                found.alone.insert(name.to_owned());
            }
            let docs = match &def.shape {
                Shape::Struct(object) => object.fields.iter().map(|field| &field.docs).collect(),
                Shape::Enum(listed) => docs_of(&listed.members),
                Shape::Union(_) | Shape::OpenTuple(_) | Shape::Alias(_) | Shape::Newtype(_) => Vec::new(),
            };
            let members = docs.into_iter().zip(&emit.names.members[&id]).filter(|(docs, _)| docs.deprecated);
            found.members.extend(members.map(|(_, member)| (name.to_owned(), member.plain().to_owned())));
        }
        for (event, name) in emit.api.events.iter().zip(&emit.names.events) {
            if event.docs.deprecated {
                found.members.insert(("EventName".to_owned(), name.plain().to_owned()));
            }
        }
        for (operation, name) in emit.api.operations.iter().zip(&emit.names.operations) {
            if operation.docs.deprecated {
                found.alone.insert(name.plain().to_owned());
            }
        }
        let parameters = emit.api.channels.iter().zip(&emit.names.channels).zip(&emit.names.parameters);
        for ((channel, name), fields) in parameters {
            if channel.docs.deprecated {
                found.alone.insert(name.plain().to_owned());
            }
            if let Address::Template(template) = &channel.address {
                let fields = template.parameters.iter().zip(fields).filter(|(parameter, _)| parameter.docs.deprecated);
                found.members.extend(fields.map(|(_, field)| (name.plain().to_owned(), field.plain().to_owned())));
            }
        }
        found
    }

    fn is_nothing(&self) -> bool {
        self.alone.is_empty() && self.members.is_empty()
    }

    fn is_in(&self, item: &TokenStream) -> bool {
        let mut words = BTreeSet::new();
        collect(item.clone(), &mut words);
        self.alone.iter().any(|name| words.contains(name))
            || self.members.iter().any(|(owner, member)| words.contains(owner) && words.contains(member))
    }
}

fn docs_of(members: &Members) -> Vec<&Docs> {
    fn of<T>(values: &[EnumValue<T>]) -> Vec<&Docs> {
        values.iter().map(|value| &value.docs).collect()
    }
    match members {
        Members::Texts(values) => of(values),
        Members::Integers(_, values) => of(values),
        Members::Numbers(values) => of(values),
        Members::Mixed(values) => of(values),
    }
}

/// Every identifier of an item.
fn collect(tokens: TokenStream, words: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                let text = ident.to_string();
                words.insert(text.strip_prefix("r#").map_or_else(|| text.clone(), str::to_owned));
            }
            TokenTree::Group(group) => collect(group.stream(), words),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The item with the attribute where a person would put it: below the words, above the rest.
fn after_docs(item: TokenStream) -> TokenStream {
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
    quote!(#(#docs)* #[allow(deprecated)] #(#rest)*)
}
