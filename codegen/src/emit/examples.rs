//! Constants for the examples of messages.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, docs, literal};
use crate::ir::{Event, Example, ExampleTarget};
use crate::names::Name;

/// One constant for each example of a payload or of headers.
pub(super) fn examples(cx: Context<'_>) -> Option<TokenStream> {
    let examples = cx.api.events.iter().zip(&cx.names.examples);
    let constants: Vec<TokenStream> = examples
        .flat_map(|(event, names)| {
            event.examples.iter().zip(names).map(|(example, name)| constant(event, example, name))
        })
        .collect();
    let has_headers = cx.api.events.iter().flat_map(|event| &event.examples).any(is_of_headers);
    let what = if has_headers { "Payloads and headers" } else { "Payloads" };
    let docs = docs::line(&format!("{what} that the document gives as examples, in JSON."));
    (!constants.is_empty()).then(|| {
        quote! {
            #docs
            pub mod examples {
                #(#constants)*
            }
        }
    })
}

fn is_of_headers(example: &Example) -> bool {
    example.target == ExampleTarget::Headers
}

fn constant(event: &Event, example: &Example, name: &Name) -> TokenStream {
    let message = match example.target {
        ExampleTarget::Payload => docs::code(&event.name),
        ExampleTarget::Headers => format!("The headers of {}", docs::code(&event.name)),
    };
    let docs = docs::text(&match &example.summary {
        Some(summary) => format!("{message}: {summary}"),
        None => format!("{message}."),
    });
    let json = literal::text(&serde_json::to_string_pretty(&example.value).unwrap_or_default());
    quote!(#docs pub const #name: &str = #json;)
}
