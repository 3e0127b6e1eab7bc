//! Types of fields and arguments, aliases, and wrappers.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Context, attributes, docs, lenient_integers};
use crate::ir::{External, FreeForm, ItemKind, SetType, Type, TypeDef, TypeId, Width};
use crate::names::Name;

/// The type of a field.
pub(super) fn owned(cx: Context<'_>, ty: &Type) -> TokenStream {
    match ty {
        Type::Any => match cx.api.output.free_form {
            FreeForm::Parsed => quote!(Value),
            FreeForm::Raw => quote!(JsonValue),
        },
        Type::Boolean => quote!(bool),
        Type::Integer(width) => integer(*width),
        Type::Double => quote!(f64),
        Type::Single => quote!(f32),
        Type::String | Type::Text => quote!(String),
        Type::Bytes => quote!(Vec<u8>),
        Type::Encoded(path) => path.parse().unwrap_or_default(),
        Type::External(external) => self::external(external),
        Type::List(item) => {
            let item = owned(cx, item);
            quote!(Vec<#item>)
        }
        Type::Tuple(items) => {
            let items = items.iter().map(|item| owned(cx, item));
            quote!((#(#items,)*))
        }
        Type::Set(item) => {
            let item = owned(cx, item);
            match cx.api.output.set_type {
                SetType::BTree => quote!(BTreeSet<#item>),
                SetType::Hash => quote!(HashSet<#item>),
                SetType::Index => quote!(IndexSet<#item>),
            }
        }
        Type::Array(item, length) => {
            let item = owned(cx, item);
            let length = Literal::usize_unsuffixed(*length);
            quote!([#item; #length])
        }
        Type::Keyed(key, value) => {
            let (key, value) = (named(cx, *key), owned(cx, value));
            let map = map(cx);
            quote!(#map<#key, #value>)
        }
        Type::Map(value) if **value == Type::Any => match cx.api.output.free_form {
            FreeForm::Parsed => quote!(Map<String, Value>),
            FreeForm::Raw => quote!(JsonObject),
        },
        Type::Map(value) => {
            let value = owned(cx, value);
            let map = map(cx);
            quote!(#map<String, #value>)
        }
        Type::Nullable(inner) => {
            let inner = owned(cx, inner);
            quote!(Option<#inner>)
        }
        Type::EventName => quote!(EventName),
        Type::Named(id) => named(cx, *id),
        Type::Boxed(id) => {
            let name = named(cx, *id);
            quote!(Box<#name>)
        }
    }
}

/// The type of the field for additional properties: always a map, because serde can flatten only maps.
pub(super) fn additional(cx: Context<'_>, value: &Type) -> TokenStream {
    if *value == Type::Any && cx.api.output.free_form == FreeForm::Parsed {
        return quote!(Map<String, Value>);
    }
    let value = owned(cx, value);
    let map = map(cx);
    quote!(#map<String, #value>)
}

/// The type of maps with typed values.
fn map(cx: Context<'_>) -> TokenStream {
    cx.api.output.map_type.as_deref().unwrap_or("BTreeMap").parse().unwrap_or_default()
}

/// The type of an argument that is passed by reference.
pub(super) fn borrowed(cx: Context<'_>, ty: &Type) -> TokenStream {
    match ty {
        Type::String | Type::Text => quote!(&str),
        Type::Bytes => quote!(&[u8]),
        Type::List(item) => {
            let item = owned(cx, item);
            quote!(&[#item])
        }
        _ => {
            let ty = owned(cx, ty);
            quote!(&#ty)
        }
    }
}

/// The name of a type that has an item of its own.
pub(super) fn name<'a>(cx: Context<'a>, ty: &Type) -> Option<&'a Name> {
    match ty {
        Type::Named(id) => Some(&cx.names.types[id]),
        _ => None,
    }
}

/// `pub type Name = …;`
pub(super) fn alias(cx: Context<'_>, id: TypeId, def: &TypeDef, target: &Type) -> TokenStream {
    let name = &cx.names.types[&id];
    let docs = docs::of_type(def);
    let target = owned(cx, target);
    quote!(#docs pub type #name = #target;)
}

/// A wrapper for a type, where an alias would be recursive or needs methods.
pub(super) fn newtype(cx: Context<'_>, id: TypeId, def: &TypeDef, target: &Type) -> TokenStream {
    let name = &cx.names.types[&id];
    let docs = docs::of_type(def);
    let read = lenient_integers::reader(cx, target).map(|reader| {
        let path = reader.path();
        quote!(#[serde(deserialize_with = #path)])
    });
    let target = owned(cx, target);
    let attributes = attributes::of_type(cx, &def.at, &["Clone", "Debug", "PartialEq", "Serialize", "Deserialize"]);
    quote! {
        #docs
        #attributes
        #[serde(transparent)]
        pub struct #name(#read pub #target);
    }
}

/// `From` and `Deref` for a wrapper that exists only for its `validate` method.
pub(super) fn conversions(cx: Context<'_>, id: TypeId, target: &Type) -> Vec<TokenStream> {
    if !cx.api.definitions.contains_type(id) {
        return Vec::new();
    }
    let name = &cx.names.types[&id];
    let target = owned(cx, target);
    let from = quote! {
        impl From<#target> for #name {
            fn from(value: #target) -> Self {
                Self(value)
            }
        }
    };
    let deref = quote! {
        impl Deref for #name {
            type Target = #target;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    };
    vec![from, deref]
}

/// How a payload is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    Json,
    Text,
    Bytes,
    /// One of several messages, some of which are not JSON.
    Mixed,
    /// By the `TryFrom` and `From` impls of a type from the options.
    Own,
}

/// How a payload of this type is encoded. The type may be an alias.
pub(super) fn wire(cx: Context<'_>, ty: &Type) -> Wire {
    match ty {
        Type::Bytes => Wire::Bytes,
        Type::Text => Wire::Text,
        Type::Encoded(_) => Wire::Own,
        Type::Named(id) => match &cx.api.types[*id].shape {
            ItemKind::Alias(target) => wire(cx, target),
            ItemKind::MessageUnion(_) => Wire::Mixed,
            _ => Wire::Json,
        },
        _ => Wire::Json,
    }
}

fn named(cx: Context<'_>, id: TypeId) -> TokenStream {
    let name = &cx.names.types[&id];
    quote!(#name)
}

pub(super) fn integer(width: Width) -> TokenStream {
    match width {
        Width::I8 => quote!(i8),
        Width::I16 => quote!(i16),
        Width::I32 => quote!(i32),
        Width::I64 => quote!(i64),
        Width::I128 => quote!(i128),
        Width::U8 => quote!(u8),
        Width::U16 => quote!(u16),
        Width::U32 => quote!(u32),
        Width::U64 => quote!(u64),
    }
}

fn external(external: &External) -> TokenStream {
    match external {
        External::DateTime => quote!(DateTime),
        External::Date => quote!(Verbatim<Date>),
        External::Uuid => quote!(Verbatim<Uuid>),
        External::Url => quote!(Verbatim<Url>),
        External::Ipv4 => quote!(Ipv4Addr),
        External::Ipv6 => quote!(Verbatim<Ipv6Addr>),
        External::Base64 => quote!(Verbatim<Base64>),
        External::Password => quote!(Password),
        External::Span => quote!(Verbatim<IsoDuration>),
        External::Path(path) => path.parse().unwrap_or_default(),
    }
}
