//! What bindings say of their protocols: a constant each, in a module for what has the binding.

use proc_macro2::{Literal as Token, TokenStream};
use quote::quote;

use super::{Context, docs};
use crate::ir::{Binding, BoundKind, Constant, Literal};
use crate::names::Name;

pub(super) fn bindings(cx: Context<'_>) -> Option<TokenStream> {
    if cx.api.bindings.is_empty() {
        return None;
    }
    let kinds = BoundKind::ALL.into_iter().filter_map(|kind| of_kind(cx, kind));
    Some(quote! {
        #[doc = " What the document says for single protocols."]
        pub mod bindings {
            #(#kinds)*
        }
    })
}

fn of_kind(cx: Context<'_>, kind: BoundKind) -> Option<TokenStream> {
    let bound = cx.api.bindings.iter().zip(&cx.names.bindings).filter(|(bound, _)| bound.kind == kind);
    let modules: Vec<TokenStream> = bound.map(|(bound, (name, constants))| module(bound, name, constants)).collect();
    let (line, name) = match kind {
        BoundKind::Server => (" The bindings of servers.", quote!(servers)),
        BoundKind::Channel => (" The bindings of channels.", quote!(channels)),
        BoundKind::Operation => (" The bindings of operations.", quote!(operations)),
        BoundKind::Message => (" The bindings of messages.", quote!(messages)),
    };
    (!modules.is_empty()).then(|| quote!(#[doc = #line] pub mod #name { #(#modules)* }))
}

fn module(bound: &Binding, name: &Name, names: &[Name]) -> TokenStream {
    let docs = docs::line(&format!("The bindings of {}.", docs::code(&bound.key)));
    let constants = bound.constants.iter().zip(names).map(|(constant, name)| define(constant, name));
    quote!(#docs pub mod #name { #(#constants)* })
}

fn define(constant: &Constant, name: &Name) -> TokenStream {
    let literal = &constant.literal;
    let docs = matches!(literal, Literal::Json(_)).then(|| docs::line("JSON."));
    let (ty, value) = (type_of(literal), value_of(literal));
    quote!(#docs pub const #name: #ty = #value;)
}

fn type_of(literal: &Literal) -> TokenStream {
    match literal {
        Literal::Boolean(_) => quote!(bool),
        Literal::Integer(_) => quote!(i64),
        Literal::Number(_) => quote!(f64),
        Literal::Text(_) | Literal::Json(_) => quote!(&str),
        Literal::List(items) => {
            let item = items.first().map(type_of);
            quote!(&[#item])
        }
    }
}

fn value_of(literal: &Literal) -> TokenStream {
    match literal {
        Literal::Boolean(value) => quote!(#value),
        Literal::Integer(number) => {
            let digits = Token::u64_unsuffixed(number.unsigned_abs());
            if *number < 0 { quote!(-#digits) } else { quote!(#digits) }
        }
        Literal::Number(number) => {
            let digits = Token::f64_unsuffixed(number.abs());
            if number.is_sign_negative() { quote!(-#digits) } else { quote!(#digits) }
        }
        Literal::Text(text) | Literal::Json(text) => quote!(#text),
        Literal::List(items) => {
            let items = items.iter().map(value_of);
            quote!(&[#(#items),*])
        }
    }
}
