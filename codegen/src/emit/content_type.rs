//! Content types other than JSON: docs, headers, and `EventName::content_type`.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::types::{self, Wire};
use super::{Context, docs};
use crate::ir::{ItemKind, Operation, Reply, ReplyMessage, Type};
use crate::location::Location;
use crate::names::Name;

/// The content type that `Outbound::json` sets.
const JSON: &str = "application/json";

fn differs_from_json(content_type: &str) -> bool {
    !content_type.eq_ignore_ascii_case(JSON)
}

/// `EventName::content_type`, if a content type is not JSON.
pub(super) fn of_events(cx: Context<'_>) -> Option<TokenStream> {
    let known = cx.api.events.iter().zip(&cx.names.events);
    let known: Vec<(&str, &Name)> =
        known.filter_map(|(event, name)| Some((event.content_type.as_deref()?, name))).collect();
    if !known.iter().any(|(content_type, _)| differs_from_json(content_type)) {
        return None;
    }
    // One arm for each event, so that a change of the document is one line of the diff.
    let arms = known.into_iter().map(|(content_type, name)| quote!(Self::#name => Some(#content_type),));
    Some(quote! {
        impl EventName {
            #[doc = " The content type of the payload, if the document declares one."]
            pub fn content_type(&self) -> Option<&'static str> {
                match self {
                    #(#arms)*
                    _ => None,
                }
            }
        }
    })
}

/// A sentence on the content types of an operation's messages.
pub(super) fn sentence(operation: &Operation) -> Option<String> {
    let mut known: Vec<&str> =
        operation.messages.iter().filter_map(|message| message.content_type.as_deref()).collect();
    known.sort_unstable();
    known.dedup();
    if !known.iter().any(|content_type| differs_from_json(content_type)) {
        return None;
    }
    let known: Vec<String> = known.into_iter().map(docs::code).collect();
    Some(match &known[..] {
        [only] => format!("The content type is {only}."),
        several => format!("The content types are {}.", several.join(" and ")),
    })
}

/// The call that sets the content type of a message; with several messages the value `event` decides.
pub(super) fn header(cx: Context<'_>, operation: &Operation) -> Option<TokenStream> {
    let messages = operation.messages.iter();
    let messages = messages
        .map(|message| MessageContentType::of(cx, &message.at, &message.payload, message.content_type.as_deref()));
    header_of_messages(cx, &operation.payload, &messages.collect::<Vec<_>>(), &quote!(event))
}

/// The call that sets the content type of a reply; with several messages the value `payload` decides.
pub(super) fn reply_header(cx: Context<'_>, reply: &Reply, payload: &TokenStream) -> Option<TokenStream> {
    let messages = reply.messages.iter();
    let messages = messages
        .map(|message| MessageContentType::of(cx, &message.at, &message.payload, message.content_type.as_deref()));
    header_of_messages(cx, &reply.payload, &messages.collect::<Vec<_>>(), &quote!(&#payload))
}

/// A message and its content type.
struct MessageContentType<'a> {
    at: &'a Location,
    content_type: &'a str,
    is_declared: bool,
}

impl<'a> MessageContentType<'a> {
    fn of(cx: Context<'_>, at: &'a Location, payload: &Type, declared: Option<&'a str>) -> Self {
        let content_type = declared.unwrap_or_else(|| match types::wire(cx, payload) {
            Wire::Json => JSON,
            _ => "application/octet-stream",
        });
        Self { at, content_type, is_declared: declared.is_some() }
    }
}

fn header_of_messages(
    cx: Context<'_>,
    payload: &Type,
    messages: &[MessageContentType<'_>],
    value: &TokenStream,
) -> Option<TokenStream> {
    let first = messages.first()?.content_type;
    if messages.iter().all(|message| message.content_type == first) {
        let is_declared = messages.iter().any(|message| message.is_declared);
        return (is_declared && differs_from_json(first)).then(|| header_call(&quote!(#first)));
    }
    let Type::Named(id) = payload else { return None };
    let def = &cx.api.types[*id];
    let variants = def.shape.variants()?;
    let name = &cx.names.types[id];
    // If a message is listed twice, the first entry counts.
    let messages: BTreeMap<&Location, &str> =
        messages.iter().rev().map(|message| (message.at, message.content_type)).collect();
    let arms = variants.iter().zip(&cx.names.members[id]).filter_map(|(variant, member)| {
        let content_type = messages.get(&variant.at)?;
        Some(quote!(#name::#member(_) => #content_type,))
    });
    let arms: Vec<TokenStream> = arms.collect();
    let is_open = matches!(&def.shape, ItemKind::Union(union) if union.is_open());
    let unknown = is_open.then(|| quote!(#name::Unknown(_) => #JSON,));
    (arms.len() == variants.len()).then(|| header_call(&quote!(match #value { #(#arms)* #unknown })))
}

/// The content type of a reply's message, in lower case and without parameters.
pub(super) fn media_type(cx: Context<'_>, message: &ReplyMessage) -> String {
    let message = MessageContentType::of(cx, &message.at, &message.payload, message.content_type.as_deref());
    let essence = message.content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn header_call(content_type: &TokenStream) -> TokenStream {
    quote!(.with_header("content-type", #content_type))
}
