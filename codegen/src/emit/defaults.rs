//! Defaults of properties: as methods, or as values of missing fields.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{Context, docs, lenient_integers, literal, types};
use crate::ir::{self, DefaultValue, Field, ItemKind, Presence, Struct, Type, TypeId};
use crate::limits::MAX_DOCUMENTED_DEFAULT;
use crate::names::Name;

/// The `impl` with the defaults of a struct, if it has any.
pub(super) fn methods<'a>(
    cx: Context<'a>,
    name: &'a Name,
    object: &'a Struct,
    members: &'a [Name],
) -> Option<TokenStream> {
    let methods = object.fields.iter().zip(members).filter_map(move |(field, member)| match field.presence {
        Presence::Optional => accessor(cx, field, member),
        Presence::Defaulted => default_functions(cx, field, member),
        _ => None,
    });
    let methods: Vec<TokenStream> = methods.collect();
    (!methods.is_empty()).then(|| quote!(impl #name { #(#methods)* }))
}

/// `Default` with the defaults of the document.
pub(super) fn filled_default<'a>(
    name: &'a Name,
    object: &'a Struct,
    members: &'a [Name],
    has_extra: bool,
) -> TokenStream {
    let fields = object.fields.iter().zip(members).map(|(field, member)| {
        let value = if field.presence == Presence::Defaulted { default_expression(member) } else { quote!(None) };
        quote!(#member: #value,)
    });
    let extra = members.last().filter(|_| has_extra).map(|member| quote!(#member: Default::default(),));
    quote! {
        impl Default for #name {
            fn default() -> Self {
                Self { #(#fields)* #extra }
            }
        }
    }
}

/// The expression for the default of a field.
pub(super) fn default_expression(member: &Name) -> TokenStream {
    let function = function_name(DefaultFunction::Default, member);
    quote!(Self::#function())
}

/// The serde attributes of a field that gets its default when it is missing.
pub(super) fn attributes(owner: &Name, member: &Name) -> [TokenStream; 2] {
    let path = |kind: DefaultFunction| format!("{owner}::{}", function_name(kind, member));
    let (default, read) = (path(DefaultFunction::Default), path(DefaultFunction::Read));
    [quote!(default = #default), quote!(deserialize_with = #read)]
}

/// A sentence with the default.
pub(super) fn note(field: &Field) -> Option<String> {
    let default = field.default.as_ref().filter(|default| default.json.len() <= MAX_DOCUMENTED_DEFAULT)?;
    Some(format!("The default is {}.", docs::code(&default.json)))
}

/// The method that returns the value of a field, or its default.
fn accessor(cx: Context<'_>, field: &Field, member: &Name) -> Option<TokenStream> {
    let default = field.default.as_ref()?;
    let value = default.value.as_ref()?;
    let method = Ident::new(&format!("{}_or_default", member.plain()), Span::call_site());
    let expression = expression(cx, value);
    let (ty, body) = match value {
        DefaultValue::Text(_) => (quote!(&str), quote!(self.#member.as_deref().unwrap_or(#expression))),
        DefaultValue::EmptyList => {
            (types::borrowed(cx, &field.ty), quote!(self.#member.as_deref().unwrap_or_default()))
        }
        DefaultValue::Variant(id, _) if !is_copy(cx, *id) => {
            let ty = types::owned(cx, &Type::Named(*id));
            (quote!(&#ty), quote!(self.#member.as_ref().unwrap_or(&#expression)))
        }
        DefaultValue::JsonNumber(_) => {
            (types::owned(cx, &field.ty), quote!(self.#member.clone().unwrap_or_else(|| #expression)))
        }
        _ => (types::owned(cx, &field.ty), quote!(self.#member.unwrap_or(#expression))),
    };
    let docs = docs::line(&format!("{}, or {} if it is missing.", docs::code(&field.name), docs::code(&default.json)));
    let deprecated = field.docs.deprecated.then(|| quote!(#[deprecated]));
    Some(quote! {
        #docs
        #deprecated
        pub fn #method(&self) -> #ty {
            #body
        }
    })
}

/// The functions for a missing property and for `null`.
fn default_functions(cx: Context<'_>, field: &Field, member: &Name) -> Option<TokenStream> {
    let value = field.default.as_ref()?.value.as_ref()?;
    let (default, read) =
        (function_name(DefaultFunction::Default, member), function_name(DefaultFunction::Read, member));
    let ty = types::owned(cx, &field.ty);
    let expression = expression(cx, value);
    let expression = match value {
        DefaultValue::Text(_) => quote!(#expression.to_owned()),
        _ => expression,
    };
    let reader = lenient_integers::reader(cx, &field.ty).map(lenient_integers::IntReader::function);
    let optional = reader.map_or_else(|| quote!(Option::deserialize), |reader| quote!(#reader::<D, Option<_>>));
    Some(quote! {
        fn #default() -> #ty {
            #expression
        }

        fn #read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<#ty, D::Error> {
            #optional(deserializer).map(|value| value.unwrap_or_else(Self::#default))
        }
    })
}

/// The two functions of such a field.
#[derive(Clone, Copy)]
enum DefaultFunction {
    Default,
    Read,
}

fn function_name(kind: DefaultFunction, member: &Name) -> Ident {
    let prefix = match kind {
        DefaultFunction::Default => "default",
        DefaultFunction::Read => "read",
    };
    Ident::new(&format!("{prefix}_{}", member.plain()), Span::call_site())
}

fn expression(cx: Context<'_>, value: &DefaultValue) -> TokenStream {
    match value {
        DefaultValue::Boolean(value) => quote!(#value),
        DefaultValue::Integer(width, value) => literal::integer(*value, *width),
        DefaultValue::JsonNumber(value) => {
            let value = literal::json_integer(*value);
            quote!(serde_json::Number::from(#value))
        }
        DefaultValue::Number(value) => literal::number(*value),
        DefaultValue::Text(text) => quote!(#text),
        DefaultValue::Variant(id, index) => {
            let (name, variant) = (&cx.names.types[id], &cx.names.members[id][*index]);
            quote!(#name::#variant)
        }
        DefaultValue::EmptyList => quote!(Vec::new()),
    }
}

fn is_copy(cx: Context<'_>, id: TypeId) -> bool {
    match &cx.api.types[id].shape {
        ItemKind::Enum(listed) => {
            let is_number = matches!(listed.members, ir::Members::Integers(..) | ir::Members::Numbers(_));
            is_number || !listed.is_open()
        }
        _ => false,
    }
}
