//! Integers that are written with a fraction of zero, or with an exponent, for the fields of generated code.
//!
//! To JSON Schema `1.0` and `1e3` are integers, and what writes numbers in Python, Lua or PHP writes them so; `serde_json`
//! reads no `i64` from them. [`deserialize()`] does, in a field of any type that holds integers: alone, in an `Option`, in lists,
//! tuples and maps. Types of their own inside are left to themselves.
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
//! An `i128` is read from the text of the number, to the last of its digits.

mod digits;
mod nested;

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use self::nested::NestedDeserializer;

/// Reads a value, its integers however whole numbers are written.
///
/// # Errors
///
/// The deserializer's own.
pub fn deserialize<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(LenientDeserializer(deserializer))
}

/// The same where a `null` is to be told from what is not there.
///
/// # Errors
///
/// The deserializer's own.
pub fn deserialize_present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserialize(deserializer).map(Some)
}

/// The same by way of a [`Value`]: for the properties that no field has, which serde holds for a moment and makes no
/// integers of then; and for what holds types of its own beside integers, which may hold it in turn.
///
/// # Errors
///
/// The deserializer's own.
pub fn deserialize_buffered<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<T, D::Error> {
    deserialize(Value::deserialize(deserializer)?).map_err(Error::custom)
}

/// [`deserialize_present()`] by way of a [`Value`].
///
/// # Errors
///
/// The deserializer's own.
pub fn deserialize_buffered_present<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserialize_buffered(deserializer).map(Some)
}

/// An item that holds integers, for what reads lists item by item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lenient<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer).map(Self)
    }
}

/// A deserializer that finds integers in floating-point numbers.
pub(crate) struct LenientDeserializer<D>(pub(crate) D);

/// What is asked for as an integer is found in a floating-point number too.
macro_rules! integers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(IntegerVisitor(visitor))
        })*
    };
}

/// What holds others has integers inside.
macro_rules! holders {
    ($($method:ident($($name:ident: $ty:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $ty,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($name,)* NestedDeserializer(visitor))
        })*
    };
}

/// Everything else is none of its business.
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
        // It is none, or none that has room, which the value says in the words of `serde_json`.
        let value: Value = serde_json::from_str(text.get()).map_err(Error::custom)?;
        value.deserialize_i128(visitor).map_err(Error::custom)
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Takes a floating-point number for the integer that it is.
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

/// What a floating-point number is as an integer.
enum Number {
    Signed(i64),
    Unsigned(u64),
    /// It has a fraction, or is beyond 64 bits.
    Other,
}

impl Number {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole, and within the bounds")]
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
