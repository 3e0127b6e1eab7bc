//! How a struct is made: `new` takes what is required, and a method each, where that is chosen, what is not.

mod parameter;
mod setters;

use proc_macro2::TokenStream;
use quote::quote;

use self::parameter::Parameter;
use super::draft::{Draft, Filled, Members};
use super::{Context, defaults, structs};
use crate::format::Mark;
use crate::ir::{AdditionalProperties, Field, ItemKind, Presence, Struct, Type, TypeDef, TypeId};
use crate::names::Name;

/// Functions with more parameters are noticed by clippy.
const MOST_PARAMETERS: usize = 7;

pub(super) fn define<'a>(emit: Context<'a>, id: TypeId, def: &TypeDef, object: &'a Struct) -> Vec<Draft<'a>> {
    let name = &emit.names.types[&id];
    let members = &emit.names.members[&id];
    let has_required = object.fields.iter().any(|field| !structs::is_optional(field));
    let asked_for = object.fields.iter().filter(|field| is_asked_for(emit, field)).count();
    let mut setters = setters::all(emit, def, object, members).peekable();
    let inherent = (asked_for > 0 || setters.peek().is_some()).then(|| {
        let places = [
            Members::of(Mark::Argument, arguments(emit, object, members)),
            Members::of(Mark::Value, fields(emit, object, members)),
            Members::of(Mark::Item, setters),
        ];
        Draft::of(places, move |[arguments, fields, setters]| {
            let new = (asked_for > 0).then(|| new(asked_for, arguments, fields));
            quote!(impl #name { #new #setters })
        })
    });
    // Where only fixed values are required, there is nothing to ask for.
    let default = (has_required && asked_for == 0).then(|| {
        Draft::of([Members::of(Mark::Value, fields(emit, object, members))], move |[fields]| {
            quote! {
                impl Default for #name {
                    fn default() -> Self {
                        Self { #fields }
                    }
                }
            }
        })
    });
    inherent.into_iter().chain(default).collect()
}

fn new(asked_for: usize, arguments: &Filled, fields: &Filled) -> TokenStream {
    let many = (asked_for > MOST_PARAMETERS).then(|| quote!(#[allow(clippy::too_many_arguments)]));
    quote! {
        #[doc = " What is required, and nothing else."]
        #[must_use]
        #many
        pub fn new(#arguments) -> Self {
            Self { #fields }
        }
    }
}

fn arguments<'a>(emit: Context<'a>, object: &'a Struct, members: &'a [Name]) -> impl Iterator<Item = TokenStream> + 'a {
    let parameters = object.fields.iter().zip(members).filter_map(move |field| required(emit, field));
    parameters.map(|Parameter { name, ty, .. }| quote!(#name: #ty,))
}

/// The fields of the struct that is made, from parameters of their names.
fn fields<'a>(emit: Context<'a>, object: &'a Struct, members: &'a [Name]) -> impl Iterator<Item = TokenStream> + 'a {
    let field = move |(field, name): (&Field, &Name)| match required(emit, (field, name)) {
        Some(Parameter { is_plain: true, .. }) => quote!(#name,),
        Some(Parameter { value, .. }) => quote!(#name: #value,),
        None if field.presence == Presence::Filled => {
            let value = defaults::of_field(name);
            quote!(#name: #value,)
        }
        None => {
            let value = fixed(emit, field).unwrap_or_else(|| quote!(None));
            quote!(#name: #value,)
        }
    };
    let extra = match (&object.extra, members.last()) {
        (AdditionalProperties::Kept(value), Some(name)) => {
            let empty = match value {
                Type::Any => quote!(Map::new()),
                _ if emit.config.map_type.is_some() => quote!(Default::default()),
                _ => quote!(BTreeMap::new()),
            };
            Some(quote!(#name: #empty,))
        }
        _ => None,
    };
    object.fields.iter().zip(members).map(field).chain(extra)
}

/// The parameter for a field that is required and not fixed.
fn required(emit: Context<'_>, (field, name): (&Field, &Name)) -> Option<Parameter> {
    is_asked_for(emit, field).then(|| match field.presence {
        Presence::RequiredNullable => Parameter::of_nullable(emit, &field.ty, name),
        _ => Parameter::of(emit, &field.ty, name),
    })
}

fn is_asked_for(emit: Context<'_>, field: &Field) -> bool {
    !structs::is_optional(field) && fixed(emit, field).is_none()
}

/// The only value that the document allows in a required field.
fn fixed(emit: Context<'_>, field: &Field) -> Option<TokenStream> {
    if field.presence != Presence::Required {
        return None;
    }
    match &field.ty {
        Type::EventName => match &emit.names.events[..] {
            [only] => Some(quote!(EventName::#only)),
            _ => None,
        },
        Type::Named(id) => match (&emit.api.types[*id].shape, &emit.names.members[id][..]) {
            (ItemKind::Enum(_), [only]) => {
                let ty = &emit.names.types[id];
                Some(quote!(#ty::#only))
            }
            _ => None,
        },
        _ => None,
    }
}
