//! The `Dispatcher`: from what arrived to the handler's method.

mod address;
mod payload;
mod rules;

use proc_macro2::TokenStream;
use quote::quote;

use super::draft::{Draft, Members};
use super::{Context, handler, reply};
use crate::format::Mark;
use crate::ir::{Addresses, Operation, OperationMessage, Routing, Type};
use crate::names::Name;

pub(super) fn dispatch(emit: Context<'_>) -> Vec<Draft<'_>> {
    if emit.api.incoming().next().is_none() {
        return Vec::new();
    }
    let mut items: Vec<_> = reply::dispatcher(emit).into_iter().map(Draft::from).collect();
    match &emit.api.routing {
        Routing::Channel(addresses) => items.extend(address::dispatch(emit, addresses)),
        Routing::Payload(_) | Routing::Header(_) => items.extend(by_name(emit)),
    }
    items
}

/// The event's name decides.
fn by_name(emit: Context<'_>) -> Vec<Draft<'_>> {
    let carried: Vec<(&Operation, &Name, &OperationMessage)> = handler::incoming(emit)
        .flat_map(|(operation, method)| operation.messages.iter().map(move |message| (operation, method, message)))
        .collect();
    let events: Vec<&Name> = carried.iter().map(|(.., message)| &emit.names.events[message.event]).collect();
    let known = match &events[..] {
        all if all.len() == emit.api.events.len() => quote! {
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
    let arms = carried.into_iter().map(move |(operation, method, message)| {
        let event = &emit.names.events[message.event];
        let payload = payload::of_message(emit, operation, message);
        let call = reply::call(emit, operation, method, &payload);
        quote!(Some(EventName::#event) => #call,)
    });
    let head = reply::implementing(emit);
    let place = match &emit.api.routing {
        Routing::Payload(pointer) => {
            let pointer = pointer.to_string();
            quote!(.at(#pointer))
        }
        Routing::Header(_) | Routing::Channel(_) => TokenStream::new(),
    };
    let dispatch = Draft::of([Members::of(Mark::Arm, arms)], move |[arms]| {
        quote! {
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
                            #arms
                            other => {
                                let name = other.as_ref().map(EventName::as_str);
                                self.handler.on_unknown(UnknownEvent::new(name) #place, cx).await?;
                            }
                        }
                        Ok(())
                    })
                }
            }
        }
    });
    vec![dispatch, event_name(emit).into()]
}

/// The function that reads the name.
fn event_name(emit: Context<'_>) -> TokenStream {
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
        Routing::Channel(_) => return TokenStream::new(),
    };
    quote! {
        #[doc = #docs]
        pub fn event_name(inbound: &Inbound) -> Result<Option<EventName>, DecodeError> {
            #body
        }
    }
}

/// The types that are tried by name to tell events by the shapes of their payloads; `None` where no shape is asked for.
pub(super) fn asked_shapes(emit: Context<'_>) -> Option<Vec<&Type>> {
    let Routing::Channel(Addresses { arrivals, .. }) = &emit.api.routing else { return None };
    emit.api.incoming().next()?;
    let tellings = arrivals.iter().flat_map(|arrival| [&arrival.operation, &arrival.message]);
    let asked: Vec<_> = tellings.filter_map(|telling| rules::untagged_helpers(emit, telling)).collect();
    (!asked.is_empty()).then(|| asked.concat())
}
