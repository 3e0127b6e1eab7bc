//! A deserializer that counts the parts of a value that a type uses.

use std::cell::Cell;

use serde::Deserializer;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{IntoDeserializer, Visitor};
use serde_json::Value;

/// Counts a part when the type requests a specific JSON type, and again when the part has this JSON type.
#[derive(Clone, Copy)]
pub(super) struct CoverageDeserializer<'a> {
    pub(super) value: &'a Value,
    pub(super) parts: &'a Cell<usize>,
}

/// How many additional parts a matching enum value counts as.
const TELLING: usize = 4;

impl<'a> CoverageDeserializer<'a> {
    fn count(self) {
        self.parts.set(self.parts.get() + 1);
    }

    fn counting<T, E>(self, read: impl FnOnce(&'a Value) -> Result<T, E>) -> Result<T, E> {
        self.count();
        let read = read(self.value)?;
        self.count();
        Ok(read)
    }
}

macro_rules! single {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            self.counting(|value| value.$method(visitor))
        })*
    };
}

macro_rules! holders {
    ($($method:ident($($name:ident: $ty:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $ty,)* visitor: V) -> Result<V::Value, Self::Error> {
            self.count();
            $(let _ = $name;)*
            self.deserialize_any(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for CoverageDeserializer<'de> {
    type Error = serde_json::Error;

    /// A type that accepts any value does not count. Numbers count, because hand-written implementations call this for
    /// them.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let inside = |value| Self { value, ..self };
        match self.value {
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.iter().map(inside))),
            Value::Object(properties) => {
                let properties = properties.iter().map(|(name, property)| (name.as_str(), inside(property)));
                visitor.visit_map(MapDeserializer::new(properties))
            }
            Value::Number(_) => self.counting(|value| value.deserialize_any(visitor)),
            Value::Null | Value::Bool(_) | Value::String(_) => self.value.deserialize_any(visitor),
        }
    }

    single! {
        deserialize_bool deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_unit deserialize_identifier
    }

    holders! {
        deserialize_seq() deserialize_map() deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.value.is_null() { self.counting(|_| visitor.visit_none()) } else { visitor.visit_some(self) }
    }

    /// A name with `$` is not a newtype: `serde_json` uses it for its own types, such as `RawValue`.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        if name.starts_with('$') {
            return self.counting(|value| value.deserialize_newtype_struct(name, visitor));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Self::Error> {
        self.counting(|value| value.deserialize_unit_struct(name, visitor))
    }

    /// A matching enum value may be the tag of the alternative, so it counts as several parts.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let read = self.counting(|value| value.deserialize_enum(name, variants, visitor))?;
        (0..TELLING).for_each(|_| self.count());
        Ok(read)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }
}

impl<'de> IntoDeserializer<'de, serde_json::Error> for CoverageDeserializer<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
