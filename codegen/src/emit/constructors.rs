//! Constructors: `new` takes the required fields, and `with_` methods set the optional ones if the options ask for them.

mod parameter;
mod setters;

use proc_macro2::TokenStream;
use quote::quote;

use self::parameter::Parameter;
use super::{Context, defaults, structs};
use crate::ir::{AdditionalProperties, Field, ItemKind, Presence, Struct, Type, TypeId};
use crate::names::Name;

/// Beyond, `clippy::too_many_arguments` warns.
const MOST_PARAMETERS: usize = 7;

pub(super) fn define(cx: Context<'_>, id: TypeId, object: &Struct) -> Vec<TokenStream> {
    let name = &cx.names.types[&id];
    let members = &cx.names.members[&id];
    let has_required = object.fields.iter().any(|field| !structs::is_optional(field));
    let parameter_count = object.fields.iter().filter(|field| is_parameter(cx, field)).count();
    let setters: Vec<TokenStream> = setters::all(cx, object, members).collect();
    let inherent = (parameter_count > 0 || !setters.is_empty()).then(|| {
        let new = (parameter_count > 0).then(|| new(cx, parameter_count, object, members));
        quote!(impl #name { #new #(#setters)* })
    });
    // If all required fields have one possible value, `Default` sets them.
    let default = (has_required && parameter_count == 0).then(|| {
        let fields = fields(cx, object, members);
        quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self { #(#fields)* }
                }
            }
        }
    });
    inherent.into_iter().chain(default).collect()
}

fn new(cx: Context<'_>, parameter_count: usize, object: &Struct, members: &[Name]) -> TokenStream {
    let (arguments, fields) = (arguments(cx, object, members), fields(cx, object, members));
    let many = (parameter_count > MOST_PARAMETERS).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    quote! {
        #[doc = " Creates a value from its required fields."]
        #[must_use]
        #many
        pub fn new(#(#arguments)*) -> Self {
            Self { #(#fields)* }
        }
    }
}

fn arguments<'a>(cx: Context<'a>, object: &'a Struct, members: &'a [Name]) -> impl Iterator<Item = TokenStream> + 'a {
    let parameters = object.fields.iter().zip(members).filter_map(move |field| parameter(cx, field));
    parameters.map(|Parameter { name, ty, .. }| quote!(#name: #ty,))
}

/// The fields of the struct expression. Parameters have the names of their fields.
fn fields<'a>(cx: Context<'a>, object: &'a Struct, members: &'a [Name]) -> impl Iterator<Item = TokenStream> + 'a {
    let field = move |(field, name): (&Field, &Name)| match parameter(cx, (field, name)) {
        Some(Parameter { is_plain: true, .. }) => quote!(#name,),
        Some(Parameter { value, .. }) => quote!(#name: #value,),
        None if field.presence == Presence::Defaulted => {
            let value = defaults::default_expression(name);
            quote!(#name: #value,)
        }
        None => {
            let value = only_value(cx, field).unwrap_or_else(|| quote!(None));
            quote!(#name: #value,)
        }
    };
    let extra = match (&object.additional, members.last()) {
        (AdditionalProperties::Kept(value), Some(name)) => {
            let empty = match value {
                Type::Any => quote!(Map::new()),
                _ if cx.api.output.map_type.is_some() => quote!(Default::default()),
                _ => quote!(BTreeMap::new()),
            };
            Some(quote!(#name: #empty,))
        }
        _ => None,
    };
    object.fields.iter().zip(members).map(field).chain(extra)
}

/// The parameter of a required field with more than one possible value.
fn parameter(cx: Context<'_>, (field, name): (&Field, &Name)) -> Option<Parameter> {
    is_parameter(cx, field).then(|| match field.presence {
        Presence::RequiredNullable => Parameter::of_nullable(cx, &field.ty, name),
        _ => Parameter::of(cx, &field.ty, name),
    })
}

fn is_parameter(cx: Context<'_>, field: &Field) -> bool {
    !structs::is_optional(field) && only_value(cx, field).is_none()
}

/// The value of a required field that has only one possible value.
fn only_value(cx: Context<'_>, field: &Field) -> Option<TokenStream> {
    if field.presence != Presence::Required {
        return None;
    }
    match &field.ty {
        Type::EventName => match &cx.names.events[..] {
            [only] => Some(quote!(EventName::#only)),
            _ => None,
        },
        Type::Named(id) => match (&cx.api.types[*id].shape, &cx.names.members[id][..]) {
            (ItemKind::Enum(_), [only]) => {
                let ty = &cx.names.types[id];
                Some(quote!(#ty::#only))
            }
            _ => None,
        },
        _ => None,
    }
}
