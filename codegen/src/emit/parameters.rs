//! Parameters of addresses: docs, defaults, and values from messages.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

use super::{Context, channels, docs};
use crate::ir::{Docs, ItemKind, Members, OutputScope, Parameter, Template, Type};
use crate::location::RuntimeExpression;
use crate::names::Name;

/// The docs of a parameter, with its default and its location in messages.
pub(super) fn parameter_docs(parameter: &Parameter) -> TokenStream {
    let default = parameter.default.as_ref().map(|default| format!("The default is {}.", docs::code(default)));
    let location =
        parameter.location.as_ref().map(|location| format!("In messages, it is {}.", location_phrase(location)));
    let paragraphs = [parameter.docs.description.clone(), default, location];
    let description: Vec<String> = paragraphs.into_iter().flatten().collect();
    let description = (!description.is_empty()).then(|| description.join("\n\n"));
    docs::docs(&Docs { description, ..parameter.docs.clone() })
}

fn location_phrase(location: &RuntimeExpression) -> String {
    match location {
        RuntimeExpression::Header(name) => format!("the header {}", docs::code(name)),
        RuntimeExpression::Payload(pointer) => format!("{} in the payload", docs::code(pointer.as_str())),
    }
}

/// `Default`, if every parameter has a default.
pub(super) fn default(cx: Context<'_>, name: &Name, template: &Template, fields: &[Name]) -> Option<TokenStream> {
    let values = template.parameters.iter().map(|parameter| value(cx, parameter));
    let values: Vec<TokenStream> = values.collect::<Option<_>>()?;
    Some(quote! {
        impl Default for #name {
            fn default() -> Self {
                Self { #(#fields: #values),* }
            }
        }
    })
}

/// The default of a parameter as an expression of its type.
fn value(cx: Context<'_>, parameter: &Parameter) -> Option<TokenStream> {
    let text = parameter.default.as_deref()?;
    match &parameter.ty {
        Type::String => Some(quote!(#text.to_owned())),
        Type::Boolean => text.parse::<bool>().ok().map(|value| quote!(#value)),
        Type::Integer(_) => text.parse::<i128>().ok().and_then(|_| text.parse::<TokenStream>().ok()),
        Type::Double => text.parse().ok().map(|value| Literal::f64_unsuffixed(value).into_token_stream()),
        Type::Named(id) => match &cx.api.types[*id].shape {
            ItemKind::Enum(listed) => {
                let Members::Texts(values) = &listed.members else { return None };
                let position = values.iter().position(|value| value.value == text)?;
                let (name, variant) = (&cx.names.types[id], &cx.names.members[id][position]);
                Some(quote!(#name::#variant))
            }
            _ => None,
        },
        _ => None,
    }
}

/// `of`, which builds an address from a message that contains every parameter.
pub(super) fn from_message(cx: Context<'_>, name: &Name, template: &Template, fields: &[Name]) -> Option<TokenStream> {
    if !has_from_message(cx, template) {
        return None;
    }
    let read = template.parameters.iter().zip(fields).filter_map(|(parameter, field)| {
        let found = match parameter.location.as_ref()? {
            RuntimeExpression::Header(header) => quote!(inbound.header(#header).map(str::to_owned)),
            RuntimeExpression::Payload(pointer) => {
                let pointer = pointer.as_str();
                quote!(inbound.peek(#pointer)?)
            }
        };
        Some(quote!(let Some(#field) = #found else { return Ok(None) };))
    });
    let values = template.parameters.iter().zip(fields).map(|(parameter, field)| {
        if parameter.ty == Type::String {
            return quote!(#field);
        }
        let value = channels::parse_expression(cx, &parameter.ty, field, &quote!(DecodeError::custom(OtherChannel)));
        quote!(#field: #value)
    });
    Some(quote! {
        impl #name {
            #[doc = " The address from the values in a message. `None` if a value is missing."]
            pub fn of(inbound: &Inbound) -> Result<Option<Self>, DecodeError> {
                #(#read)*
                Ok(Some(Self { #(#values),* }))
            }
        }
    })
}

/// Whether every parameter of an address has a location in messages.
pub(super) fn has_from_message(cx: Context<'_>, template: &Template) -> bool {
    cx.api.output.scope == OutputScope::Everything
        && template.parameters.iter().all(|parameter| parameter.location.is_some())
}
