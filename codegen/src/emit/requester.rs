//! The `Requester`, with one method for each outgoing operation that has a reply.

use proc_macro2::TokenStream;
use quote::quote;

use super::publisher::{self, PublishCall};
use super::types::Wire;
use super::{Context, docs, reply, schemas, types};
use crate::ir::{Correlation, IdKind, Operation, Reply, ReplyHeaders, ReplyTo, Type};
use crate::location::RuntimeExpression;
use crate::names::Name;

/// The outgoing operations with a reply, and the names of their methods.
pub(super) fn operations_with_reply(cx: Context<'_>) -> impl Iterator<Item = (&Operation, &Reply, &Name)> {
    publisher::outgoing(cx).filter_map(|(operation, name)| Some((operation, operation.reply.as_ref()?, name)))
}

pub(super) fn requester(cx: Context<'_>) -> Vec<TokenStream> {
    let methods = operations_with_reply(cx).map(move |(operation, reply, name)| method(cx, operation, reply, name));
    let mut methods = methods.peekable();
    if methods.peek().is_none() {
        return Vec::new();
    }
    let title = cx.api.title.as_deref().unwrap_or("the document");
    let docs = docs::line(&format!(
        "Sends the requests of {} by [`RequestReply`], and waits for the replies.",
        docs::phrase(title)
    ));
    let definition = quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct Requester<T> {
            transport: T,
        }
    };
    let methods = quote! {
        impl<T: RequestReply> Requester<T> {
            #[doc = " Sends requests through this transport."]
            pub fn new(transport: T) -> Self {
                Self { transport }
            }

            #(#methods)*
        }
    };
    vec![definition, methods]
}

fn method(cx: Context<'_>, operation: &Operation, reply: &Reply, name: &Name) -> TokenStream {
    let docs = publisher::docs(cx, operation, Some("Waits for the reply.".to_owned()));
    let PublishCall { arguments, outbound } = publisher::sending(cx, operation);
    let reply_channel = match reply.to {
        ReplyTo::Parameterized(index) => {
            let channel = &cx.names.channels[index];
            Some(quote!(, reply_channel: &channels::#channel))
        }
        ReplyTo::Expression(..) | ReplyTo::Fixed(_) | ReplyTo::Undeclared => None,
    };
    let ty = reply::reply_type(cx, reply);
    let options = request_options(cx, operation, reply);
    let decoded = decode_reply(cx, reply);
    quote! {
        #docs
        pub async fn #name(&self, #arguments #reply_channel) -> Result<#ty, RequestError<T::Error>> {
            let request = request::Request::new(#outbound) #options;
            let reply = self.transport.request(request).await.map_err(RequestError::Transport)?;
            #decoded
        }
    }
}

/// The calls that set the reply address and the correlation id of a request.
fn request_options(cx: Context<'_>, operation: &Operation, reply: &Reply) -> TokenStream {
    let requests = types::wire(cx, &operation.payload);
    let correlation = reply.request_correlation.as_ref().and_then(|Correlation { location, kind }| {
        let (place, kind) = (field_path(location, requests)?, id_kind(*kind));
        Some(quote!(.with_correlation_id_in(#place, #kind)?))
    });
    let fixed = |index: usize| {
        let channel = &cx.names.channels[index];
        quote!(.with_reply_address(channels::#channel))
    };
    let address = match &reply.to {
        ReplyTo::Expression(location, otherwise) => match field_path(location, requests) {
            Some(place) => Some(quote!(.with_reply_address_in(#place)?)),
            None => otherwise.map(fixed),
        },
        ReplyTo::Fixed(index) => Some(fixed(*index)),
        ReplyTo::Parameterized(_) => Some(quote!(.with_reply_address(reply_channel.to_string()))),
        ReplyTo::Undeclared => None,
    };
    let replies = reply_wire(cx, reply);
    // Without an id in the request the reply has none.
    let answered = reply
        .correlation_locations
        .iter()
        .filter(|_| correlation.is_some())
        .filter_map(|location| field_path(location, replies));
    quote!(#address #correlation #(.with_answer_in(#answered))*)
}

/// The kind of id that the request generates.
pub(super) fn id_kind(kind: IdKind) -> TokenStream {
    match kind {
        IdKind::Text => quote!(request::Id::Text),
        IdKind::Integer => quote!(request::Id::Integer),
        IdKind::CallerProvided => quote!(request::Id::Given),
    }
}

/// How a reply is encoded. Of several messages one may be JSON, so a pointer into the payload can exist.
pub(super) fn reply_wire(cx: Context<'_>, reply: &Reply) -> Wire {
    match types::wire(cx, &reply.payload) {
        Wire::Mixed => Wire::Json,
        wire => wire,
    }
}

/// A location in a message. `None` for a pointer into a payload that is not JSON.
pub(super) fn field_path(location: &RuntimeExpression, wire: Wire) -> Option<TokenStream> {
    match (location, wire) {
        (RuntimeExpression::Header(name), _) => Some(quote!(request::FieldPath::header(#name))),
        (RuntimeExpression::Payload(pointer), Wire::Json) => {
            let pointer = pointer.as_str();
            Some(quote!(request::FieldPath::payload(#pointer)))
        }
        (RuntimeExpression::Payload(_), Wire::Text | Wire::Bytes | Wire::Own | Wire::Mixed) => None,
    }
}

/// The expression that decodes the reply.
fn decode_reply(cx: Context<'_>, reply: &Reply) -> TokenStream {
    let payload = decode_payload(cx, &reply.payload, &quote!(reply));
    match &reply.headers {
        ReplyHeaders::Nothing | ReplyHeaders::PerMessage => quote!(Ok(#payload)),
        ReplyHeaders::Typed(_) => quote! {
            Ok(request::Reply {
                payload: #payload,
                headers: reply.headers().decode()?,
            })
        },
    }
}

/// The expression that decodes a payload of the variable `inbound`.
pub(super) fn decode_payload(cx: Context<'_>, ty: &Type, inbound: &TokenStream) -> TokenStream {
    match types::wire(cx, ty) {
        Wire::Json => {
            let validated = schemas::validator(cx, ty).map(|validate| quote!(#inbound.decode_valid(#validate)?));
            validated.unwrap_or_else(|| quote!(#inbound.decode()?))
        }
        Wire::Text => quote!(#inbound.text()?.to_owned()),
        Wire::Bytes => quote!(#inbound.body().to_vec()),
        Wire::Mixed => {
            let ty = types::owned(cx, ty);
            quote!(#ty::read(&#inbound)?)
        }
        Wire::Own => {
            let ty = types::owned(cx, ty);
            quote!(<#ty as TryFrom<&[u8]>>::try_from(#inbound.body()).map_err(DecodeError::custom)?)
        }
    }
}
