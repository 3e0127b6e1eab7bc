//! Integers that are written as `1.0` or `1e3`: which types hold any, and what reads them.

mod integers;

use proc_macro2::TokenStream;
use quote::quote;

pub(super) use self::integers::Integers;
use super::{Context, attributes};
use crate::config::OutputScope;
use crate::ir::{AdditionalProperties, Field, ItemKind, Presence, Representation, Type, Union};

/// The function that reads a type which is or holds integers, those in types of their own apart: these look after
/// themselves.
pub(super) fn reader(cx: Context<'_>, ty: &Type) -> Option<IntReader> {
    let is_beside_types = || cx.integers.mixed_with_named_types(&cx.api.types, ty);
    contains_integers(cx, ty).then(|| if is_beside_types() { IntReader::Buffered } else { IntReader::Direct })
}

/// How integers are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum IntReader {
    /// As the bytes come.
    Direct,
    /// From a value: a type that is held could hold its holder, and each would wrap the deserializer once more.
    Buffered,
}

impl IntReader {
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Direct => "whole::read",
            Self::Buffered => "whole::buffered",
        }
    }

    /// The function that keeps a `null` apart from what is not there.
    pub(super) fn present_path(self) -> &'static str {
        match self {
            Self::Direct => "whole::present",
            Self::Buffered => "whole::buffered_present",
        }
    }

    pub(super) fn function(self) -> TokenStream {
        match self {
            Self::Direct => quote!(whole::read),
            Self::Buffered => quote!(whole::buffered),
        }
    }
}

/// Whether a type is or holds integers, those in types of their own apart.
pub(super) fn contains_integers(cx: Context<'_>, ty: &Type) -> bool {
    cx.integers.contained_in(&cx.api.types, ty)
}

/// Whether there are integers anywhere in a type.
pub(super) fn transitively_contains_integers(cx: Context<'_>, ty: &Type) -> bool {
    cx.integers.are_in(ty)
}

/// Whether anything in the file calls the functions that read integers.
pub(super) fn is_used(cx: Context<'_>) -> bool {
    cx.api.types.iter().any(|(id, def)| match &def.shape {
        ItemKind::Alias(_) | ItemKind::MessageUnion(_) => false,
        ItemKind::Struct(object) => {
            object.fields.iter().any(|field| is_read_leniently(cx, field))
                || matches!(&object.additional, AdditionalProperties::Kept(value) if transitively_contains_integers(cx, value))
        }
        ItemKind::Newtype(target) => contains_integers(cx, target),
        ItemKind::Union(union) if is_read_by_runtime(cx, union) => false,
        ItemKind::Union(union) => union.variants.iter().any(|variant| contains_integers(cx, &variant.ty)),
        ItemKind::OpenTuple(tuple) => tuple.types().any(|ty| contains_integers(cx, ty)),
        ItemKind::Enum(_) => transitively_contains_integers(cx, &Type::Named(id)),
    })
}

/// The runtime tries the alternatives of these unions and reads their integers.
fn is_read_by_runtime(cx: Context<'_>, union: &Union) -> bool {
    union.representation() == Representation::Untagged && cx.config.extent == OutputScope::Everything
}

fn is_read_leniently(cx: Context<'_>, field: &Field) -> bool {
    let is_default_or_own = field.presence == Presence::Defaulted || !attributes::overrides_deserialize(cx, &field.at);
    is_default_or_own && contains_integers(cx, &field.ty)
}

/// What the runtime would bring, where there is none: the same by the same names.
pub(super) fn helpers(cx: Context<'_>) -> Option<TokenStream> {
    if cx.config.extent == OutputScope::Everything || !is_used(cx) {
        return None;
    }
    Some(quote! {
        #[doc = " Reading integers however whole numbers are written: `1.0` is one."]
        #[allow(dead_code, unused_imports)]
        mod whole {
            use serde::de::{DeserializeOwned, Error};
            use serde::{Deserialize, Deserializer};
            use serde_json::Value;

            #[doc = " Reads a value that holds integers."]
            pub(super) fn read<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<T, D::Error> {
                let value = Value::deserialize(deserializer)?;
                let read = T::deserialize(&value).or_else(|why| T::deserialize(whole(value)).map_err(|_| why));
                read.map_err(Error::custom)
            }

            #[doc = " The same, a `null` apart from what is not there."]
            pub(super) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
            where
                D: Deserializer<'de>,
                T: DeserializeOwned,
            {
                read(deserializer).map(Some)
            }

            pub(super) use {present as buffered_present, read as buffered};

            #[doc = " An item that holds integers."]
            pub(super) struct Item<T>(pub(super) T);

            impl<'de, T: DeserializeOwned> Deserialize<'de> for Item<T> {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    read(deserializer).map(Self)
                }
            }

            #[doc = " The value with integers where it has whole numbers."]
            fn whole(value: Value) -> Value {
                const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
                match value {
                    Value::Number(number) => match number.as_f64() {
                        Some(float) if !number.is_f64() || float.fract() != 0.0 => Value::Number(number),
                        Some(float) if (-TWO_TO_63..TWO_TO_63).contains(&float) => Value::from(float as i64),
                        Some(float) if (0.0..2.0 * TWO_TO_63).contains(&float) => Value::from(float as u64),
                        _ => Value::Number(number),
                    },
                    Value::Array(items) => items.into_iter().map(whole).collect(),
                    Value::Object(entries) => {
                        Value::Object(entries.into_iter().map(|(name, value)| (name, whole(value))).collect())
                    }
                    other => other,
                }
            }
        }
    })
}
