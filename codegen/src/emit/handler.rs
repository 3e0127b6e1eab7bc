//! The `Handler` trait, with one method for each incoming operation.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, content_type, docs, reply, types};
use crate::ir::{Address, Direction, HandlerMethods, Operation};
use crate::names::Name;

pub(super) fn handler(cx: Context<'_>) -> Option<TokenStream> {
    let mut methods = incoming(cx).map(move |(operation, name)| method(cx, operation, name)).peekable();
    methods.peek()?;
    let title = cx.api.title.as_deref().unwrap_or("the document");
    let docs = docs::line(&format!("Handles the events of {}; [`Dispatcher`] calls it.", docs::phrase(title)));
    let unhandled = unhandled(cx);
    Some(quote! {
        #docs
        pub trait Handler: Send + Sync {
            #(#methods)*

            #unhandled

            #[doc = " An event without a method."]
            #[doc = ""]
            #[doc = " Unless you implement this, it becomes a dead letter if dead letters are kept, and is"]
            #[doc = " acknowledged otherwise."]
            fn on_unknown(
                &self,
                event: UnknownEvent<'_>,
                cx: &Context<'_>,
            ) -> impl Future<Output = Result<(), HandlerError>> + Send {
                let _ = cx;
                let unhandled = event.unhandled();
                async { Err(unhandled) }
            }
        }
    })
}

/// The incoming operations, with the names of their methods.
pub(super) fn incoming(cx: Context<'_>) -> impl Iterator<Item = (&Operation, &Name)> {
    let operations = cx.api.operations.iter().zip(&cx.names.operations);
    operations.filter(|(operation, _)| operation.direction == Direction::Incoming)
}

fn method(cx: Context<'_>, operation: &Operation, name: &Name) -> TokenStream {
    let docs =
        docs::docs_or(&operation.docs, || Some(format!("Receives {}.", messages_and_address(cx, operation, "from"))));
    let content_type = content_type::sentence(operation).map(|sentence| {
        let line = docs::line(&sentence);
        quote!(#[doc = ""] #line)
    });
    let (parameters, headers) = (parameters(cx, operation), headers(cx, operation));
    let payload = types::owned(cx, &operation.payload);
    let result = operation.reply.as_ref().map_or_else(|| quote!(()), |reply| reply::returned(cx, reply));
    let body = match cx.api.output.handler_methods {
        HandlerMethods::Required => quote!(;),
        // There is no default for a reply.
        HandlerMethods::Provided if operation.reply.is_some() => quote!(;),
        HandlerMethods::Provided => {
            let id = &operation.id;
            quote!({
                let _ = event;
                self.on_unhandled(#id, cx)
            })
        }
    };
    quote! {
        #docs
        #content_type
        #parameters
        #headers
        fn #name(
            &self,
            event: #payload,
            cx: &Context<'_>,
        ) -> impl Future<Output = Result<#result, HandlerError>> + Send
        #body
    }
}

/// The note on the parameters of the address.
fn parameters(cx: Context<'_>, operation: &Operation) -> Option<TokenStream> {
    let Address::Template(_) = &cx.api.channels[operation.channel].address else { return None };
    let name = &cx.names.channels[operation.channel];
    let line = docs::line(&format!("The address, `cx.channel()`, parses as [`channels::{name}`]."));
    Some(quote!(#[doc = ""] #line))
}

/// The note on typed headers.
fn headers(cx: Context<'_>, operation: &Operation) -> Option<TokenStream> {
    let types = operation.messages.iter().filter_map(|message| message.headers.as_ref());
    let mut names: Vec<String> = types.filter_map(|ty| types::name(cx, ty)).map(|name| format!("[`{name}`]")).collect();
    names.dedup();
    (!names.is_empty()).then(|| {
        let line = docs::line(&format!("The headers are {}: `cx.headers().decode()`.", names.join(" or ")));
        quote!(#[doc = ""] #line)
    })
}

/// A phrase with the messages and the address of an operation.
pub(super) fn messages_and_address(cx: Context<'_>, operation: &Operation, preposition: &str) -> String {
    let mut seen = BTreeSet::new();
    let messages = operation.messages.iter().filter(|message| seen.insert(message.event));
    let events: Vec<String> = messages.map(|message| docs::code(&cx.api.events[message.event].name)).collect();
    let channel = &cx.api.channels[operation.channel];
    let address = match &channel.address {
        Address::Fixed(address) => address,
        Address::Template(template) => &template.text,
        Address::Unknown => &channel.key,
    };
    format!("{} {preposition} {}", events.join(" or "), docs::code(address))
}

/// `on_unhandled`, which the provided methods call.
fn unhandled(cx: Context<'_>) -> Option<TokenStream> {
    (cx.api.output.handler_methods == HandlerMethods::Provided).then(|| {
        quote! {
            #[doc = " An event of an operation whose method is not implemented, by its `operationId`."]
            #[doc = ""]
            #[doc = " It is acknowledged unless this returns an error."]
            fn on_unhandled(
                &self,
                operation: &'static str,
                cx: &Context<'_>,
            ) -> impl Future<Output = Result<(), HandlerError>> + Send {
                let _ = (operation, cx);
                async { Ok(()) }
            }
        }
    })
}
