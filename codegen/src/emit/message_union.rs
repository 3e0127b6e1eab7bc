//! Enums of messages of which some are not JSON, or have headers of their own. serde cannot read or write such an enum;
//! the dispatcher and the requester do.

mod read;

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::types::{self, Wire};
use super::{Context, attributes, docs};
use crate::ir::{
    Operation, OperationMessage, OutputScope, Reply, ReplyHeaders, ReplyMessage, Type, TypeDef, TypeId, Variant,
};
use crate::location::Location;
use crate::names::Name;

pub(super) fn define(cx: Context<'_>, id: TypeId, def: &TypeDef, variants: &[Variant]) -> Vec<TokenStream> {
    let name = &cx.names.types[&id];
    let members = &cx.names.members[&id];
    let docs = docs::of_type(def);
    let attributes = attributes::of_type(cx, &def.at, &["Clone", "Debug", "PartialEq"]);
    let headers = headers(cx, id);
    let listed = variants.iter().zip(members).map(|(variant, name)| {
        let payload = types::owned(cx, &variant.ty);
        let headers = headers.get(&variant.at).map(|headers| types::owned(cx, headers));
        let ty = headers.map_or_else(|| payload.clone(), |headers| quote!(request::Reply<#payload, #headers>));
        let configured = attributes::of_member(cx, &variant.at);
        quote!(#configured #name(#ty),)
    });
    let definition = quote! {
        #docs
        #attributes
        #[allow(clippy::large_enum_variant)]
        pub enum #name {
            #(#listed)*
        }
    };
    let is_sent = sent(cx).any(|payload| *payload == Type::Named(id));
    let outbound = is_sent.then(|| outbound(cx, name, variants, members, &headers));
    let read =
        received(cx).find(|reply| reply.payload == Type::Named(id)).map(|reply| read::read(cx, id, variants, reply));
    [Some(definition), outbound, read].into_iter().flatten().collect()
}

/// The payloads that this side sends: of outgoing operations, and of replies to incoming ones.
fn sent(cx: Context<'_>) -> impl Iterator<Item = &Type> {
    let everything = (cx.api.output.scope == OutputScope::Everything).then_some(cx.api);
    everything.into_iter().flat_map(|api| {
        let replies = api.incoming().filter_map(|operation| Some(&operation.reply.as_ref()?.payload));
        api.outgoing().map(|operation| &operation.payload).chain(replies)
    })
}

/// The headers of the messages that have some, by the location of the message.
fn headers(cx: Context<'_>, id: TypeId) -> BTreeMap<&Location, &Type> {
    let replies = cx.api.operations.iter().filter_map(|operation| operation.reply.as_ref());
    let mut apart = replies.filter(|reply| matches!(reply.headers, ReplyHeaders::PerMessage));
    let answers = apart.find(|reply| reply.payload == Type::Named(id)).map_or(&[][..], |reply| &reply.messages);
    answers.iter().filter_map(|ReplyMessage { at, headers, .. }| Some((at, headers.as_ref()?))).collect()
}

/// The replies that the requester waits for.
fn received(cx: Context<'_>) -> impl Iterator<Item = &Reply> {
    let everything = (cx.api.output.scope == OutputScope::Everything).then_some(cx.api);
    everything.into_iter().flat_map(|api| api.outgoing().filter_map(|operation| operation.reply.as_ref()))
}

fn outbound(
    cx: Context<'_>,
    name: &Name,
    variants: &[Variant],
    members: &[Name],
    headers: &BTreeMap<&Location, &Type>,
) -> TokenStream {
    let arms = variants.iter().zip(members).map(|(variant, member)| {
        let (pattern, payload, headers) = if headers.contains_key(&variant.at) {
            let headers = quote!(.with_headers(&Headers::encode(headers)?));
            (quote!(request::Reply { payload, headers }), quote!(payload), Some(headers))
        } else {
            (quote!(event), quote!(event), None)
        };
        let outbound = match types::wire(cx, &variant.ty) {
            Wire::Json => quote!(Outbound::json(channel, #payload)?),
            Wire::Text | Wire::Bytes | Wire::Mixed => quote!(Outbound::new(channel, #payload.clone())),
            Wire::Own => quote!(Outbound::new(channel, Vec::<u8>::from(#payload))),
        };
        quote!(Self::#member(#pattern) => #outbound #headers,)
    });
    quote! {
        impl #name {
            #[doc = " The message, ready to be sent to a channel."]
            pub fn outbound(&self, channel: impl Into<String>) -> Result<Outbound, serde_json::Error> {
                Ok(match self {
                    #(#arms)*
                })
            }
        }
    }
}

/// The union of an operation's messages, and the variant that contains one of them.
pub(super) fn variant_of<'a>(
    cx: Context<'a>,
    operation: &Operation,
    message: &OperationMessage,
) -> Option<(&'a Name, &'a Name)> {
    let id = operation.payload.named()?;
    Some((&cx.names.types[&id], &cx.names.members[&id][message.variant?]))
}
