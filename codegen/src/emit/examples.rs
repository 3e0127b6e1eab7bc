//! The examples of messages, for tests and for those who try things out.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emit, docs, json};
use crate::ir::{Event, Example};
use crate::names::Name;

/// One constant for each example of a payload.
pub(super) fn examples(emit: Emit<'_>) -> Option<TokenStream> {
    let examples = emit.api.events.iter().zip(&emit.names.examples);
    let constants: Vec<TokenStream> = examples
        .flat_map(|(event, names)| {
            event.examples.iter().zip(names).map(|(example, name)| constant(emit, event, example, name))
        })
        .collect();
    (!constants.is_empty()).then(|| {
        quote! {
            #[doc = " Payloads that the document gives as examples, in JSON."]
            pub mod examples {
                #(#constants)*
            }
        }
    })
}

fn constant(emit: Emit<'_>, event: &Event, example: &Example, name: &Name) -> TokenStream {
    let message = docs::code(&event.name);
    let docs = docs::text(&match &example.words {
        Some(words) => format!("{message}: {words}"),
        None => format!("{message}."),
    });
    let before = format!("    pub const {name}: &str = r#").len();
    let json = json::literal(&json::after(emit, before, &example.json));
    quote!(#docs pub const #name: &str = #json;)
}
