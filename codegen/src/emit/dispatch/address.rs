//! Dispatches by the address, and by further rules if an address has several events.

use proc_macro2::TokenStream;
use quote::quote;

use super::{rules, subscriptions};
use crate::emit::{Context, reply};
use crate::ir::{Address, AddressRoute, AddressRoutes, ItemKind, MatchMode, Type, WithoutAddress};

pub(super) fn dispatch(cx: Context<'_>, addresses: &AddressRoutes) -> Vec<TokenStream> {
    let routes = addresses.routes.iter().map(move |arrival| {
        let (pattern, route) = (pattern(cx, addresses, arrival), rules::route(cx, &arrival.message));
        quote!(#pattern => #route,)
    });
    let calls = addresses.routes.iter().map(move |arrival| {
        let (pattern, call) = (pattern(cx, addresses, arrival), rules::handler_call(cx, &arrival.operation));
        quote!(#pattern => #call,)
    });
    let route_without = addresses.rule_without_address().map(|rule| {
        let route = rules::route(cx, rule);
        quote!(None => #route,)
    });
    let call_without = addresses.rule_without_address().map(|rule| {
        let call = rules::handler_call(cx, rule);
        quote!(None => #call,)
    });
    let rules = addresses.routes.iter().flat_map(|arrival| [&arrival.operation, &arrival.message]);
    let rules = rules.chain(addresses.rule_without_address());
    let functions = rules::functions(cx, &rules.collect::<Vec<_>>());
    let head = reply::implementing(cx);
    let subscriptions = subscriptions::subscriptions(cx);
    let dispatch = quote! {
        #head {
            fn route(&self, inbound: &Inbound) -> Result<Route, DecodeError> {
                let route = match inbound.channel() {
                    #(#routes)*
                    #route_without
                    other => Route::Unknown(other.map(str::to_owned)),
                };
                Ok(route)
            }

            fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
                Box::pin(async move {
                    match cx.channel() {
                        #(#calls)*
                        #call_without
                        other => self.handler.on_unknown(UnknownEvent::new(other), cx).await?,
                    }
                    Ok(())
                })
            }

            #subscriptions
        }
    };
    [dispatch].into_iter().chain(functions).collect()
}

fn pattern(cx: Context<'_>, addresses: &AddressRoutes, arrival: &AddressRoute) -> TokenStream {
    let name = &cx.names.channels[arrival.channel];
    let Address::Template(template) = &cx.api.channels[arrival.channel].address else {
        return match addresses.without_address {
            Some(WithoutAddress::Channel(channel)) if channel == arrival.channel => {
                quote!(None | Some(channels::#name))
            }
            _ => quote!(Some(channels::#name)),
        };
    };
    let parsed = quote!(address.parse::<channels::#name>());
    let fields = template.parameters.iter().zip(&cx.names.parameters[arrival.channel]);
    let listed: Vec<TokenStream> = fields
        .filter_map(|(parameter, field)| {
            let Type::Named(id) = &parameter.ty else { return None };
            let is_open = matches!(&cx.api.types[*id].shape, ItemKind::Enum(listed) if listed.is_open());
            let values = &cx.names.types[id];
            is_open.then(|| quote!(#values::KNOWN.contains(&address.#field)))
        })
        .collect();
    match arrival.match_mode {
        MatchMode::ListedValues if !listed.is_empty() => {
            quote!(Some(address) if #parsed.is_ok_and(|address| #(#listed)&&*))
        }
        MatchMode::ListedValues | MatchMode::AnyValue => quote!(Some(address) if #parsed.is_ok()),
    }
}
