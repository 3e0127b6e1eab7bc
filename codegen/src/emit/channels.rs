//! The channels' addresses.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emit, docs};

pub(super) fn channels(emit: Emit<'_>) -> Option<TokenStream> {
    if emit.api.channels.is_empty() {
        return None;
    }
    let constants = emit.api.channels.iter().zip(&emit.names.channels).map(|(channel, name)| {
        let address = &channel.address;
        let docs = docs::docs(&channel.docs);
        quote!(#docs pub const #name: &str = #address;)
    });
    Some(quote! {
        #[doc = " The addresses of the channels."]
        pub mod channels {
            #(#constants)*
        }
    })
}
