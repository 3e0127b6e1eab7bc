//! The `Publisher`, with one method for each outgoing operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::Wire;
use super::{Context, content_type, docs, handler, message_union, types};
use crate::ir::{Address, Direction, ItemKind, Operation, Routing, Type};
use crate::location::RuntimeExpression;
use crate::names::Name;

pub(super) fn publisher(cx: Context<'_>) -> Vec<TokenStream> {
    let mut methods = outgoing(cx).map(move |(operation, name)| method(cx, operation, name)).peekable();
    if methods.peek().is_none() {
        return Vec::new();
    }
    let title = cx.api.title.as_deref().unwrap_or("the document");
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

/// The outgoing operations, with the names of their methods.
pub(super) fn outgoing(cx: Context<'_>) -> impl Iterator<Item = (&Operation, &Name)> {
    let operations = cx.api.operations.iter().zip(&cx.names.operations);
    operations.filter(|(operation, _)| operation.direction == Direction::Outgoing)
}

fn method(cx: Context<'_>, operation: &Operation, name: &Name) -> TokenStream {
    let note =
        operation.reply.as_ref().map(|_| "This method does not wait for the reply; `Requester` does.".to_owned());
    let docs = docs(cx, operation, note);
    let PublishCall { arguments, outbound } = sending(cx, operation);
    quote! {
        #docs
        pub async fn #name(&self, #arguments) -> Result<(), PublishError<T::Error>> {
            let outbound = #outbound;
            self.transport.send(outbound).await.map_err(PublishError::Transport)
        }
    }
}

/// The docs of a method that sends.
pub(super) fn docs(cx: Context<'_>, operation: &Operation, note: Option<String>) -> TokenStream {
    let notes = [content_type::sentence(operation), headers_sentence(cx, operation), note];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    let note = (!notes.is_empty()).then(|| notes.join("\n\n"));
    docs::to_lines(
        &operation.docs,
        || Some(format!("Sends {}.", handler::messages_and_address(cx, operation, "to"))),
        note,
    )
}

/// The arguments of a method that sends, and the message from them.
pub(super) struct PublishCall {
    pub(super) arguments: TokenStream,
    /// The expression of the message. It returns with `?` if an argument cannot be serialized.
    pub(super) outbound: TokenStream,
}

pub(super) fn sending(cx: Context<'_>, operation: &Operation) -> PublishCall {
    let payload = types::borrowed(cx, &operation.payload);
    let channel = &cx.names.channels[operation.channel];
    let (argument, address) = match &cx.api.channels[operation.channel].address {
        Address::Fixed(_) => (None, quote!(channels::#channel)),
        Address::Template(_) => (Some(quote!(channel: &channels::#channel,)), quote!(channel.to_string())),
        Address::Unknown => (Some(quote!(channel: &str,)), quote!(channel)),
    };
    let header = match (&cx.api.routing, operation.only_message()) {
        (Routing::ByName(RuntimeExpression::Header(name)), Some(message)) => {
            let event = &cx.api.events[message.event].name;
            Some(quote!(.with_header(#name, #event)))
        }
        _ => None,
    };
    let (headers, encoded) = match headers(cx, operation) {
        PayloadArgs::Nothing => (None, None),
        PayloadArgs::Typed(ty) => (Some(ty), Some(quote!(.with_headers(&Headers::encode(headers)?)))),
        PayloadArgs::Any => (Some(quote!(&Headers)), Some(quote!(.with_headers(headers)))),
    };
    let content_type = content_type::header(cx, operation);
    let header = quote!(#content_type #header #encoded);
    let headers = headers.map(|ty| quote!(, headers: #ty));
    let outbound = match types::wire(cx, &operation.payload) {
        Wire::Json => quote!(Outbound::json(#address, event)? #header),
        Wire::Text => quote!(Outbound::new(#address, event.to_owned()) #header),
        Wire::Bytes => quote!(Outbound::new(#address, event.to_vec()) #header),
        Wire::Mixed => quote!(event.outbound(#address)? #header),
        Wire::Own => quote!(Outbound::new(#address, Vec::<u8>::from(event)) #header),
    };
    let outbound = named(cx, operation, &outbound).unwrap_or(outbound);
    PublishCall { arguments: quote!(#argument event: #payload #headers), outbound }
}

/// The headers among the arguments.
enum PayloadArgs {
    Nothing,
    /// The headers of the only message.
    Typed(TokenStream),
    /// One of several messages is sent, and at least one has headers.
    Any,
}

fn headers(cx: Context<'_>, operation: &Operation) -> PayloadArgs {
    match operation.only_message() {
        Some(message) => match &message.headers {
            Some(ty) => PayloadArgs::Typed(types::borrowed(cx, ty)),
            None => PayloadArgs::Nothing,
        },
        None if operation.messages.iter().any(|message| message.headers.is_some()) => PayloadArgs::Any,
        None => PayloadArgs::Nothing,
    }
}

/// A sentence on the headers of several messages.
fn headers_sentence(cx: Context<'_>, operation: &Operation) -> Option<String> {
    let PayloadArgs::Any = headers(cx, operation) else { return None };
    let listed = operation.messages.iter().filter_map(|message| {
        let event = docs::code(&cx.api.events[message.event].name);
        let Some(Type::Named(id)) = &message.headers else { return None };
        Some(format!("a `{}` for {event}", cx.names.types[id].plain()))
    });
    let listed: Vec<String> = listed.collect();
    (!listed.is_empty()).then(|| format!("The headers come from `Headers::encode`: {}.", listed.join(", ")))
}

/// The message with the header for the event's name, which depends on the variant.
fn named(cx: Context<'_>, operation: &Operation, outbound: &TokenStream) -> Option<TokenStream> {
    let (Routing::ByName(RuntimeExpression::Header(header)), None) = (&cx.api.routing, operation.only_message()) else {
        return None;
    };
    let Type::Named(id) = &operation.payload else { return None };
    let def = &cx.api.types[*id];
    let variants = def.shape.variants()?;
    let is_open = matches!(&def.shape, ItemKind::Union(union) if union.is_open());
    let arms = operation.messages.iter().filter_map(|message| {
        let (union, variant) = message_union::variant_of(cx, operation, message)?;
        let event = &cx.api.events[message.event].name;
        Some(quote!(#union::#variant(_) => outbound.with_header(#header, #event)))
    });
    let arms: Vec<TokenStream> = arms.collect();
    // An unknown alternative has no event name.
    let others = (is_open || arms.len() < variants.len()).then(|| quote!(_ => outbound));
    Some(quote!({
        let outbound = #outbound;
        match event { #(#arms,)* #others }
    }))
}
