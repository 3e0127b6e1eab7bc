//! The examples of messages, for tests and for those who try things out.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Emit, docs};
use crate::ir::{Event, Example};
use crate::names::Name;

/// One constant for each example of a payload.
pub(super) fn examples(emit: Emit<'_>) -> Option<TokenStream> {
    let examples = emit.api.events.iter().zip(&emit.names.examples);
    let constants: Vec<TokenStream> = examples
        .flat_map(|(event, names)| {
            event.examples.iter().zip(names).map(|(example, name)| constant(event, example, name))
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

fn constant(event: &Event, example: &Example, name: &Name) -> TokenStream {
    let message = docs::code(&event.name);
    let docs = docs::text(&match &example.words {
        Some(words) => format!("{message}: {words}"),
        None => format!("{message}."),
    });
    let json = raw(&example.json);
    quote!(#docs pub const #name: &str = #json;)
}

/// The text as it is, in as many signs around it as it takes.
fn raw(text: &str) -> Literal {
    let mut signs = String::from("#");
    while text.contains(&format!("\"{signs}")) {
        signs.push('#');
    }
    let literal = format!("r{signs}\"{text}\"{signs}").parse();
    literal.unwrap_or_else(|_| Literal::string(text))
}
