//! Parameters of constructors and `with_` methods.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::{Context, types};
use crate::ir::{External, ItemKind, SetType, Type};
use crate::names::Name;

/// A parameter, and the value of the field in terms of it.
pub(super) struct Parameter {
    pub(super) name: TokenStream,
    pub(super) ty: TokenStream,
    pub(super) value: TokenStream,
    /// Whether the value is the parameter itself.
    pub(super) is_plain: bool,
}

impl Parameter {
    /// A parameter of a field's type. Strings are `impl Into<String>`, and boxed types are boxed here.
    pub(super) fn of(cx: Context<'_>, ty: &Type, name: &Name) -> Self {
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
    pub(super) fn of_nullable(cx: Context<'_>, ty: &Type, name: &Name) -> Self {
        let owned = types::owned(cx, ty);
        Self { name: quote!(#name), ty: quote!(Option<#owned>), value: quote!(#name), is_plain: true }
    }

    /// A parameter for a value or `null`; a value need not be wrapped in `Some`.
    pub(super) fn of_untyped_nullable(cx: Context<'_>, ty: &Type, name: &Name) -> Self {
        let owned = types::owned(cx, ty);
        Self {
            name: quote!(#name),
            ty: quote!(impl Into<Option<#owned>>),
            value: quote!(#name.into()),
            is_plain: false,
        }
    }

    /// A parameter for a list or a map: an iterator over the items. `None` for other types, and for container types from the
    /// options, which need not be collectable.
    pub(super) fn of_items(cx: Context<'_>, ty: &Type, name: &Name) -> Option<Self> {
        let (item, value) = match ty {
            Type::List(item) => (form(cx, item), collected(cx, item, name)),
            Type::Set(item) if cx.api.output.set_type != SetType::Index => (form(cx, item), collected(cx, item, name)),
            Type::Map(value) if **value == Type::Any || cx.api.output.map_type.is_none() => {
                let form = form(cx, value);
                let made = if is_text(cx, value) { quote!(value.into()) } else { quote!(value) };
                let pair = quote!((impl Into<String>, #form));
                (pair, quote!(#name.into_iter().map(|(name, value)| (name.into(), #made)).collect()))
            }
            _ => return None,
        };
        Some(Self { name: quote!(#name), ty: quote!(impl IntoIterator<Item = #item>), value, is_plain: false })
    }
}

/// The type of an item of the iterator.
fn form(cx: Context<'_>, item: &Type) -> TokenStream {
    let owned = types::owned(cx, item);
    if is_text(cx, item) { quote!(impl Into<#owned>) } else { owned }
}

fn collected(cx: Context<'_>, item: &Type, name: &Name) -> TokenStream {
    let made = is_text(cx, item).then(|| quote!(.map(Into::into)));
    quote!(#name.into_iter() #made .collect())
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
