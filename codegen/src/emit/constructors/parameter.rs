//! What functions that make structs ask for.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::{Context, types};
use crate::ir::{External, ItemKind, SetType, Type};
use crate::names::Name;

/// What a function asks for, and what becomes of it.
pub(super) struct Parameter {
    pub(super) name: TokenStream,
    pub(super) ty: TokenStream,
    pub(super) value: TokenStream,
    /// The value is the parameter itself.
    pub(super) is_plain: bool,
}

impl Parameter {
    /// A parameter of a field's type: texts are taken in any form, and what is on the heap is put there.
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

    /// A parameter that says whether there is a value, or `null`.
    pub(super) fn of_nullable(cx: Context<'_>, ty: &Type, name: &Name) -> Self {
        let owned = types::owned(cx, ty);
        Self { name: quote!(#name), ty: quote!(Option<#owned>), value: quote!(#name), is_plain: true }
    }

    /// The same, and a value need not be wrapped.
    pub(super) fn of_untyped_nullable(cx: Context<'_>, ty: &Type, name: &Name) -> Self {
        let owned = types::owned(cx, ty);
        Self {
            name: quote!(#name),
            ty: quote!(impl Into<Option<#owned>>),
            value: quote!(#name.into()),
            is_plain: false,
        }
    }

    /// A parameter for a list or a map in whatever holds its items, such as an array; what each item is made of is taken in
    /// any form, too. `None` of what is neither, or of a type that is not known here.
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

/// The form in which an item is taken.
fn form(cx: Context<'_>, item: &Type) -> TokenStream {
    let owned = types::owned(cx, item);
    if is_text(cx, item) { quote!(impl Into<#owned>) } else { owned }
}

fn collected(cx: Context<'_>, item: &Type, name: &Name) -> TokenStream {
    let made = is_text(cx, item).then(|| quote!(.map(Into::into)));
    quote!(#name.into_iter() #made .collect())
}

/// Whether a type is `String`, or one that keeps a text beside its value, by whatever name it goes: it is made of others.
fn is_text(cx: Context<'_>, ty: &Type) -> bool {
    match ty {
        Type::External(External::Path(_) | External::Ipv4) => false,
        Type::String | Type::External(_) => true,
        Type::Named(id) => matches!(&cx.api.types[*id].shape, ItemKind::Alias(target) if is_text(cx, target)),
        _ => false,
    }
}
