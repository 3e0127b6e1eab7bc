//! The channels that the dispatcher receives from, for transports that subscribe.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::Context;
use crate::ir::{Address, BindingOwner, Constant, ConstantValue};

/// The method `subscriptions`; `None` if no address is known.
pub(super) fn subscriptions(cx: Context<'_>) -> Option<TokenStream> {
    let channels = cx.api.channels.iter().enumerate();
    let subscriptions: Vec<TokenStream> = channels.filter_map(|(index, _)| subscription(cx, index)).collect();
    (!subscriptions.is_empty()).then(|| {
        quote! {
            fn subscriptions(&self) -> &'static [asyncapi_runtime::Subscription] {
                const SUBSCRIPTIONS: &[asyncapi_runtime::Subscription] = &[#(#subscriptions),*];
                SUBSCRIPTIONS
            }
        }
    })
}

/// The subscription to a channel; `None` if nothing is received from it, or its address is not known.
fn subscription(cx: Context<'_>, index: usize) -> Option<TokenStream> {
    let channel = &cx.api.channels[index];
    let address = match &channel.address {
        Address::Fixed(address) => address,
        Address::Template(template) => &template.text,
        Address::Unknown => return None,
    };
    let operations: Vec<&str> = cx
        .api
        .incoming()
        .filter(|operation| operation.channel == index)
        .map(|operation| operation.id.as_str())
        .collect();
    if operations.is_empty() {
        return None;
    }
    let bindings = cx.api.bindings.iter().filter(|binding| match binding.owner {
        BindingOwner::Channel => binding.key == channel.key,
        BindingOwner::Operation => operations.contains(&binding.key.as_str()),
        BindingOwner::Server | BindingOwner::Message => false,
    });
    let bindings: Vec<TokenStream> = bindings.flat_map(|binding| &binding.constants).map(binding_pair).collect();
    let bindings = (!bindings.is_empty()).then(|| quote!(.with_bindings(&[#(#bindings),*])));
    Some(quote!(asyncapi_runtime::Subscription::new(#address) #bindings))
}

fn binding_pair(constant: &Constant) -> TokenStream {
    let (label, value) = (&constant.label, &constant.value);
    let text = match value {
        ConstantValue::Scalar(scalar) => match serde_json::Value::from(scalar) {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        },
        ConstantValue::Slice(items) => {
            serde_json::Value::Array(items.iter().map(serde_json::Value::from).collect()).to_string()
        }
        ConstantValue::Json(text) => text.clone(),
    };
    quote!((#label, #text))
}
