//! Integers that may be written as `1.0` or `1e3`: which fields need the functions of `lenient_int`.

use proc_macro2::TokenStream;
use quote::quote;

use super::Context;
use crate::ir::Type;

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
