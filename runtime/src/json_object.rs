//! A JSON object with any members, kept as its text.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::json_text::JsonText;
use crate::json_value::decode;
use crate::{DecodeError, JsonValue};

/// A JSON object with any members, kept as its text.
///
/// Generated code uses it for objects without declared properties, with `Config::free_form`. What is written about the
/// text, its memory, equality and serialization of a [`JsonValue`] is true for it too.
///
/// Each [`get`](Self::get) searches the text. Use [`to`](Self::to) for several members.
///
/// ```
/// use asyncapi_runtime::JsonObject;
///
/// #[derive(serde::Deserialize)]
/// struct Conversation {
///     status: String,
///     priority: u8,
/// }
///
/// let attributes: JsonObject = r#"{"status": "open", "priority": 3, "tags": ["a", "b"]}"#.parse()?;
///
/// assert_eq!(attributes.get::<Vec<String>>("tags")?.unwrap(), ["a", "b"]);
/// assert_eq!(attributes.get::<String>("subject")?, None);
///
/// let conversation: Conversation = attributes.to()?;
/// assert_eq!((conversation.status.as_str(), conversation.priority), ("open", 3));
/// # Ok::<(), asyncapi_runtime::DecodeError>(())
/// ```
#[derive(Clone)]
pub struct JsonObject(pub(crate) JsonText);

impl JsonObject {
    /// An object without members.
    #[must_use]
    pub const fn new() -> Self {
        Self(JsonText::from_static("{}"))
    }

    /// The JSON text, without spaces around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Decodes the member with this key; `None` if there is none. Of a repeated key, the last one counts.
    ///
    /// A member that is `null` is decoded too, so use `get::<Option<T>>` for members that may be `null`.
    ///
    /// # Errors
    ///
    /// The member has another shape than `T`. The pointer of the error starts at the member.
    pub fn get<'a, T: Deserialize<'a>>(&'a self, key: &str) -> Result<Option<T>, DecodeError> {
        let members = RawMembers { key: Some(key), found: Vec::new() };
        members.read_from(self.as_str())?.pop().map(|(_, raw)| decode(raw.get())).transpose()
    }

    /// The members in the order of the text. A repeated key appears more than once.
    ///
    /// An object with a key that is no text, such as `"\ud800"`, has no members here; [`to_map`](Self::to_map) fails.
    pub fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, JsonValue)> {
        let members = RawMembers { key: None, found: Vec::new() }.read_from(self.as_str()).unwrap_or_default();
        members.into_iter().map(|(key, raw)| (key, JsonValue(self.0.part(raw))))
    }

    /// Decodes the object into a type of your own. Integers may be written as `1.0`.
    ///
    /// # Errors
    ///
    /// The object has another shape than `T`. The pointer of the error starts at this object.
    pub fn to<'a, T: Deserialize<'a>>(&'a self) -> Result<T, DecodeError> {
        decode(self.as_str())
    }

    /// The object as a map.
    ///
    /// # Errors
    ///
    /// As [`JsonValue::to_value`].
    pub fn to_map(&self) -> Result<Map<String, Value>, DecodeError> {
        self.to()
    }
}

/// Collects members without decoding their values.
struct RawMembers<'a, 'k> {
    /// The only key that is wanted; `None` for all.
    key: Option<&'k str>,
    found: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> RawMembers<'a, '_> {
    fn read_from(self, text: &'a str) -> Result<Vec<(Cow<'a, str>, &'a RawValue)>, DecodeError> {
        serde_json::Deserializer::from_str(text).deserialize_map(self).map_err(|error| DecodeError::at_root(&error))
    }
}

impl<'a> Visitor<'a> for RawMembers<'a, '_> {
    type Value = Vec<(Cow<'a, str>, &'a RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut members: A) -> Result<Self::Value, A::Error> {
        while let Some(Key(key)) = members.next_key()? {
            if self.key.is_none_or(|wanted| wanted == key) {
                self.found.push((key, members.next_value()?));
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(self.found)
    }
}

/// A key, borrowed if it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'a> Deserialize<'a> for Key<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor).map(Self)
    }
}

struct KeyVisitor;

impl<'a> Visitor<'a> for KeyVisitor {
    type Value = Cow<'a, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'a str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

impl Default for JsonObject {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Map<String, Value>> for JsonObject {
    fn from(members: Map<String, Value>) -> Self {
        Self(JsonText::from_value(&Value::Object(members)))
    }
}

/// Later members replace earlier ones with the same key.
impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for JsonObject {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        members.into_iter().map(|(key, value)| (key.into(), value.into())).collect::<Map<String, Value>>().into()
    }
}

impl JsonValue {
    /// The value as an object, if it is one. They share the text.
    #[must_use]
    pub fn as_object(&self) -> Option<JsonObject> {
        self.0.is_object().then(|| JsonObject(self.0.clone()))
    }
}

impl From<JsonObject> for JsonValue {
    fn from(object: JsonObject) -> Self {
        Self(object.0)
    }
}

impl TryFrom<JsonValue> for JsonObject {
    type Error = DecodeError;

    /// # Errors
    ///
    /// The value is not an object.
    fn try_from(value: JsonValue) -> Result<Self, DecodeError> {
        from_text(value.0).map_err(|error: serde_json::Error| DecodeError::at_root(&error))
    }
}

impl FromStr for JsonObject {
    type Err = DecodeError;

    /// # Errors
    ///
    /// The text is not exactly one JSON object.
    fn from_str(text: &str) -> Result<Self, DecodeError> {
        text.parse::<JsonValue>()?.try_into()
    }
}

fn from_text<E: Error>(text: JsonText) -> Result<JsonObject, E> {
    if text.is_object() {
        return Ok(JsonObject(text));
    }
    let found = match text.as_str().as_bytes().first() {
        Some(b'n') => Unexpected::Unit,
        Some(b'[') => Unexpected::Seq,
        Some(b'"') => Unexpected::Other("string"),
        Some(b't' | b'f') => Unexpected::Other("boolean"),
        _ => Unexpected::Other("number"),
    };
    Err(E::invalid_type(found, &"a map"))
}

impl PartialEq for JsonObject {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(&other.0)
    }
}

impl PartialEq<Map<String, Value>> for JsonObject {
    fn eq(&self, other: &Map<String, Value>) -> bool {
        self.to_map().is_ok_and(|members| members == *other)
    }
}

impl Eq for JsonObject {}

/// The JSON text.
impl fmt::Display for JsonObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The JSON text.
impl fmt::Debug for JsonObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for JsonObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(JsonText::deserialize(deserializer)?)
    }
}
