//! How a struct is made: `new` takes what is required, and a method each, where that is chosen, what is not.

mod parameter;
mod setters;

use proc_macro2::TokenStream;
use quote::quote;

use self::parameter::Parameter;
use super::{Emit, defaults, structs};
use crate::ir::{Extra, Field, Presence, Shape, Struct, Type, TypeDef, TypeId};
use crate::names::Name;

/// Functions with more parameters are noticed by clippy.
const MOST_PARAMETERS: usize = 7;

pub(super) fn define(emit: Emit<'_>, id: TypeId, def: &TypeDef, object: &Struct) -> Vec<TokenStream> {
    let name = &emit.names.types[&id];
    let members = &emit.names.members[&id];
    let has_required = object.fields.iter().any(|field| !structs::is_optional(field));
    let parameters: Vec<Parameter> =
        object.fields.iter().zip(members).filter_map(|field| required(emit, field)).collect();
    let new = (!parameters.is_empty()).then(|| new(emit, object, members, &parameters));
    let setters = setters::all(emit, def, object, members);
    let inherent = (new.is_some() || !setters.is_empty()).then(|| quote!(impl #name { #new #(#setters)* }));
    // Where only fixed values are required, there is nothing to ask for.
    let default = (has_required && parameters.is_empty()).then(|| {
        let fields = fields(emit, object, members);
        quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self { #(#fields),* }
                }
            }
        }
    });
    inherent.into_iter().chain(default).collect()
}

fn new(emit: Emit<'_>, object: &Struct, members: &[Name], parameters: &[Parameter]) -> TokenStream {
    let arguments = parameters.iter().map(|Parameter { name, ty, .. }| quote!(#name: #ty));
    let fields = fields(emit, object, members);
    let many = (parameters.len() > MOST_PARAMETERS).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    quote! {
        #[doc = " What is required, and nothing else."]
        #[must_use]
        #many
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#fields),* }
        }
    }
}

/// The fields of the struct that is made, from parameters of their names.
fn fields(emit: Emit<'_>, object: &Struct, members: &[Name]) -> Vec<TokenStream> {
    let field = |(field, name): (&Field, &Name)| match required(emit, (field, name)) {
        Some(Parameter { is_plain: true, .. }) => quote!(#name),
        Some(Parameter { value, .. }) => quote!(#name: #value),
        None if field.presence == Presence::Filled => {
            let value = defaults::of_field(name);
            quote!(#name: #value)
        }
        None => {
            let value = fixed(emit, field).unwrap_or_else(|| quote!(None));
            quote!(#name: #value)
        }
    };
    let mut fields: Vec<TokenStream> = object.fields.iter().zip(members).map(field).collect();
    if let (Extra::Kept(value), Some(name)) = (&object.extra, members.last()) {
        let empty = match value {
            Type::Any => quote!(Map::new()),
            _ if emit.config.map_type.is_some() => quote!(Default::default()),
            _ => quote!(BTreeMap::new()),
        };
        fields.push(quote!(#name: #empty));
    }
    fields
}

/// The parameter for a field that is required and not fixed.
fn required(emit: Emit<'_>, (field, name): (&Field, &Name)) -> Option<Parameter> {
    let is_asked_for = !structs::is_optional(field) && fixed(emit, field).is_none();
    is_asked_for.then(|| match field.presence {
        Presence::RequiredNullable => Parameter::of_nullable(emit, &field.ty, name),
        _ => Parameter::of(emit, &field.ty, name),
    })
}

/// The only value that the document allows in a required field.
fn fixed(emit: Emit<'_>, field: &Field) -> Option<TokenStream> {
    if field.presence != Presence::Required {
        return None;
    }
    match &field.ty {
        Type::EventName => match &emit.names.events[..] {
            [only] => Some(quote!(EventName::#only)),
            _ => None,
        },
        Type::Named(id) => match (&emit.api.types[*id].shape, &emit.names.members[id][..]) {
            (Shape::Enum(_), [only]) => {
                let ty = &emit.names.types[id];
                Some(quote!(#ty::#only))
            }
            _ => None,
        },
        _ => None,
    }
}
