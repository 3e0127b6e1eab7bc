//! Constants for the values in bindings, in a module for each server, channel, operation and message.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, docs, literal};
use crate::ir::{Binding, BindingOwner, Constant, ConstantValue};
use crate::json::Value;
use crate::names::Name;

pub(super) fn bindings(cx: Context<'_>) -> Option<TokenStream> {
    if cx.api.bindings.is_empty() {
        return None;
    }
    let kinds = BindingOwner::ALL.into_iter().filter_map(|kind| of_kind(cx, kind));
    Some(quote! {
        #[doc = " Values from the bindings of the document."]
        pub mod bindings {
            #(#kinds)*
        }
    })
}

fn of_kind(cx: Context<'_>, kind: BindingOwner) -> Option<TokenStream> {
    let bound = cx.api.bindings.iter().zip(&cx.names.bindings).filter(|(bound, _)| bound.owner == kind);
    let modules: Vec<TokenStream> = bound.map(|(bound, (name, constants))| module(bound, name, constants)).collect();
    let (line, name) = match kind {
        BindingOwner::Server => (" The bindings of servers.", quote!(servers)),
        BindingOwner::Channel => (" The bindings of channels.", quote!(channels)),
        BindingOwner::Operation => (" The bindings of operations.", quote!(operations)),
        BindingOwner::Message => (" The bindings of messages.", quote!(messages)),
    };
    (!modules.is_empty()).then(|| quote!(#[doc = #line] pub mod #name { #(#modules)* }))
}

fn module(bound: &Binding, name: &Name, names: &[Name]) -> TokenStream {
    let docs = docs::line(&format!("The bindings of {}.", docs::code(&bound.key)));
    let constants = bound.constants.iter().zip(names).map(|(constant, name)| define(constant, name));
    quote!(#docs pub mod #name { #(#constants)* })
}

fn define(constant: &Constant, name: &Name) -> TokenStream {
    match &constant.value {
        ConstantValue::Scalar(value) => {
            let (ty, value) = (scalar_type(value), literal::scalar(value));
            quote!(pub const #name: #ty = #value;)
        }
        ConstantValue::Slice(items) => {
            let ty = items.first().map(scalar_type);
            let items = items.iter().map(literal::scalar);
            quote!(pub const #name: &[#ty] = &[#(#items),*];)
        }
        ConstantValue::Json(text) => {
            let docs = docs::line("JSON.");
            quote!(#docs pub const #name: &str = #text;)
        }
    }
}

fn scalar_type(value: &Value) -> TokenStream {
    match value {
        Value::Bool(_) => quote!(bool),
        Value::Integer(_) => quote!(i64),
        Value::Float(_) => quote!(f64),
        _ => quote!(&str),
    }
}
