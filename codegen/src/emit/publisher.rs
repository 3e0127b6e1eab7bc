//! The `Publisher`: one method for each operation that leaves.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emit, docs, types};
use crate::ir::{Direction, Operation, Routing};
use crate::names::Name;

pub(super) fn publisher(emit: Emit<'_>) -> Vec<TokenStream> {
    let outgoing = emit.api.operations.iter().zip(&emit.names.operations);
    let outgoing = outgoing.filter(|(operation, _)| operation.direction == Direction::Outgoing);
    let methods: Vec<TokenStream> = outgoing.map(|(operation, name)| method(emit, operation, name)).collect();
    if methods.is_empty() {
        return Vec::new();
    }
    let title = emit.api.title.as_deref().unwrap_or("the document");
    let docs = docs::line(&format!("Sends the events of {title} through a [`Transport`]."));
    let definition = quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct Publisher<T> {
            transport: T,
        }
    };
    let methods = quote! {
        impl<T: Transport> Publisher<T> {
            #[doc = " Sends through this transport."]
            pub fn new(transport: T) -> Self {
                Self { transport }
            }

            #(#methods)*
        }
    };
    vec![definition, methods]
}

fn method(emit: Emit<'_>, operation: &Operation, name: &Name) -> TokenStream {
    let docs = docs::docs_or(&operation.docs, || {
        let (event, channel) = (&emit.api.events[operation.event], &emit.api.channels[operation.channel]);
        Some(format!("Sends {} to {}.", docs::code(&event.name), docs::code(&channel.address)))
    });
    let payload = types::borrowed(emit, &operation.payload);
    let channel = &emit.names.channels[operation.channel];
    let header = match &emit.api.routing {
        Routing::Header(name) => {
            let event = &emit.api.events[operation.event].name;
            Some(quote!(.with_header(#name, #event)))
        }
        Routing::Payload(_) | Routing::Channel => None,
    };
    quote! {
        #docs
        pub async fn #name(&self, event: #payload) -> Result<(), PublishError<T::Error>> {
            let outbound = Outbound::json(channels::#channel, event)? #header;
            self.transport.send(outbound).await.map_err(PublishError::Transport)
        }
    }
}
