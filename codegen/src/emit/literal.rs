//! Rust expressions for values of the document.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::ir::Width;
use crate::json::Value;

/// A string literal, raw if it would need escapes.
pub(super) fn text(text: &str) -> TokenStream {
    if !text.contains(['"', '\\', '\n']) {
        return quote!(#text);
    }
    let mut fence = String::from("#");
    while text.contains(&format!("\"{fence}")) {
        fence.push('#');
    }
    format!("r{fence}\"{text}\"{fence}").parse().unwrap_or_else(|_| quote!(#text))
}

/// An expression of the type `Value`.
pub(super) fn json(value: &Value) -> TokenStream {
    match value {
        Value::Null => quote!(Value::Null),
        Value::Sequence(_) | Value::Mapping(_) => {
            let inner = inner(value);
            quote!(serde_json::json!(#inner))
        }
        scalar => {
            let scalar = inner(scalar);
            quote!(Value::from(#scalar))
        }
    }
}

/// An argument of `json!`.
fn inner(value: &Value) -> TokenStream {
    match value {
        Value::Null => quote!(null),
        Value::Bool(value) => quote!(#value),
        Value::Integer(value) => json_integer(*value),
        Value::Float(value) => number(*value),
        Value::String(text) => quote!(#text),
        Value::Sequence(items) => {
            let items = items.iter().map(inner);
            quote!([#(#items),*])
        }
        Value::Mapping(entries) => {
            let entries = entries.iter().map(|(key, value)| {
                let value = inner(value);
                quote!(#key: #value)
            });
            quote!({#(#entries),*})
        }
    }
}

/// A boolean, a finite number, a string, or an integer where its type is known.
pub(super) fn scalar(value: &Value) -> TokenStream {
    match value {
        Value::Integer(value) => integer(*value, Width::I64),
        other => inner(other),
    }
}

/// An integer as `serde_json` stores it: beyond 64 bits, the nearest `f64`.
pub(super) fn json_integer(value: i128) -> TokenStream {
    match (i64::try_from(value), u64::try_from(value)) {
        (Ok(small), _) if i32::try_from(small).is_ok() => integer(value, Width::I32),
        (Ok(value), _) => {
            let literal = Literal::i64_suffixed(value);
            quote!(#literal)
        }
        (_, Ok(value)) => {
            let literal = Literal::u64_suffixed(value);
            quote!(#literal)
        }
        (Err(_), Err(_)) => json_number(value),
    }
}

/// The nearest `f64` of an integer.
pub(super) fn json_number(value: i128) -> TokenStream {
    number(value.to_string().parse().unwrap_or_default())
}

/// An integer literal without a suffix.
pub(super) fn integer(value: i128, width: Width) -> TokenStream {
    let magnitude = Literal::u128_unsuffixed(value.unsigned_abs());
    // `i128::MIN` has no literal: its magnitude does not fit.
    if value == *width.range().start() && value < 0 && width == Width::I128 {
        return quote!(i128::MIN);
    }
    if value < 0 { quote!(-#magnitude) } else { quote!(#magnitude) }
}

/// An `f64` literal; zero for values that JSON does not have.
pub(super) fn number(value: f64) -> TokenStream {
    let magnitude = Literal::f64_unsuffixed(if value.is_finite() { value.abs() } else { 0.0 });
    if value.is_sign_negative() { quote!(-#magnitude) } else { quote!(#magnitude) }
}
