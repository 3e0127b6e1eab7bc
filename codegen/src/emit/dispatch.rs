//! The `Dispatcher`: from what arrived to the handler's method.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emit, handler};
use crate::ir::{Direction, Routing};

pub(super) fn dispatch(emit: Emit<'_>) -> Vec<TokenStream> {
    if emit.api.incoming().next().is_none() {
        return Vec::new();
    }
    let definition = quote! {
        #[doc = " Decodes what arrives and calls the [`Handler`] method that is meant."]
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
    let mut items = vec![definition, new];
    match &emit.api.routing {
        Routing::Channel => items.push(by_channel(emit)),
        Routing::Payload(_) | Routing::Header(_) => items.extend(by_name(emit)),
    }
    items
}

/// The event's name decides.
fn by_name(emit: Emit<'_>) -> Vec<TokenStream> {
    let (methods, events): (Vec<_>, Vec<_>) =
        handler::incoming(emit).map(|(operation, method)| (method, &emit.names.events[operation.event])).unzip();
    let all_are_handled = events.len() == emit.api.events.len();
    let known = if all_are_handled {
        quote! {
            Some(EventName::Unknown(name)) => Route::Unknown(Some(name)),
            Some(known) => Route::Known(known.to_string()),
        }
    } else {
        quote! {
            Some(known @ (#(EventName::#events)|*)) => Route::Known(known.to_string()),
            Some(name) => Route::Unknown(Some(name.to_string())),
        }
    };
    let dispatch = quote! {
        impl<H: Handler> Dispatch for Dispatcher<H> {
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
                        #(Some(EventName::#events) => self.handler.#methods(cx.decode()?, cx).await?,)*
                        other => {
                            let name = other.as_ref().map(EventName::as_str);
                            self.handler.on_unknown(UnknownEvent::new(name), cx).await?;
                        }
                    }
                    Ok(())
                })
            }
        }
    };
    vec![dispatch, event_name(emit)]
}

/// The function that reads the name.
fn event_name(emit: Emit<'_>) -> TokenStream {
    let (docs, body) = match &emit.api.routing {
        Routing::Payload(pointer) => {
            let pointer = pointer.to_string();
            let docs = format!(" The name of the event, which stands at `{pointer}` of the payload.");
            (docs, quote!(Ok(inbound.peek(#pointer)?.map(EventName::from))))
        }
        Routing::Header(name) => {
            let docs = format!(" The name of the event, which stands in the header `{name}`.");
            (docs, quote!(Ok(inbound.header(#name).map(|name| EventName::from(name.to_owned())))))
        }
        Routing::Channel => return TokenStream::new(),
    };
    quote! {
        #[doc = #docs]
        fn event_name(inbound: &Inbound) -> Result<Option<EventName>, DecodeError> {
            #body
        }
    }
}

/// The channel's address decides.
fn by_channel(emit: Emit<'_>) -> TokenStream {
    let arms = emit.api.operations.iter().zip(&emit.names.operations);
    let arms: Vec<_> = arms.filter(|(operation, _)| operation.direction == Direction::Incoming).collect();
    let channels: Vec<_> = arms.iter().map(|(operation, _)| &emit.names.channels[operation.channel]).collect();
    let methods = arms.iter().map(|(_, method)| method);
    let events = arms.iter().map(|(operation, _)| &emit.names.events[operation.event]);
    quote! {
        impl<H: Handler> Dispatch for Dispatcher<H> {
            fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
                let route = match inbound.channel() {
                    #(Some(channels::#channels) => Route::Known(EventName::#events.to_string()),)*
                    other => Route::Unknown(other.map(str::to_owned)),
                };
                Ok(route)
            }

            fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
                Box::pin(async move {
                    match cx.channel() {
                        #(Some(channels::#channels) => self.handler.#methods(cx.decode()?, cx).await?,)*
                        other => self.handler.on_unknown(UnknownEvent::new(other), cx).await?,
                    }
                    Ok(())
                })
            }
        }
    }
}
