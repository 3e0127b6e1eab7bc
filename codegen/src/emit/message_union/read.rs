//! Recognises the message of a reply if some messages are not JSON or have headers of their own.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::super::is_known;
use crate::emit::types::{self, Wire};
use crate::emit::unions::untagged;
use crate::emit::{Context, content_type, requester, schemas};
use crate::ir::{Reply, ReplyHeaders, ReplyMessage, Type, TypeId, Variant};
use crate::location::Location;
use crate::names::Name;

/// A variant of a reply, and its message.
struct Read<'a> {
    answer: &'a ReplyMessage,
    member: &'a Name,
    wire: Wire,
    /// Whether the variant contains headers too.
    is_headed: bool,
}

/// The function by which the requester reads a reply. The dispatcher needs none, because it knows the message.
pub(super) fn read(cx: Context<'_>, id: TypeId, variants: &[Variant], reply: &Reply) -> TokenStream {
    let name = &cx.names.types[&id];
    let answers: BTreeMap<&Location, &ReplyMessage> =
        reply.messages.iter().rev().map(|answer| (&answer.at, answer)).collect();
    let reads = variants.iter().zip(&cx.names.members[&id]).filter_map(|(variant, member)| {
        let answer = answers.get(&variant.at)?;
        let is_headed = answer.headers.is_some() && matches!(reply.headers, ReplyHeaders::PerMessage);
        Some(Read { answer, member, wire: types::wire(cx, &variant.ty), is_headed })
    });
    let reads: Vec<Read<'_>> = reads.collect();
    let media_types = reads.iter().map(|read| content_type::media_type(cx, read.answer));
    let media_types: Vec<String> = media_types.collect();
    let arms = reads.iter().zip(&media_types).filter_map(|(read, media_type)| {
        let is_unique = media_types.iter().filter(|other| *other == media_type).count() == 1;
        let value = value(cx, read);
        is_unique.then(|| quote!(Some(#media_type) => Ok(#value),))
    });
    let arms: Vec<TokenStream> = arms.collect();
    let by_shape = by_shape(cx, &reads);
    let body = match &arms[..] {
        [] => by_shape,
        arms => quote! {
            match inbound.media_type().as_deref() {
                #(#arms)*
                _ => { #by_shape }
            }
        },
    };
    let criteria = if reads.iter().any(|read| read.is_headed) { "its shape and headers" } else { "its shape" };
    let docs = match &arms[..] {
        [] => format!(" The message of the reply, recognised by {criteria}."),
        _ => format!(" The message of the reply, recognised by its content type or else by {criteria}."),
    };
    quote! {
        impl #name {
            #[doc = #docs]
            fn read(inbound: &Inbound) -> Result<Self, DecodeError> {
                #body
            }
        }
    }
}

/// The expression that decodes a message into its variant.
fn value(cx: Context<'_>, read: &Read<'_>) -> TokenStream {
    construct_variant(read, &requester::decode_payload(cx, &read.answer.payload, &quote!(inbound)))
}

/// The variant with a payload, and with the received headers if it contains headers.
fn construct_variant(Read { member, is_headed, .. }: &Read<'_>, payload: &TokenStream) -> TokenStream {
    if *is_headed {
        quote!(Self::#member(request::Reply { payload: #payload, headers: inbound.headers().decode()? }))
    } else {
        quote!(Self::#member(#payload))
    }
}

/// Code that tries the JSON messages first and takes bytes last.
fn by_shape(cx: Context<'_>, reads: &[Read<'_>]) -> TokenStream {
    let of = |wire: Wire| reads.iter().filter(move |read| read.wire == wire).collect::<Vec<_>>();
    let (texts, bytes) = (of(Wire::Text), of(Wire::Bytes));
    let json = match &of(Wire::Json)[..] {
        [] => None,
        [only] => {
            let value = value(cx, only);
            Some(quote!(if untagged::BestMatch::<()>::from_json_body(inbound)?.is_some() { Ok(#value) }))
        }
        several => {
            let types: Vec<&Type> = several.iter().map(|read| &read.answer.payload).collect();
            let reads_and_tests = several.iter().zip(is_known::tests(cx, &types));
            let attempts = reads_and_tests.map(|(read, is_known)| attempt(cx, read, is_known));
            let headers = (several.iter().any(|read| read.is_headed)).then(|| quote!(.with_headers(inbound.headers())));
            let attempts = quote!(#headers #(#attempts)* .finish());
            if several.len() == reads.len() {
                return quote!(untagged::BestMatch::from_body(inbound)? #attempts);
            }
            Some(
                quote!(if let Some(alternatives) = untagged::BestMatch::from_json_body(inbound)? { alternatives #attempts }),
            )
        }
    };
    let own = of(Wire::Own).into_iter().map(|read| {
        let (ty, value) = (types::owned(cx, &read.answer.payload), construct_variant(read, &quote!(read)));
        quote!(if let Ok(read) = <#ty as TryFrom<&[u8]>>::try_from(inbound.body()) { Ok(#value) })
    });
    let text = match (&texts[..], &bytes[..]) {
        ([text], [_, ..]) => {
            let value = construct_variant(text, &quote!(text.to_owned()));
            Some(quote!(if let Ok(text) = inbound.text() { Ok(#value) }))
        }
        _ => None,
    };
    let rest = match (&texts[..], &bytes[..]) {
        ([only], []) | ([] | [_], [only]) => {
            let value = value(cx, only);
            quote!(Ok(#value))
        }
        _ => quote!(Err(DecodeError::custom("nothing says which of the messages this is"))),
    };
    let attempts: Vec<TokenStream> = json.into_iter().chain(own).chain(text).collect();
    match &attempts[..] {
        [] => rest,
        attempts => quote!(#(#attempts else)* { #rest }),
    }
}

/// The call that tries a JSON message.
fn attempt(cx: Context<'_>, Read { answer, member, .. }: &Read<'_>, is_known: Option<TokenStream>) -> TokenStream {
    let (label, alternative) = (&answer.label, quote!(Self::#member));
    match schemas::validator(cx, &answer.payload) {
        Some(validate) => quote!(.or_try_valid(#label, #alternative, #validate)),
        None => untagged::attempt(cx, label, &alternative, &answer.payload, is_known),
    }
}
