//! Headers from and to Rust types, by serde. Each header value is a text that is parsed as the type of its field.

use std::fmt;

use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, Visitor, value};
use serde::{Serialize, forward_to_deserialize_any};
use serde_json::Value;
use serde_json::de::StrRead;

use crate::{DecodeError, Headers};

impl Headers {
    /// Decodes the headers into a type, such as the struct that is generated for the headers of a message.
    ///
    /// The header for a field is found by name, without case. Numbers and booleans are parsed from the text, lists and
    /// objects from JSON. If a header occurs twice, the first one is used. A header that is not UTF-8 counts as absent.
    ///
    /// ```
    /// use asyncapi_runtime::Headers;
    ///
    /// #[derive(serde::Deserialize)]
    /// #[serde(rename_all = "camelCase")]
    /// struct Tracing {
    ///     trace_id: String,
    ///     hops: Option<u8>,
    /// }
    ///
    /// let headers = Headers::from_iter([("TRACEID", "a1"), ("hops", "3")]);
    /// let tracing: Tracing = headers.decode()?;
    /// assert_eq!((tracing.trace_id.as_str(), tracing.hops), ("a1", Some(3)));
    /// # Ok::<(), asyncapi_runtime::DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DecodeErrorKind::Data`](crate::DecodeErrorKind::Data) if a required header is absent, or a header cannot be
    /// parsed.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        T::deserialize(Fields(self)).map_err(|error| DecodeError::of_headers(&error))
    }

    /// Encodes the fields of a type as headers: texts unchanged, other values as JSON. `null` and absent fields are
    /// omitted.
    ///
    /// ```
    /// use asyncapi_runtime::Headers;
    ///
    /// #[derive(serde::Serialize)]
    /// struct Tracing {
    ///     hops: u8,
    /// }
    ///
    /// assert_eq!(Headers::encode(&Tracing { hops: 3 })?.get_str("hops"), Some("3"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The type does not serialize to a JSON object.
    pub fn encode(values: &(impl Serialize + ?Sized)) -> Result<Self, serde_json::Error> {
        let values: serde_json::Map<String, Value> = serde_json::from_value(serde_json::to_value(values)?)?;
        let texts = values.into_iter().filter_map(|(name, value)| match value {
            Value::Null => None,
            Value::String(text) => Some((name, text)),
            other => Some((name, other.to_string())),
        });
        Ok(texts.collect())
    }
}

/// Deserializes headers as the fields of a struct, or as a map.
struct Fields<'a>(&'a Headers);

impl<'de> Deserializer<'de> for Fields<'de> {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        let texts = self.0.iter().filter_map(|(name, value)| Some((name, Text(std::str::from_utf8(value).ok()?))));
        visitor.visit_map(MapDeserializer::new(texts))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        let found = fields.iter().filter_map(|field| Some((*field, Text(self.0.get_str(field)?))));
        visitor.visit_map(MapDeserializer::new(found))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The value of a header.
#[derive(Clone, Copy)]
struct Text<'a>(&'a str);

impl<'de> IntoDeserializer<'de, value::Error> for Text<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Parses the text as the requested type.
macro_rules! parsed {
    ($($method:ident => $visit:ident,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
            let value = self.0.trim().parse().map_err(|error| unreadable(self.0, &error))?;
            visitor.$visit(value)
        })*
    };
}

fn unreadable(text: &str, error: &dyn fmt::Display) -> value::Error {
    value::Error::custom(format_args!("`{text}`: {error}"))
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = value::Error;

    parsed! {
        deserialize_bool => visit_bool,
        deserialize_i8 => visit_i8,
        deserialize_i16 => visit_i16,
        deserialize_i32 => visit_i32,
        deserialize_i64 => visit_i64,
        deserialize_i128 => visit_i128,
        deserialize_u8 => visit_u8,
        deserialize_u16 => visit_u16,
        deserialize_u32 => visit_u32,
        deserialize_u64 => visit_u64,
        deserialize_u128 => visit_u128,
        deserialize_f32 => visit_f32,
        deserialize_f64 => visit_f64,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        // `serde_json` requests a `RawValue` as a newtype with this name, and expects a map from the name to the text.
        if name.ends_with("::RawValue") {
            return visitor.visit_map(MapDeserializer::new(std::iter::once((name, self.0.trim()))));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        visitor.visit_enum(Name(self.0))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        self.json(|json| json.deserialize_seq(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, value::Error> {
        self.json(|json| json.deserialize_tuple(length, visitor))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, value::Error> {
        self.json(|json| json.deserialize_map(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        self.json(|json| json.deserialize_struct(name, fields, visitor))
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct tuple_struct identifier ignored_any
    }
}

impl<'a> Text<'a> {
    /// Parses the text as JSON, for lists and objects.
    fn json<T>(
        self,
        read: impl FnOnce(&mut serde_json::Deserializer<StrRead<'a>>) -> Result<T, serde_json::Error>,
    ) -> Result<T, value::Error> {
        let mut json = serde_json::Deserializer::from_str(self.0);
        let read = read(&mut json).and_then(|read| json.end().map(|()| read));
        read.map_err(|error| unreadable(self.0, &error))
    }
}

/// The name of a variant without data.
struct Name<'a>(&'a str);

impl<'de> EnumAccess<'de> for Name<'de> {
    type Error = value::Error;
    type Variant = <StrDeserializer<'de, value::Error> as EnumAccess<'de>>::Variant;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self::Variant), value::Error> {
        let text: StrDeserializer<'de, value::Error> = self.0.into_deserializer();
        text.variant_seed(seed)
    }
}
