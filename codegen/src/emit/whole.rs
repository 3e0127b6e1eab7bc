//! Integers that are written as `1.0` or `1e3`: which types hold any, and what reads them.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::Emit;
use crate::config::Extent;
use crate::ir::{Extra, Members, Shape, Type, TypeId, Width};

/// The function that reads a type which is or holds integers, those in types of their own apart: these look after
/// themselves.
pub(super) fn reader(emit: Emit<'_>, ty: &Type) -> Option<Reader> {
    let reader = if holds_types(emit, ty, &mut BTreeSet::new()) { Reader::Buffered } else { Reader::Direct };
    holds(emit, ty).then_some(reader)
}

/// How integers are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// As the bytes come.
    Direct,
    /// From a value: a type that is held could hold its holder, and each would wrap the deserializer once more.
    Buffered,
}

impl Reader {
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
pub(super) fn holds(emit: Emit<'_>, ty: &Type) -> bool {
    any(emit, ty, Reach::Aliases, &mut BTreeSet::new())
}

/// Whether a type holds types of its own that hold others.
fn holds_types(emit: Emit<'_>, ty: &Type, seen: &mut BTreeSet<TypeId>) -> bool {
    match ty {
        Type::List(inner)
        | Type::Set(inner)
        | Type::Array(inner, _)
        | Type::Map(inner)
        | Type::Keyed(_, inner)
        | Type::Nullable(inner) => holds_types(emit, inner, seen),
        Type::Tuple(items) => items.iter().any(|item| holds_types(emit, item, seen)),
        Type::Boxed(_) => true,
        Type::Named(id) if seen.insert(*id) => match &emit.api.types[*id].shape {
            Shape::Alias(target) => holds_types(emit, target, seen),
            Shape::Enum(_) => false,
            Shape::Struct(_) | Shape::Union(_) | Shape::OpenTuple(_) | Shape::Newtype(_) => true,
        },
        _ => false,
    }
}

/// Whether there are integers anywhere in a type.
pub(super) fn reaches(emit: Emit<'_>, ty: &Type) -> bool {
    any(emit, ty, Reach::Everything, &mut BTreeSet::new())
}

/// How far to look.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Into what other names stand for.
    Aliases,
    /// Into types of their own as well.
    Everything,
}

fn any(emit: Emit<'_>, ty: &Type, reach: Reach, seen: &mut BTreeSet<TypeId>) -> bool {
    match ty {
        // serde_json looks for nothing but digits there.
        Type::Integer(width) => *width != Width::I128,
        Type::List(inner)
        | Type::Set(inner)
        | Type::Array(inner, _)
        | Type::Map(inner)
        | Type::Keyed(_, inner)
        | Type::Nullable(inner) => any(emit, inner, reach, seen),
        Type::Tuple(items) => items.iter().any(|item| any(emit, item, reach, seen)),
        Type::Named(id) | Type::Boxed(id) => seen.insert(*id) && named(emit, *id, reach, seen),
        _ => false,
    }
}

fn named(emit: Emit<'_>, id: TypeId, reach: Reach, seen: &mut BTreeSet<TypeId>) -> bool {
    let mut any = |ty: &Type| any(emit, ty, reach, seen);
    match &emit.api.types[id].shape {
        Shape::Alias(target) => any(target),
        _ if reach == Reach::Aliases => false,
        Shape::Newtype(target) => any(target),
        Shape::Struct(object) => {
            object.fields.iter().any(|field| any(&field.ty))
                || matches!(&object.extra, Extra::Kept(value) if any(value))
        }
        Shape::Union(union) => union.variants.iter().any(|variant| any(&variant.ty)),
        Shape::OpenTuple(tuple) => tuple.types().any(any),
        Shape::Enum(listed) => matches!(&listed.members, Members::Integers(width, _) if *width != Width::I128),
    }
}

/// Whether anything in the file reads integers so.
pub(super) fn is_used(emit: Emit<'_>) -> bool {
    emit.api.types.iter().any(|(id, def)| match &def.shape {
        Shape::Alias(_) => false,
        Shape::Struct(object) => {
            object.fields.iter().any(|field| holds(emit, &field.ty))
                || matches!(&object.extra, Extra::Kept(value) if reaches(emit, value))
        }
        Shape::Newtype(target) => holds(emit, target),
        Shape::Union(union) => union.variants.iter().any(|variant| holds(emit, &variant.ty)),
        Shape::OpenTuple(tuple) => tuple.types().any(|ty| holds(emit, ty)),
        Shape::Enum(_) => reaches(emit, &Type::Named(id)),
    })
}

/// What the runtime would bring, where there is none: the same by the same names.
pub(super) fn helpers(emit: Emit<'_>) -> Option<TokenStream> {
    if emit.config.extent == Extent::Everything || !is_used(emit) {
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
