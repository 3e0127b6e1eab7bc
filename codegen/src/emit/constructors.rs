//! How a struct is made: `new` takes what is required, and a method each, where that is chosen, what is not.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Emit, defaults, docs, structs, types};
use crate::ir::{External, Extra, Field, Presence, Shape, Struct, Type, TypeDef, TypeId};
use crate::names::Name;

/// Functions with more parameters are noticed by clippy.
const MOST_PARAMETERS: usize = 7;

pub(super) fn define(emit: Emit<'_>, id: TypeId, def: &TypeDef, object: &Struct) -> Vec<TokenStream> {
    let name = &emit.names.types[&id];
    let members = &emit.names.members[&id];
    let required = object.fields.iter().any(|field| !structs::is_optional(field));
    let parameters: Vec<Parameter> =
        object.fields.iter().zip(members).filter_map(|field| parameter(emit, field)).collect();
    let new = (!parameters.is_empty()).then(|| new(emit, object, members, &parameters));
    let setters = setters(emit, def, object, members);
    let inherent = (new.is_some() || !setters.is_empty()).then(|| quote!(impl #name { #new #(#setters)* }));
    // Where only fixed values are required, there is nothing to ask for.
    let default = (required && parameters.is_empty()).then(|| {
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

/// A method for each optional field, where that is chosen.
fn setters(emit: Emit<'_>, def: &TypeDef, object: &Struct, members: &[Name]) -> Vec<TokenStream> {
    if !emit.config.with_methods.meet(&def.at.pointer) {
        return Vec::new();
    }
    let optional = object.fields.iter().zip(members).filter(|(field, _)| structs::is_optional(field));
    let setter = |(field, name): (&Field, &Name)| {
        let method = format_ident!("with_{}", name.plain());
        let docs = docs::line(&format!("The same with this {}.", docs::code(name.plain())));
        let nullable = field.presence == Presence::OptionalNullable;
        let Parameter { ty, value, .. } = taken(emit, &field.ty, name, nullable);
        let value = if field.presence == Presence::Filled { value } else { quote!(Some(#value)) };
        quote! {
            #docs
            #[must_use]
            pub fn #method(mut self, #name: #ty) -> Self {
                self.#name = #value;
                self
            }
        }
    };
    optional.map(setter).collect()
}

/// The fields of the struct that is made, from parameters of their names.
fn fields(emit: Emit<'_>, object: &Struct, members: &[Name]) -> Vec<TokenStream> {
    let field = |(field, name): (&Field, &Name)| match parameter(emit, (field, name)) {
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

/// What a function asks for, and what becomes of it.
struct Parameter {
    name: TokenStream,
    ty: TokenStream,
    value: TokenStream,
    /// The value is the parameter itself.
    is_plain: bool,
}

/// The parameter for a field that is required and not fixed.
fn parameter(emit: Emit<'_>, (field, name): (&Field, &Name)) -> Option<Parameter> {
    let nullable = field.presence == Presence::RequiredNullable;
    let is_asked_for = !structs::is_optional(field) && fixed(emit, field).is_none();
    is_asked_for.then(|| taken(emit, &field.ty, name, nullable))
}

/// A parameter of a field's type: texts are taken in any form, and what is on the heap is put there.
fn taken(emit: Emit<'_>, ty: &Type, name: &Name, nullable: bool) -> Parameter {
    let owned = types::owned(emit, ty);
    let (ty, value, is_plain) = match ty {
        _ if nullable => (quote!(Option<#owned>), quote!(#name), true),
        Type::Boxed(id) => {
            let inner = types::owned(emit, &Type::Named(*id));
            (inner, quote!(Box::new(#name)), false)
        }
        ty if is_text(emit, ty) => (quote!(impl Into<#owned>), quote!(#name.into()), false),
        _ => (owned, quote!(#name), true),
    };
    Parameter { name: quote!(#name), ty, value, is_plain }
}

/// Whether a type is `String`, or one that keeps a text beside its value, by whatever name it goes: it is made of others.
fn is_text(emit: Emit<'_>, ty: &Type) -> bool {
    match ty {
        Type::External(External::Path(_) | External::Ipv4) => false,
        Type::String | Type::External(_) => true,
        Type::Named(id) => matches!(&emit.api.types[*id].shape, Shape::Alias(target) if is_text(emit, target)),
        _ => false,
    }
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
