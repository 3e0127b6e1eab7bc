//! `with_` methods for optional fields, if the options ask for them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::super::{Context, docs, structs};
use super::parameter::Parameter;
use crate::ir::{AdditionalProperties, Field, Presence, Setters, Struct, Type};
use crate::names::Name;

/// The `with_` methods, in the order of the fields.
pub(super) fn all<'a>(
    cx: Context<'a>,
    object: &'a Struct,
    members: &'a [Name],
) -> impl Iterator<Item = TokenStream> + 'a {
    let is_chosen = object.setters == Setters::Generated;
    let optional = object.fields.iter().zip(members).filter(move |(field, _)| is_chosen && structs::is_optional(field));
    let rest = match (&object.additional, members.last()) {
        (AdditionalProperties::Kept(value), Some(name)) if is_chosen => additional(cx, value, name),
        _ => None,
    };
    optional.map(move |(field, name)| setter(cx, field, name)).chain(rest)
}

fn setter(cx: Context<'_>, field: &Field, name: &Name) -> TokenStream {
    let method = format_ident!("with_{}", name.plain());
    let docs = docs::line(&format!("Sets {}.", docs::code(name.plain())));
    let Parameter { ty, value, .. } = match field.presence {
        Presence::OptionalNullable => Parameter::of_untyped_nullable(cx, &field.ty, name),
        _ => Parameter::of_items(cx, &field.ty, name).unwrap_or_else(|| Parameter::of(cx, &field.ty, name)),
    };
    let value = if field.presence == Presence::Defaulted { value } else { quote!(Some(#value)) };
    quote! {
        #docs
        #[must_use]
        pub fn #method(mut self, #name: #ty) -> Self {
            self.#name = #value;
            self
        }
    }
}

/// The `with_` method for additional properties.
fn additional(cx: Context<'_>, value: &Type, name: &Name) -> Option<TokenStream> {
    let method = format_ident!("with_{}", name.plain());
    let map = Type::Map(Box::new(value.clone()));
    let Parameter { ty, value, .. } = Parameter::of_items(cx, &map, name)?;
    Some(quote! {
        #[doc = " Sets the additional properties."]
        #[must_use]
        pub fn #method(mut self, #name: #ty) -> Self {
            self.#name = #value;
            self
        }
    })
}
