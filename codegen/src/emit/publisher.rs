//! The `Publisher`: one method for each operation that leaves.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::Wire;
use super::{Emit, content_type, docs, handler, types};
use crate::ir::{Address, Direction, Operation, Routing};
use crate::names::Name;

pub(super) fn publisher(emit: Emit<'_>) -> Vec<TokenStream> {
    let methods: Vec<TokenStream> = outgoing(emit).map(|(operation, name)| method(emit, operation, name)).collect();
    if methods.is_empty() {
        return Vec::new();
    }
    let title = emit.api.title.as_deref().unwrap_or("the document");
    let docs = docs::line(&format!("Sends the events of {} through a [`Transport`].", docs::phrase(title)));
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

/// The operations that leave, with the names of their methods.
pub(super) fn outgoing(emit: Emit<'_>) -> impl Iterator<Item = (&Operation, &Name)> {
    let operations = emit.api.operations.iter().zip(&emit.names.operations);
    operations.filter(|(operation, _)| operation.direction == Direction::Outgoing)
}

fn method(emit: Emit<'_>, operation: &Operation, name: &Name) -> TokenStream {
    let note = operation.reply.as_ref().map(|_| "Nobody waits for the reply here: `Requester` does.".to_owned());
    let docs = docs(emit, operation, note);
    let Sending { arguments, outbound } = sending(emit, operation);
    quote! {
        #docs
        pub async fn #name(&self, #arguments) -> Result<(), PublishError<T::Error>> {
            let outbound = #outbound;
            self.transport.send(outbound).await.map_err(PublishError::Transport)
        }
    }
}

/// The docs of what sends.
pub(super) fn docs(emit: Emit<'_>, operation: &Operation, note: Option<String>) -> TokenStream {
    let notes: Vec<String> = content_type::words(operation).into_iter().chain(note).collect();
    let note = (!notes.is_empty()).then(|| notes.join("\n\n"));
    docs::written(&operation.docs, || Some(format!("Sends {}.", handler::carried(emit, operation, "to"))), note)
}

/// How an operation becomes a message.
pub(super) struct Sending {
    pub(super) arguments: TokenStream,
    /// The message, from the arguments; `?` says that they have no JSON form.
    pub(super) outbound: TokenStream,
}

pub(super) fn sending(emit: Emit<'_>, operation: &Operation) -> Sending {
    let payload = types::borrowed(emit, &operation.payload);
    let channel = &emit.names.channels[operation.channel];
    let (argument, address) = match &emit.api.channels[operation.channel].address {
        Address::Fixed(_) => (None, quote!(channels::#channel)),
        Address::Template(_) => (Some(quote!(channel: &channels::#channel,)), quote!(channel.to_string())),
        Address::Open => (Some(quote!(channel: &str,)), quote!(channel)),
    };
    let header = match (&emit.api.routing, operation.only_message()) {
        (Routing::Header(name), Some(message)) => {
            let event = &emit.api.events[message.event].name;
            Some(quote!(.with_header(#name, #event)))
        }
        _ => None,
    };
    let headers = operation.only_message().and_then(|message| message.headers.as_ref());
    let headers = headers.map(|ty| types::borrowed(emit, ty));
    let encoded = headers.is_some().then(|| quote!(.with_headers(&Headers::encode(headers)?)));
    let content_type = content_type::header(emit, operation);
    let header = quote!(#content_type #header #encoded);
    let headers = headers.map(|ty| quote!(, headers: #ty));
    let outbound = match types::wire(emit, &operation.payload) {
        Wire::Json => quote!(Outbound::json(#address, event)? #header),
        Wire::Text => quote!(Outbound::new(#address, event.to_owned()) #header),
        Wire::Bytes => quote!(Outbound::new(#address, event.to_vec()) #header),
        Wire::Mixed => quote!(event.outbound(#address)? #header),
        Wire::Own => quote!(Outbound::new(#address, Vec::<u8>::from(event)) #header),
    };
    Sending { arguments: quote!(#argument event: #payload #headers), outbound }
}
