//! Replies: the handler returns a reply, and the dispatcher sends it.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::Wire;
use super::{Context, content_type, docs, requester, types};
use crate::ir::{Correlation, Operation, Reply, ReplyHeaders, ReplyTo};
use crate::location::RuntimeExpression;
use crate::names::Name;

/// Whether an incoming operation has a reply.
fn replies(cx: Context<'_>) -> bool {
    cx.api.incoming().any(|operation| operation.reply.is_some())
}

/// The type `Dispatcher`, which has a transport if an operation has a reply.
pub(super) fn dispatcher(cx: Context<'_>) -> Vec<TokenStream> {
    if replies(cx) { with_reply() } else { without_reply() }
}

fn without_reply() -> Vec<TokenStream> {
    let definition = quote! {
        #[doc = " Decodes messages and calls the methods of a [`Handler`]."]
        #[derive(Clone, Debug)]
        pub struct Dispatcher<H> {
            handler: H,
        }
    };
    let new = quote! {
        impl<H: Handler> Dispatcher<H> {
            #[doc = " Dispatches to this handler."]
            pub fn new(handler: H) -> Self {
                Self { handler }
            }
        }
    };
    vec![definition, new]
}

fn with_reply() -> Vec<TokenStream> {
    let definition = quote! {
        #[doc = " Decodes messages, calls the methods of a [`Handler`], and sends the replies."]
        #[derive(Clone, Debug)]
        pub struct Dispatcher<H, T> {
            handler: H,
            transport: T,
        }
    };
    let new = quote! {
        impl<H: Handler, T: Transport> Dispatcher<H, T> {
            #[doc = " Dispatches to this handler, and replies through this transport."]
            pub fn new(handler: H, transport: T) -> Self {
                Self { handler, transport }
            }
        }
    };
    vec![definition, new]
}

/// The header of `impl Dispatch for Dispatcher`.
pub(super) fn implementing(cx: Context<'_>) -> TokenStream {
    if replies(cx) {
        quote!(impl<H: Handler, T: Transport> Dispatch for Dispatcher<H, T>)
    } else {
        quote!(impl<H: Handler> Dispatch for Dispatcher<H>)
    }
}

