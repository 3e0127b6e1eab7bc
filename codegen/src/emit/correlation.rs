//! Functions that read the correlation id of a message.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, docs};
use crate::location::RuntimeExpression;

/// One function for each event with a correlation id.
pub(super) fn correlation_ids(cx: Context<'_>) -> Option<TokenStream> {
    let functions: Vec<TokenStream> = (cx.names.correlations.iter())
        .filter_map(|(index, name)| {
            let event = &cx.api.events[*index];
            let (place, body) = match event.correlation.as_ref()? {
                RuntimeExpression::Header(header) => {
                    let place = format!("the header {}", docs::code(header));
                    (place, quote!(Ok(inbound.header(#header).map(str::to_owned))))
                }
                RuntimeExpression::Payload(pointer) => {
                    let pointer = pointer.as_str();
                    (format!("{} in the payload", docs::code(pointer)), quote!(inbound.peek_id(#pointer)))
                }
            };
            let docs = docs::line(&format!("The correlation id of {}: {place}.", docs::code(&event.name)));
            Some(quote! {
                #docs
                pub fn #name(inbound: &Inbound) -> Result<Option<String>, DecodeError> {
                    #body
                }
            })
        })
        .collect();
    (!functions.is_empty()).then(|| {
        quote! {
            #[doc = " The correlation ids of messages."]
            pub mod correlation_ids {
                use asyncapi_runtime::{DecodeError, Inbound};

                #(#functions)*
            }
        }
    })
}
