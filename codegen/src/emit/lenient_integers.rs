//! Integers that may be written as `1.0` or `1e3`: which fields need the functions of `lenient_int`.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, attributes};
use crate::ir::{AdditionalProperties, Field, ItemKind, Presence, Representation, Type};

/// The function that reads the integers in a type. Integers inside named types do not count, because those types read
/// their own.
pub(super) fn reader(cx: Context<'_>, ty: &Type) -> Option<IntReader> {
    let is_beside_types = || cx.api.integer_usage.is_beside_items(&cx.api.types, ty);
    contains_integers(cx, ty).then(|| if is_beside_types() { IntReader::Buffered } else { IntReader::Direct })
}

/// How integers are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum IntReader {
    /// Without a buffer.
    Direct,
    /// From a buffered `Value`. A recursive type would wrap the deserializer once for each level otherwise.
    Buffered,
}

impl IntReader {
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Direct => "lenient_int::deserialize",
            Self::Buffered => "lenient_int::deserialize_buffered",
        }
    }

    /// The function that distinguishes `null` from a missing property.
    pub(super) fn present_path(self) -> &'static str {
        match self {
            Self::Direct => "lenient_int::deserialize_present",
            Self::Buffered => "lenient_int::deserialize_buffered_present",
        }
    }

    pub(super) fn function(self) -> TokenStream {
        match self {
            Self::Direct => quote!(lenient_int::deserialize),
            Self::Buffered => quote!(lenient_int::deserialize_buffered),
        }
    }
}

/// Whether a type contains integers outside of named types.
pub(super) fn contains_integers(cx: Context<'_>, ty: &Type) -> bool {
    cx.api.integer_usage.is_in(&cx.api.types, ty)
}

/// Whether a type contains integers at any depth.
pub(super) fn transitively_contains_integers(cx: Context<'_>, ty: &Type) -> bool {
    cx.api.integer_usage.is_in_transitively(ty)
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
        // The runtime tries the alternatives of such a union and reads their integers.
        ItemKind::Union(union) if union.representation() == Representation::Untagged => false,
        ItemKind::Union(union) => union.variants.iter().any(|variant| contains_integers(cx, &variant.ty)),
        ItemKind::OpenTuple(tuple) => tuple.types().any(|ty| contains_integers(cx, ty)),
        ItemKind::Enum(_) => transitively_contains_integers(cx, &Type::Named(id)),
    })
}

fn is_read_leniently(cx: Context<'_>, field: &Field) -> bool {
    let is_default_or_own = field.presence == Presence::Defaulted || !attributes::overrides_deserialize(cx, &field.at);
    is_default_or_own && contains_integers(cx, &field.ty)
}
