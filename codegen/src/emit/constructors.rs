//! Constructors: `new` takes the required fields, and `with_` methods set the optional ones if the options ask for
//! them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Context, defaults, docs, structs, types};
use crate::ir::{
    AdditionalProperties, External, Field, FreeForm, ItemKind, Presence, SetType, Setters, Struct, Type, TypeId,
};
use crate::limits::MAX_CONSTRUCTOR_PARAMETERS;
use crate::names::Name;

pub(super) fn define(cx: Context<'_>, id: TypeId, object: &Struct) -> Vec<TokenStream> {
    let name = &cx.names.types[&id];
    let members = &cx.names.members[&id];
    let has_required = object.fields.iter().any(|field| !structs::is_optional(field));
    let parameter_count = object.fields.iter().filter(|field| is_parameter(cx, field)).count();
    let setters: Vec<TokenStream> = setters(cx, object, members).collect();
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
    let many = (parameter_count > MAX_CONSTRUCTOR_PARAMETERS).then(|| quote!(#[allow(clippy::too_many_arguments)]));
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
                _ if is_parsed(cx, value) => quote!(Map::new()),
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

/// The `with_` methods, in the order of the fields.
fn setters<'a>(cx: Context<'a>, object: &'a Struct, members: &'a [Name]) -> impl Iterator<Item = TokenStream> + 'a {
    let is_generated = object.setters == Setters::Generated;
    let optional =
        object.fields.iter().zip(members).filter(move |(field, _)| is_generated && structs::is_optional(field));
    let rest = match (&object.additional, members.last()) {
        (AdditionalProperties::Kept(value), Some(name)) if is_generated => additional(cx, value, name),
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
    let Parameter { ty, value, .. } = Parameter::of_members(cx, value, name)?;
    Some(quote! {
        #[doc = " Sets the additional properties."]
        #[must_use]
        pub fn #method(mut self, #name: #ty) -> Self {
            self.#name = #value;
            self
        }
    })
}

/// A parameter, and the value of the field in terms of it.
struct Parameter {
    name: TokenStream,
    ty: TokenStream,
    value: TokenStream,
    /// Whether the value is the parameter itself.
    is_plain: bool,
}

impl Parameter {
    /// A parameter of a field's type. Strings are `impl Into<String>`, and boxed types are boxed here.
    fn of(cx: Context<'_>, ty: &Type, name: &Name) -> Self {
        let owned = types::owned(cx, ty);
        let (ty, value, is_plain) = match ty {
            Type::Boxed(id) => {
                let inner = types::owned(cx, &Type::Named(*id));
                (inner, quote!(Box::new(#name)), false)
            }
            ty if is_text(cx, ty) => (quote!(impl Into<#owned>), quote!(#name.into()), false),
            _ => (owned, quote!(#name), true),
        };
        Self { name: quote!(#name), ty, value, is_plain }
    }

    /// A parameter for a value or `null`.
    fn of_nullable(cx: Context<'_>, ty: &Type, name: &Name) -> Self {
        let owned = types::owned(cx, ty);
        Self { name: quote!(#name), ty: quote!(Option<#owned>), value: quote!(#name), is_plain: true }
    }

    /// A parameter for a value or `null`; a value need not be wrapped in `Some`.
    fn of_untyped_nullable(cx: Context<'_>, ty: &Type, name: &Name) -> Self {
        let owned = types::owned(cx, ty);
        Self {
            name: quote!(#name),
            ty: quote!(impl Into<Option<#owned>>),
            value: quote!(#name.into()),
            is_plain: false,
        }
    }

    /// A parameter for a list or a map: an iterator over the items. `None` for other types, and for container types
    /// from the options, which need not be collectable.
    fn of_items(cx: Context<'_>, ty: &Type, name: &Name) -> Option<Self> {
        let (item, value) = match ty {
            Type::List(item) => (form(cx, item), collected(cx, item, name)),
            Type::Set(item) if cx.api.output.set_type != SetType::Index => (form(cx, item), collected(cx, item, name)),
            Type::Map(value) if !is_parsed(cx, value) && **value == Type::Any => return None,
            Type::Map(value) => return Self::of_members(cx, value, name),
            _ => return None,
        };
        Some(Self { name: quote!(#name), ty: quote!(impl IntoIterator<Item = #item>), value, is_plain: false })
    }

    /// A parameter for the members of a map with these values.
    fn of_members(cx: Context<'_>, value: &Type, name: &Name) -> Option<Self> {
        if cx.api.output.map_type.is_some() && !is_parsed(cx, value) {
            return None;
        }
        let form = form(cx, value);
        let converted = if is_text(cx, value) { quote!(value.into()) } else { quote!(value) };
        Some(Self {
            name: quote!(#name),
            ty: quote!(impl IntoIterator<Item = (impl Into<String>, #form)>),
            value: quote!(#name.into_iter().map(|(name, value)| (name.into(), #converted)).collect()),
            is_plain: false,
        })
    }
}

/// Whether a map with these values is a `Map` of `serde_json`.
fn is_parsed(cx: Context<'_>, value: &Type) -> bool {
    *value == Type::Any && cx.api.output.free_form == FreeForm::Parsed
}

/// The type of an item of the iterator.
fn form(cx: Context<'_>, item: &Type) -> TokenStream {
    let owned = types::owned(cx, item);
    if is_text(cx, item) { quote!(impl Into<#owned>) } else { owned }
}

fn collected(cx: Context<'_>, item: &Type, name: &Name) -> TokenStream {
    let converted = is_text(cx, item).then(|| quote!(.map(Into::into)));
    quote!(#name.into_iter() #converted .collect())
}

/// Whether a type is `String` or keeps the text of its value, so that it converts from other types. It may be an alias.
fn is_text(cx: Context<'_>, ty: &Type) -> bool {
    match ty {
        Type::External(External::Path(_) | External::Ipv4) => false,
        Type::String | Type::External(_) => true,
        Type::Named(id) => matches!(&cx.api.types[*id].shape, ItemKind::Alias(target) if is_text(cx, target)),
        _ => false,
    }
}