/// The return type of the handler's method: the reply, with its channel if only the handler knows the channel.
pub(super) fn returned(cx: Context<'_>, reply: &Reply) -> TokenStream {
    let ty = reply_type(cx, reply);
    match reply.to {
        ReplyTo::Parameterized(index) => {
            let channel = &cx.names.channels[index];
            quote!(request::ReplyTo<channels::#channel, #ty>)
        }
        ReplyTo::Expression(..) | ReplyTo::Fixed(_) | ReplyTo::Undeclared => ty,
    }
}

/// The type of a reply: the payload, with the headers if the document describes some.
pub(super) fn reply_type(cx: Context<'_>, reply: &Reply) -> TokenStream {
    let payload = types::owned(cx, &reply.payload);
    match &reply.headers {
        ReplyHeaders::Nothing | ReplyHeaders::PerMessage => payload,
        ReplyHeaders::Typed(headers) => {
            let headers = types::owned(cx, headers);
            quote!(request::Reply<#payload, #headers>)
        }
    }
}

/// Calls the handler's method, and sends its reply if there is one.
pub(super) fn handler_call(
    cx: Context<'_>,
    operation: &Operation,
    method: &Name,
    payload: &TokenStream,
) -> TokenStream {
    let Some(reply) = &operation.reply else { return quote!(self.handler.#method(#payload, cx).await?) };
    let address = reply_address(cx, reply);
    let (replied, value, headers) = match &reply.headers {
        ReplyHeaders::Nothing | ReplyHeaders::PerMessage => (quote!(reply), quote!(reply), None),
        ReplyHeaders::Typed(_) => (
            quote!(request::Reply { payload, headers }),
            quote!(payload),
            Some(quote!(.with_headers(&Headers::encode(&headers).map_err(HandlerError::reject)?))),
        ),
    };
    let outbound = match types::wire(cx, &reply.payload) {
        Wire::Json => quote!(Outbound::json(address, &#value).map_err(HandlerError::reject)?),
        Wire::Text | Wire::Bytes => quote!(Outbound::new(address, #value)),
        Wire::Mixed => quote!(#value.outbound(address).map_err(HandlerError::reject)?),
        Wire::Own => quote!(Outbound::new(address, Vec::<u8>::from(&#value))),
    };
    let content_type = content_type::reply_header(cx, reply, &value);
    let correlation = copied_correlation_id(cx, reply).and_then(|with_id| {
        let message = operation.messages.iter().find(|message| cx.api.events[message.event].correlation.is_some())?;
        let function = &cx.names.correlations[&message.event];
        Some(quote! {
            let outbound = match correlation_ids::#function(cx.inbound())? {
                Some(id) => outbound #with_id,
                None => outbound,
            };
        })
    });
    let replied = match reply.to {
        ReplyTo::Parameterized(_) if headers.is_none() => quote!(request::ReplyTo { channel, reply }),
        ReplyTo::Parameterized(_) => quote!(request::ReplyTo { channel, reply: #replied }),
        ReplyTo::Expression(..) | ReplyTo::Fixed(_) | ReplyTo::Undeclared => replied,
    };
    quote!({
        let #replied = self.handler.#method(#payload, cx).await?;
        #address
        let outbound = #outbound #content_type #headers;
        #correlation
        self.transport.send(outbound).await.map_err(HandlerError::retry)?
    })
}

/// The call that copies the `id` of the request into the reply. An id that the handler wrote into the payload is kept;
/// a header is overwritten, because the handler has to set a required header without knowing the id.
fn copied_correlation_id(cx: Context<'_>, reply: &Reply) -> Option<TokenStream> {
    let Correlation { location, kind } = reply.correlation.as_ref()?;
    match location {
        RuntimeExpression::Header(header) => Some(quote!(.with_header(#header, id))),
        RuntimeExpression::Payload(_) => {
            let place = requester::field_path(location, requester::reply_wire(cx, reply))?;
            let kind = requester::id_kind(*kind);
            Some(quote!(.with_correlation_id_in(#place, #kind, id)))
        }
    }
}

/// The statement that sets the address of a reply, if the document declares one.
fn reply_address(cx: Context<'_>, reply: &Reply) -> TokenStream {
    let (location, otherwise) = match &reply.to {
        ReplyTo::Expression(location, otherwise) => (location, otherwise.map(|index| &cx.names.channels[index])),
        ReplyTo::Fixed(index) => {
            let channel = &cx.names.channels[*index];
            return quote!(let address = channels::#channel;);
        }
        ReplyTo::Parameterized(_) => return quote!(let address = channel.to_string();),
        ReplyTo::Undeclared => return TokenStream::new(),
    };
    let address = match location {
        RuntimeExpression::Header(header) => quote!(cx.inbound().header(#header).map(str::to_owned)),
        RuntimeExpression::Payload(pointer) => {
            let pointer = pointer.as_str();
            quote!(cx.inbound().peek(#pointer)?)
        }
    };
    if let Some(channel) = otherwise {
        return quote!(let address = #address.unwrap_or_else(|| channels::#channel.to_owned()););
    }
    quote!(let address = #address.ok_or_else(|| HandlerError::reject("the request says no address for the reply"))?;)
}

/// The module with a function for each event with a correlation id.
pub(super) fn correlation_ids(cx: Context<'_>) -> Option<TokenStream> {
    let functions: Vec<TokenStream> = (cx.names.correlations.iter())
        .filter_map(|(index, name)| {
            let event = &cx.api.events[*index];
            let (place, body) = match event.correlation.as_ref()? {
                RuntimeExpression::Header(header) => {
                    let place = format!("the header {}", docs::code(header));
                    (place, quote!(Ok(inbound.header(#header).map(str::to_owned))))
                }
                RuntimeExpression::Payload(pointer) => {
                    let pointer = pointer.as_str();
                    (format!("{} in the payload", docs::code(pointer)), quote!(inbound.peek_id(#pointer)))
                }
            };
            let docs = docs::line(&format!("The correlation id of {}: {place}.", docs::code(&event.name)));
            Some(quote! {
                #docs
                pub fn #name(inbound: &Inbound) -> Result<Option<String>, DecodeError> {
                    #body
                }
            })
        })
        .collect();
    (!functions.is_empty()).then(|| {
        quote! {
            #[doc = " The correlation ids of messages."]
            pub mod correlation_ids {
                use asyncapi_runtime::{DecodeError, Inbound};

                #(#functions)*
            }
        }
    })
}
