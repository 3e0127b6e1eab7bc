//! The `Dispatcher`, which decodes a message and calls the method of the handler.

mod address;
mod rules;
mod subscriptions;

use proc_macro2::TokenStream;
use quote::quote;

use super::types::Wire;
use super::{Context, handler, message_union, reply, schemas, types};
use crate::ir::{Operation, OperationMessage, Routing, Type};
use crate::location::RuntimeExpression;
use crate::names::Name;

pub(super) fn dispatch(cx: Context<'_>) -> Vec<TokenStream> {
    if cx.api.incoming().next().is_none() {
        return Vec::new();
    }
    let mut items: Vec<_> = reply::dispatcher(cx);
    match &cx.api.routing {
        Routing::ByAddress(addresses) => items.extend(address::dispatch(cx, addresses)),
        Routing::ByName(_) => items.extend(by_name(cx)),
    }
    items
}

/// Dispatches by the name of the event.
fn by_name(cx: Context<'_>) -> Vec<TokenStream> {
    let messages: Vec<(&Operation, &Name, &OperationMessage)> = handler::incoming(cx)
        .flat_map(|(operation, method)| operation.messages.iter().map(move |message| (operation, method, message)))
        .collect();
    let events: Vec<&Name> = messages.iter().map(|(.., message)| &cx.names.events[message.event]).collect();
    let known = match &events[..] {
        all if all.len() == cx.api.events.len() => quote! {
            Some(EventName::Unknown(name)) => Route::Unknown(Some(name)),
            Some(known) => Route::Known(known.to_string()),
        },
        [only] => quote! {
            Some(known @ EventName::#only) => Route::Known(known.to_string()),
            Some(name) => Route::Unknown(Some(name.to_string())),
        },
        some => quote! {
            Some(known @ (#(EventName::#some)|*)) => Route::Known(known.to_string()),
            Some(name) => Route::Unknown(Some(name.to_string())),
        },
    };
    let arms = messages.into_iter().map(move |(operation, method, message)| {
        let event = &cx.names.events[message.event];
        let payload = message_payload(cx, operation, message);
        let call = reply::handler_call(cx, operation, method, &payload);
        quote!(Some(EventName::#event) => #call,)
    });
    let head = reply::implementing(cx);
    let place = match &cx.api.routing {
        Routing::ByName(RuntimeExpression::Payload(pointer)) => {
            let pointer = pointer.to_string();
            quote!(.at(#pointer))
        }
        Routing::ByName(RuntimeExpression::Header(_)) | Routing::ByAddress(_) => TokenStream::new(),
    };
    let subscriptions = subscriptions::subscriptions(cx);
    let dispatch = quote! {
        #head {
            fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
                let route = match event_name(inbound)? {
                    #known
                    None => Route::Unknown(None),
                };
                Ok(route)
            }

            fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
                Box::pin(async move {
                    match event_name(cx.inbound())? {
                        #(#arms)*
                        other => {
                            let name = other.as_ref().map(EventName::as_str);
                            self.handler.on_unknown(UnknownEvent::new(name) #place, cx).await?;
                        }
                    }
                    Ok(())
                })
            }

            #subscriptions
        }
    };
    vec![dispatch, event_name(cx)]
}

/// The function that reads the name of the event.
fn event_name(cx: Context<'_>) -> TokenStream {
    let (docs, body) = match &cx.api.routing {
        Routing::ByName(RuntimeExpression::Payload(pointer)) => {
            let pointer = pointer.to_string();
            let docs = format!(" The name of the event, at `{pointer}` in the payload.");
            (docs, quote!(Ok(inbound.peek(#pointer)?.map(EventName::from))))
        }
        Routing::ByName(RuntimeExpression::Header(name)) => {
            let docs = format!(" The name of the event, in the header `{name}`.");
            (docs, quote!(Ok(inbound.header(#name).map(|name| EventName::from(name.to_owned())))))
        }
        Routing::ByAddress(_) => return TokenStream::new(),
    };
    quote! {
        #[doc = #docs]
        pub fn event_name(inbound: &Inbound) -> Result<Option<EventName>, DecodeError> {
            #body
        }
    }
}

/// The expression that decodes a payload.
fn operation_payload(cx: Context<'_>, ty: &Type) -> TokenStream {
    match types::wire(cx, ty) {
        Wire::Json => {
            let validated = schemas::validator(cx, ty).map(|validate| quote!(cx.decode_valid(#validate)?));
            validated.unwrap_or_else(|| quote!(cx.decode()?))
        }
        Wire::Text => quote!(cx.inbound().text()?.to_owned()),
        // `message_payload` decodes the message that has arrived.
        Wire::Bytes | Wire::Mixed => quote!(cx.inbound().body().to_vec()),
        Wire::Own => {
            let ty = types::owned(cx, ty);
            quote!(<#ty as TryFrom<&[u8]>>::try_from(cx.inbound().body()).map_err(DecodeError::custom)?)
        }
    }
}

/// The argument of the handler's method for one message of the operation.
fn message_payload(cx: Context<'_>, operation: &Operation, message: &OperationMessage) -> TokenStream {
    let decoded = operation_payload(cx, &message.payload);
    if operation.payload == message.payload {
        return decoded;
    }
    match message_union::variant_of(cx, operation, message) {
        Some((union, variant)) => quote!(#union::#variant(#decoded)),
        // The argument is a JSON value, because another message accepts any.
        None => match schemas::validator(cx, &message.payload) {
            Some(validate) => quote!({
                let _ = cx.decode_valid(#validate)?;
                cx.decode()?
            }),
            None => decoded,
        },
    }
}
