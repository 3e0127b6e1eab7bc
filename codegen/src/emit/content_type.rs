//! Content types, where the document says more than that payloads are JSON.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::{self, Wire};
use super::{Emit, docs, joined, unions};
use crate::ir::{Carried, Operation, Reply, Shape, Type};
use crate::names::Name;

/// What everybody expects of a payload, and [`Outbound::json`] says anyway.
const JSON: &str = "application/json";

fn is_special(content_type: &str) -> bool {
    !content_type.eq_ignore_ascii_case(JSON)
}

/// `EventName::content_type`, where any event has one to speak of.
pub(super) fn of_events(emit: Emit<'_>) -> Option<TokenStream> {
    let known = emit.api.events.iter().zip(&emit.names.events);
    let known: Vec<(&str, &Name)> =
        known.filter_map(|(event, name)| Some((event.content_type.as_deref()?, name))).collect();
    if !known.iter().any(|(content_type, _)| is_special(content_type)) {
        return None;
    }
    // An arm each, even where they are alike: a change of the document is then a line of the diff.
    let arms = known.iter().map(|(content_type, name)| quote!(Self::#name => Some(#content_type),));
    Some(quote! {
        impl EventName {
            #[doc = " The content type of the event's payload, where the document gives one."]
            pub fn content_type(&self) -> Option<&'static str> {
                match self {
                    #(#arms)*
                    _ => None,
                }
            }
        }
    })
}

/// The content types of an operation's messages, for people.
pub(super) fn words(operation: &Operation) -> Option<String> {
    let mut known: Vec<&str> =
        operation.messages.iter().filter_map(|message| message.content_type.as_deref()).collect();
    known.sort_unstable();
    known.dedup();
    if !known.iter().any(|content_type| is_special(content_type)) {
        return None;
    }
    let known: Vec<String> = known.into_iter().map(docs::code).collect();
    Some(match &known[..] {
        [only] => format!("The content type is {only}."),
        several => format!("The content types are {}.", several.join(" and ")),
    })
}

/// The header that says what is sent: of one message, or of whichever the `event` is.
pub(super) fn header(emit: Emit<'_>, operation: &Operation) -> Option<TokenStream> {
    let content_type = |message| said(emit, message);
    let first = operation.messages.first().map(content_type)?;
    if operation.messages.iter().all(|message| content_type(message) == first) {
        let is_said = operation.messages.iter().any(|message| message.content_type.is_some());
        return (is_said && is_special(first)).then(|| with(&quote!(#first)));
    }
    let Type::Named(id) = &operation.payload else { return None };
    let def = &emit.api.types[*id];
    let variants = def.shape.variants()?;
    let name = &emit.names.types[id];
    let messages = joined::messages(operation);
    let arms = variants.iter().zip(&emit.names.members[id]).filter_map(|(variant, member)| {
        let message = messages.get(&variant.at)?;
        let content_type = content_type(message);
        Some(quote!(#name::#member(_) => #content_type,))
    });
    let arms: Vec<TokenStream> = arms.collect();
    let is_open = matches!(&def.shape, Shape::Union(union) if unions::keeps_unknown(emit, def, union));
    let unknown = is_open.then(|| quote!(#name::Unknown(_) => #JSON,));
    (arms.len() == variants.len()).then(|| with(&quote!(match event { #(#arms)* #unknown })))
}

fn said<'a>(emit: Emit<'_>, message: &'a Carried) -> &'a str {
    message.content_type.as_deref().unwrap_or_else(|| match types::wire(emit, &message.payload) {
        Wire::Json => JSON,
        _ => "application/octet-stream",
    })
}

/// The header that says what is replied.
pub(super) fn reply_header(reply: &Reply) -> Option<TokenStream> {
    let content_type = reply.content_type.as_deref().filter(|content_type| is_special(content_type))?;
    Some(with(&quote!(#content_type)))
}

fn with(content_type: &TokenStream) -> TokenStream {
    quote!(.with_header("content-type", #content_type))
}
