//! Decodes the argument of the handler's method.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::types::Wire;
use crate::emit::{Context, message_union, schemas, types};
use crate::ir::{Operation, OperationMessage, Type};

/// The expression that decodes a payload.
pub(super) fn decoded(cx: Context<'_>, ty: &Type) -> TokenStream {
    match types::wire(cx, ty) {
        Wire::Json => {
            let validated = schemas::validator(cx, ty).map(|validate| quote!(cx.decode_valid(#validate)?));
            validated.unwrap_or_else(|| quote!(cx.decode()?))
        }
        Wire::Text => quote!(cx.inbound().text()?.to_owned()),
        // `of_message` decodes the message that has arrived.
        Wire::Bytes | Wire::Mixed => quote!(cx.inbound().body().to_vec()),
        Wire::Own => {
            let ty = types::owned(cx, ty);
            quote!(<#ty as TryFrom<&[u8]>>::try_from(cx.inbound().body()).map_err(DecodeError::custom)?)
        }
    }
}

/// The argument of the handler's method for one message of the operation.
pub(super) fn of_message(cx: Context<'_>, operation: &Operation, message: &OperationMessage) -> TokenStream {
    let decoded = decoded(cx, &message.payload);
    if operation.payload == message.payload {
        return decoded;
    }
    match message_union::variant_of(cx, operation, message) {
        Some((union, variant)) => quote!(#union::#variant(#decoded)),
        // The argument is a JSON value, because another message accepts any.
        None => match schemas::validator(cx, &message.payload) {
            Some(validate) => quote!({
                let _ = cx.decode_valid(#validate)?;
                cx.decode()?
            }),
            None => decoded,
        },
    }
}
