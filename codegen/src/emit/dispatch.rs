//! The `Dispatcher`: from what arrived to the handler's method.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::types::Wire;
use super::{Emit, handler, reply, schemas, types};
use crate::ir::{Address, Carried, Operation, Routing, Shape, Type};
use crate::names::Name;

pub(super) fn dispatch(emit: Emit<'_>) -> Vec<TokenStream> {
    if emit.api.incoming().next().is_none() {
        return Vec::new();
    }
    let mut items = reply::dispatcher(emit);
    match &emit.api.routing {
        Routing::Channel => items.push(by_channel(emit)),
        Routing::Payload(_) | Routing::Header(_) => items.extend(by_name(emit)),
    }
    items
}

/// The payload out of the delivery.
fn decoded(emit: Emit<'_>, ty: &Type) -> TokenStream {
    match types::wire(emit, ty) {
        Wire::Json => {
            let validated = schemas::validator(emit, ty).map(|validate| quote!(cx.decode_valid(#validate)?));
            validated.unwrap_or_else(|| quote!(cx.decode()?))
        }
        Wire::Bytes => quote!(cx.inbound().body().to_vec()),
        Wire::Own => {
            let ty = types::owned(emit, ty);
            quote!(<#ty as TryFrom<&[u8]>>::try_from(cx.inbound().body()).map_err(DecodeError::custom)?)
        }
    }
}

/// The event's name decides.
fn by_name(emit: Emit<'_>) -> Vec<TokenStream> {
    let carried: Vec<(&Operation, &Name, &Carried)> = handler::incoming(emit)
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
    let arms = carried.iter().map(|(operation, method, message)| {
        let event = &emit.names.events[message.event];
        let payload = payload(emit, operation, message);
        let call = reply::call(emit, operation, method, &payload);
        quote!(Some(EventName::#event) => #call)
    });
    let head = reply::implementing(emit);
    let place = match &emit.api.routing {
        Routing::Payload(pointer) => {
            let pointer = pointer.to_string();
            quote!(.at(#pointer))
        }
        Routing::Header(_) | Routing::Channel => TokenStream::new(),
    };
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
                        #(#arms,)*
                        other => {
                            let name = other.as_ref().map(EventName::as_str);
                            self.handler.on_unknown(UnknownEvent::new(name) #place, cx).await?;
                        }
                    }
                    Ok(())
                })
            }
        }
    };
    vec![dispatch, event_name(emit)]
}

/// The handler's argument for one of an operation's messages.
fn payload(emit: Emit<'_>, operation: &Operation, message: &Carried) -> TokenStream {
    let decoded = decoded(emit, &message.payload);
    let Type::Named(id) = &operation.payload else { return decoded };
    let Shape::Union(union) = &emit.api.types[*id].shape else { return decoded };
    let is_joined = operation.payload != message.payload;
    // Two messages may have one type, so the type does not tell whose variant is meant.
    match union.variants.iter().position(|variant| variant.at == message.at) {
        Some(variant) if is_joined => {
            let (union, variant) = (&emit.names.types[id], &emit.names.members[id][variant]);
            quote!(#union::#variant(#decoded))
        }
        _ => decoded,
    }
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
        pub fn event_name(inbound: &Inbound) -> Result<Option<EventName>, DecodeError> {
            #body
        }
    }
}

/// The operations of one address, and the pattern that it matches.
struct Arm<'a> {
    pattern: TokenStream,
    operations: Vec<(&'a Operation, &'a Name)>,
}

/// The channel's address decides.
fn by_channel(emit: Emit<'_>) -> TokenStream {
    let arms = arms(emit);
    let patterns: Vec<&TokenStream> = arms.iter().map(|arm| &arm.pattern).collect();
    let events = arms.iter().filter_map(|arm| {
        let (operation, _) = arm.operations.first()?;
        operation.messages.first().map(|message| &emit.names.events[message.event])
    });
    let calls = arms.iter().map(|arm| calls(emit, &arm.operations));
    let head = reply::implementing(emit);
    quote! {
        #head {
            fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
                let route = match inbound.channel() {
                    #(#patterns => Route::Known(EventName::#events.to_string()),)*
                    other => Route::Unknown(other.map(str::to_owned)),
                };
                Ok(route)
            }

            fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
                Box::pin(async move {
                    match cx.channel() {
                        #(#patterns => #calls,)*
                        other => self.handler.on_unknown(UnknownEvent::new(other), cx).await?,
                    }
                    Ok(())
                })
            }
        }
    }
}

/// One arm an address: fixed ones first, then templates, those with the longest fixed parts first.
fn arms(emit: Emit<'_>) -> Vec<Arm<'_>> {
    let mut by_address: BTreeMap<(Reverse<usize>, usize), Arm<'_>> = BTreeMap::new();
    let mut first: BTreeMap<&str, (Reverse<usize>, usize)> = BTreeMap::new();
    for (operation, method) in handler::incoming(emit) {
        let channel = &emit.api.channels[operation.channel];
        let name = &emit.names.channels[operation.channel];
        let (address, fixed, pattern) = match &channel.address {
            Address::Fixed(address) => (address, usize::MAX, quote!(Some(channels::#name))),
            Address::Open => (&channel.key, usize::MAX, quote!(Some(channels::#name))),
            Address::Template(template) => {
                let fixed = template.text.len() - template.parameters.iter().map(|part| part.key.len()).sum::<usize>();
                let pattern = quote!(Some(address) if address.parse::<channels::#name>().is_ok());
                (&template.text, fixed, pattern)
            }
        };
        let key = *first.entry(address).or_insert((Reverse(fixed), operation.channel));
        by_address
            .entry(key)
            .or_insert_with(|| Arm { pattern, operations: Vec::new() })
            .operations
            .push((operation, method));
    }
    by_address.into_values().collect()
}

/// One operation is called; of several on one address, the first whose payload decodes.
fn calls(emit: Emit<'_>, operations: &[(&Operation, &Name)]) -> TokenStream {
    let decoding = |(operation, method): &(&Operation, &Name)| {
        reply::call(emit, operation, method, &decoded(emit, &operation.payload))
    };
    let wire = |(operation, _): &(&Operation, &Name)| types::wire(emit, &operation.payload);
    // Bytes are always bytes, so what takes them comes last, and whatever else does is never reached.
    let bytes = operations.iter().find(|operation| wire(operation) == Wire::Bytes);
    let mut operations: Vec<_> = operations.iter().filter(|operation| wire(operation) != Wire::Bytes).collect();
    operations.extend(bytes);
    let Some((last, others)) = operations.split_last() else { return quote!({}) };
    if others.is_empty() {
        return decoding(last);
    }
    let tried = others.iter().map(|(operation, method)| {
        let payload = types::owned(emit, &operation.payload);
        let call = reply::call(emit, operation, method, &quote!(event));
        let decoded = match types::wire(emit, &operation.payload) {
            Wire::Own => quote!(<#payload as TryFrom<&[u8]>>::try_from(cx.inbound().body())),
            Wire::Json | Wire::Bytes => {
                let validated = schemas::validator(emit, &operation.payload);
                let validated = validated.map(|validate| quote!(cx.decode_valid(#validate)));
                validated.unwrap_or_else(|| quote!(cx.decode::<#payload>()))
            }
        };
        quote!(if let Ok(event) = #decoded { #call })
    });
    let last = decoding(last);
    quote!({ #(#tried else)* { #last } })
}
