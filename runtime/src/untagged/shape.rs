//! The visitor that finds the JSON type and the tag of a value.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{BorrowedStrDeserializer, SeqAccessDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::buffered::{NullDeserializer, ObjectDeserializer, ReplayDeserializer};
use super::{JsonShape, Tag, Union};

/// Finds the JSON type and the tag of a value, then deserializes the selected alternative.
pub(super) struct ShapeVisitor<T>(PhantomData<T>);

impl<T> ShapeVisitor<T> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Union> Visitor<'de> for ShapeVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("one of several alternatives")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        T::from_shape(JsonShape::Null, NullDeserializer::new())
    }

    fn visit_none<E: Error>(self) -> Result<T, E> {
        self.visit_unit()
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        T::from_shape(JsonShape::Boolean, ReplayDeserializer(value.into_deserializer()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        T::from_shape(JsonShape::Number, ReplayDeserializer(value.into_deserializer()))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<T, E> {
        T::from_shape(JsonShape::Number, ReplayDeserializer(value.into_deserializer()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        T::from_shape(JsonShape::Number, ReplayDeserializer(value.into_deserializer()))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<T, E> {
        T::from_shape(JsonShape::Number, ReplayDeserializer(value.into_deserializer()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        T::from_shape(JsonShape::Number, ReplayDeserializer(value.into_deserializer()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        T::from_shape(JsonShape::String, ReplayDeserializer(value.into_deserializer()))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<T, E> {
        T::from_shape(JsonShape::String, ReplayDeserializer(BorrowedStrDeserializer::new(value)))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<T, E> {
        T::from_shape(JsonShape::String, ReplayDeserializer(value.into_deserializer()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
        T::from_shape(JsonShape::Array, ReplayDeserializer(SeqAccessDeserializer::new(items)))
    }

    /// Buffers the entries up to the tag. Most senders write the tag first.
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<T, A::Error> {
        let mut before: Vec<(String, Value)> = Vec::new();
        let mut tag: Option<Value> = None;
        while !T::TAG.is_empty()
            && tag.is_none()
            && let Some(key) = entries.next_key::<String>()?
        {
            let value: Value = entries.next_value()?;
            if key == T::TAG {
                tag = Some(value.clone());
            }
            before.push((key, value));
        }
        let seen = JsonShape::Object(tag.as_ref().map_or(Tag::Absent, Tag::of));
        T::from_shape(seen, ReplayDeserializer(ObjectDeserializer::new(before, entries)))
    }
}
