//! Integers that are written as `1.0` or `1e3`. For generated code only.
//!
//! In JSON Schema, `1.0` and `1e3` are integers, and libraries of Python, Lua or PHP write them so. `serde_json` does
//! not accept them for an `i64`. [`deserialize()`] does, also in an `Option`, in lists, tuples and maps. Named types
//! inside of a field have their own attributes.
//!
//! ```
//! use asyncapi_runtime::lenient_int;
//!
//! #[derive(serde::Deserialize)]
//! struct Line {
//!     #[serde(deserialize_with = "lenient_int::deserialize")]
//!     quantity: u8,
//! }
//!
//! let line: Line = serde_json::from_str(r#"{"quantity": 3.0}"#)?;
//! assert_eq!(line.quantity, 3);
//! assert!(serde_json::from_str::<Line>(r#"{"quantity": 3.5}"#).is_err());
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! An `i128` is parsed from the text of the number, without loss of digits.

mod digits;
mod nested;

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use self::nested::NestedDeserializer;

/// Deserializes a value that contains integers.
///
/// # Errors
///
/// The deserializer's own.
pub fn deserialize<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(LenientDeserializer(deserializer))
}

/// Like [`deserialize()`], for a field that distinguishes `null` from an absent property.
///
/// # Errors
///
/// The deserializer's own.
pub fn deserialize_present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserialize(deserializer).map(Some)
}

/// Like [`deserialize()`], through a buffered [`Value`]: serde's buffer for flattened properties loses the form of
/// integers, and a type that refers to itself would wrap the deserializer once per level.
///
/// # Errors
///
/// The deserializer's own.
pub fn deserialize_buffered<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<T, D::Error> {
    deserialize(Value::deserialize(deserializer)?).map_err(Error::custom)
}

/// Like [`deserialize_present()`], through a buffered [`Value`].
///
/// # Errors
///
/// The deserializer's own.
pub fn deserialize_buffered_present<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserialize_buffered(deserializer).map(Some)
}

/// An item that contains integers, for code that deserializes an array item by item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lenient<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer).map(Self)
    }
}

/// A deserializer that accepts floating-point numbers for integers.
pub(crate) struct LenientDeserializer<D>(pub(crate) D);

/// Integer types accept floating-point numbers.
macro_rules! integers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(IntegerVisitor(visitor))
        })*
    };
}

/// Containers pass the wrapper on to their content.
macro_rules! holders {
    ($($method:ident($($name:ident: $ty:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $ty,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($name,)* NestedDeserializer(visitor))
        })*
    };
}

/// All other types are forwarded.
macro_rules! others {
    ($($method:ident($($name:ident: $ty:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $ty,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($name,)* visitor)
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for LenientDeserializer<D> {
    type Error = D::Error;

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    holders! {
        deserialize_option()
        deserialize_seq()
        deserialize_tuple(len: usize)
        deserialize_map()
    }

    others! {
        deserialize_any()
        deserialize_bool()
        deserialize_u128()
        deserialize_f32()
        deserialize_f64()
        deserialize_char()
        deserialize_str()
        deserialize_string()
        deserialize_bytes()
        deserialize_byte_buf()
        deserialize_unit()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
        deserialize_identifier()
        deserialize_ignored_any()
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let text = Box::<RawValue>::deserialize(self.0)?;
        if let Some(value) = digits::parse_integer(text.get()) {
            return visitor.visit_i128(value);
        }
        // It is no integer or out of range: let `serde_json` create the error.
        let value: Value = serde_json::from_str(text.get()).map_err(Error::custom)?;
        value.deserialize_i128(visitor).map_err(Error::custom)
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// A visitor that converts floating-point numbers to integers.
struct IntegerVisitor<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for IntegerVisitor<V> {
    type Value = V::Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<V::Value, E> {
        self.0.visit_i64(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<V::Value, E> {
        self.0.visit_u64(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        match Number::of(value) {
            Number::Signed(value) => self.0.visit_i64(value),
            Number::Unsigned(value) => self.0.visit_u64(value),
            Number::Other => self.0.visit_f64(value),
        }
    }
}

/// A floating-point number as an integer.
enum Number {
    Signed(i64),
    Unsigned(u64),
    /// It has a fraction, or is out of range of 64 bits.
    Other,
}

impl Number {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it has no fraction and is in range")]
    fn of(value: f64) -> Self {
        // Both bounds are powers of two, which `f64` has exactly.
        const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;
        if value.fract() != 0.0 {
            Self::Other
        } else if (-TWO_TO_63..TWO_TO_63).contains(&value) {
            Self::Signed(value as i64)
        } else if (0.0..2.0 * TWO_TO_63).contains(&value) {
            Self::Unsigned(value as u64)
        } else {
            Self::Other
        }
    }
}
