//! A JSON value of any type, kept as its text.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use crate::json_text::JsonText;
use crate::{DecodeError, lenient_int};

/// A JSON value of any type, kept as its text.
///
/// Generated code uses it for properties of any type, with `Config::free_form`. It is cheaper to decode than a
/// [`serde_json::Value`], because only the syntax is checked. The text is a part of the body, and shares its memory.
/// So one small value keeps the body in memory; [`JsonValue::to_value`] does not.
///
/// It is serialized with exactly the text that it was read from: spaces, the order of keys and the digits of numbers
/// are unchanged. Where serde buffers values before it decodes them, in a flattened map or in an untagged union, the
/// text is written again from the buffer: without spaces, and with numbers as `f64` beyond 64 bits. It can be
/// serialized only to JSON.
///
/// Equality compares values: `{"a": 1, "b": 2}` equals `{"b":2,"a":1}`. Of a repeated key, the last one counts. Values
/// that [`serde_json::Value`] cannot represent, such as `1e999`, are equal only if their texts are.
///
/// ```
/// use asyncapi_runtime::JsonValue;
///
/// #[derive(serde::Deserialize, serde::Serialize)]
/// struct Change {
///     after: JsonValue,
/// }
///
/// let text = r#"{"after":{"size":12345678901234567890123,"color":"red"}}"#;
/// let change: Change = serde_json::from_str(text)?;
///
/// assert_eq!(serde_json::to_string(&change)?, text);
/// assert_eq!(change.after.as_object().unwrap().get::<&str>("color")?, Some("red"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct JsonValue(pub(crate) JsonText);

impl JsonValue {
    /// The value `null`.
    pub const NULL: Self = Self(JsonText::from_static("null"));

    /// The JSON text, without spaces around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0.is_null()
    }

    /// Decodes the value. Integers may be written as `1.0`.
    ///
    /// # Errors
    ///
    /// The value has another shape than `T`. The pointer of the error starts at this value.
    pub fn to<'a, T: Deserialize<'a>>(&'a self) -> Result<T, DecodeError> {
        decode(self.as_str())
    }

    /// The value as a [`Value`].
    ///
    /// # Errors
    ///
    /// [`Value`] cannot represent it: a number is out of the range of `f64`, or an escape is no character.
    pub fn to_value(&self) -> Result<Value, DecodeError> {
        self.to()
    }

    /// The JSON text of any value that can be serialized.
    ///
    /// # Errors
    ///
    /// The value cannot be serialized as JSON.
    pub fn from_serialize<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        JsonText::from_serialize(value).map(Self)
    }
}

/// Decodes a text. Only if that fails, it is read again with the path to the error, and for integers like `1.0`.
pub(crate) fn decode<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, DecodeError> {
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(value);
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    lenient_int::deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track))
        .map_err(|error| DecodeError::at_path(serde_path_to_error::Error::new(track.path(), error)))
}

/// `null`.
impl Default for JsonValue {
    fn default() -> Self {
        Self::NULL
    }
}

impl From<Value> for JsonValue {
    fn from(value: Value) -> Self {
        Self(JsonText::from_value(&value))
    }
}

impl FromStr for JsonValue {
    type Err = DecodeError;

    /// # Errors
    ///
    /// The text is not exactly one JSON value.
    fn from_str(text: &str) -> Result<Self, DecodeError> {
        JsonText::parse(text).map(Self).map_err(|error| DecodeError::at_root(&error))
    }
}

impl PartialEq for JsonValue {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(&other.0)
    }
}

impl PartialEq<Value> for JsonValue {
    fn eq(&self, other: &Value) -> bool {
        self.to_value().is_ok_and(|value| value == *other)
    }
}

impl Eq for JsonValue {}

/// The JSON text.
impl fmt::Display for JsonValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The JSON text.
impl fmt::Debug for JsonValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for JsonValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        JsonText::deserialize(deserializer).map(Self)
    }
}
