//! The text of a JSON value, shared with the body that it came from.

use std::fmt::{self, Write as _};

use bytes::Bytes;
use scoped_tls::scoped_thread_local;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

scoped_thread_local!(
    /// The body that is being decoded.
    static BODY: Bytes
);

/// Decodes a body. The texts in it share its bytes.
pub(crate) fn with_body<R>(body: &Bytes, decode: impl FnOnce() -> R) -> R {
    BODY.set(body, decode)
}

/// The text of exactly one JSON value, without spaces around it.
#[derive(Clone)]
pub(crate) struct JsonText(Bytes);

impl JsonText {
    pub(crate) const fn from_static(text: &'static str) -> Self {
        Self(Bytes::from_static(text.as_bytes()))
    }

    /// The text of a value without numbers that JSON cannot have.
    pub(crate) fn from_value(value: &impl fmt::Display) -> Self {
        Self::owned(value.to_string())
    }

    /// Any value that serializes to JSON.
    pub(crate) fn from_serialize<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(Self::owned)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let raw: &RawValue = serde_json::from_str(text)?;
        Ok(Self::owned(raw.get().to_owned()))
    }

    fn owned(text: String) -> Self {
        Self(text.into())
    }

    /// Shares the bytes of the body if the text is a part of it.
    fn from_borrowed(text: &str) -> Self {
        if !BODY.is_set() {
            return Self::owned(text.to_owned());
        }
        BODY.with(|body| Self::part_of(body, text))
    }

    /// A part of these bytes, or a copy if the text is somewhere else.
    fn part_of(whole: &Bytes, text: &str) -> Self {
        let start = (text.as_ptr() as usize).checked_sub(whole.as_ptr() as usize);
        match start.filter(|start| start + text.len() <= whole.len()) {
            Some(start) => Self(whole.slice(start..start + text.len())),
            None => Self::owned(text.to_owned()),
        }
    }

    /// The text of a value inside of this one.
    pub(crate) fn part(&self, raw: &RawValue) -> Self {
        Self::part_of(&self.0, raw.get())
    }

    pub(crate) fn as_str(&self) -> &str {
        // The bytes are UTF-8 wherever they come from.
        std::str::from_utf8(&self.0).unwrap_or("null")
    }

    pub(crate) fn is_object(&self) -> bool {
        self.0.starts_with(b"{")
    }

    pub(crate) fn is_null(&self) -> bool {
        *self.0 == *b"null"
    }

    pub(crate) fn equals(&self, other: &Self) -> bool {
        let value = |text: &Self| serde_json::from_slice::<serde_json::Value>(&text.0).ok();
        self.0 == other.0 || value(self).is_some_and(|this| value(other).is_some_and(|other| this == other))
    }
}

impl Serialize for JsonText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(self.as_str()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// The name by which `serde_json` recognizes a raw value. If it changes, values are written again instead.
const RAW: &str = "$serde_json::private::RawValue";

/// The key of a map that represents a number, if another crate enables `arbitrary_precision` of `serde_json`.
const NUMBER: &str = "$serde_json::private::Number";

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(RAW, TextVisitor)
    }
}

/// Takes the text from a deserializer of `serde_json`.
struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = JsonText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut raw: A) -> Result<JsonText, A::Error> {
        match raw.next_key::<String>()?.as_deref() {
            Some(RAW) => raw.next_value_seed(Raw),
            _ => Err(A::Error::custom("the deserializer supports no raw values")),
        }
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, other: D) -> Result<JsonText, D::Error> {
        other.deserialize_any(BufferedVisitor)
    }
}

/// Writes a text for a value that a deserializer has buffered, or that another format than JSON has.
struct BufferedVisitor;

impl<'de> Visitor<'de> for BufferedVisitor {
    type Value = JsonText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, buffered: D) -> Result<JsonText, D::Error> {
        buffered.deserialize_any(self)
    }

    fn visit_some<D: Deserializer<'de>>(self, buffered: D) -> Result<JsonText, D::Error> {
        buffered.deserialize_any(self)
    }

    fn visit_none<E: Error>(self) -> Result<JsonText, E> {
        self.visit_unit()
    }

    fn visit_unit<E>(self) -> Result<JsonText, E> {
        Ok(JsonText::from_static("null"))
    }

    fn visit_bool<E>(self, value: bool) -> Result<JsonText, E> {
        Ok(JsonText::from_static(if value { "true" } else { "false" }))
    }

    fn visit_i64<E>(self, value: i64) -> Result<JsonText, E> {
        Ok(JsonText::from_value(&value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<JsonText, E> {
        Ok(JsonText::from_value(&value))
    }

    fn visit_i128<E>(self, value: i128) -> Result<JsonText, E> {
        Ok(JsonText::from_value(&value))
    }

    fn visit_u128<E>(self, value: u128) -> Result<JsonText, E> {
        Ok(JsonText::from_value(&value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<JsonText, E> {
        JsonText::from_serialize(&value).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<JsonText, E> {
        JsonText::from_serialize(&value).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<JsonText, A::Error> {
        let mut text = String::from("[");
        while let Some(item) = items.next_element::<JsonText>()? {
            let separator = if text.len() > 1 { "," } else { "" };
            let _ = write!(text, "{separator}{}", item.as_str());
        }
        text.push(']');
        Ok(JsonText::owned(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<JsonText, A::Error> {
        let mut text = String::from("{");
        while let Some(key) = members.next_key::<String>()? {
            if key == NUMBER && text.len() == 1 {
                let digits: serde_json::Number = members.next_value::<String>()?.parse().map_err(A::Error::custom)?;
                return Ok(JsonText::from_value(&digits));
            }
            let key = serde_json::to_string(&key).map_err(A::Error::custom)?;
            let value: JsonText = members.next_value()?;
            let separator = if text.len() > 1 { "," } else { "" };
            let _ = write!(text, "{separator}{key}:{}", value.as_str());
        }
        text.push('}');
        Ok(JsonText::owned(text))
    }
}

/// The text of a raw value.
struct Raw;

impl<'de> DeserializeSeed<'de> for Raw {
    type Value = JsonText;

    fn deserialize<D: Deserializer<'de>>(self, raw: D) -> Result<JsonText, D::Error> {
        raw.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Raw {
    type Value = JsonText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<JsonText, E> {
        Ok(JsonText::from_borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<JsonText, E> {
        Ok(JsonText::owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<JsonText, E> {
        Ok(JsonText::owned(text))
    }
}
