//! The JSON value of a parsed document.
//!
//! Keys are always strings, exactly as in the document: `NULL`, `200` and `true` are property names. Integers keep all
//! their digits.

use std::fmt;

use indexmap::IndexMap;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

/// The merge key of YAML 1.1, which copies the entries of another mapping.
const MERGE_KEY: &str = "<<";

/// The entries of a mapping, in the order of the document.
pub(crate) type Mapping = IndexMap<String, Value>;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    String(String),
    Sequence(Vec<Value>),
    /// Boxed, because most values are no mappings and would waste its size.
    Mapping(Box<Mapping>),
}

impl Value {
    /// A mapping with these entries, without spare capacity.
    pub(crate) fn object(entries: impl IntoIterator<Item = (String, Self)>) -> Self {
        let mut mapping: Mapping = entries.into_iter().collect();
        mapping.shrink_to_fit();
        Self::Mapping(Box::new(mapping))
    }

    /// The type of the value, for a diagnostic.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::String(_) => "a string",
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "an object",
        }
    }

    /// The text of a string. `None` for all other values.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// A string, number or boolean as text. `None` for `null`, lists and objects.
    pub(crate) fn plain_text(&self) -> Option<String> {
        match self {
            Self::String(text) => Some(text.clone()),
            Self::Integer(number) => Some(number.to_string()),
            Self::Float(number) => Some(number.to_string()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Null | Self::Sequence(_) | Self::Mapping(_) => None,
        }
    }

    /// The value as JSON text.
    pub(crate) fn to_json(&self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Float(number) if number.is_finite() => number.to_string(),
            // JSON has no NaN and no infinity.
            Self::Null | Self::Float(_) => "null".to_owned(),
            Self::String(text) => quoted(text),
            Self::Sequence(items) => {
                format!("[{}]", items.iter().map(Self::to_json).collect::<Vec<_>>().join(","))
            }
            Self::Mapping(entries) => {
                let entries = entries.iter().map(|(key, value)| format!("{}:{}", quoted(key), value.to_json()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
            }
        }
    }

    /// The child with this key or index.
    pub(crate) fn child(&self, step: &str) -> Option<&Self> {
        match self {
            Self::Mapping(entries) => entries.get(step),
            Self::Sequence(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        }
    }
}

impl From<&Value> for serde_json::Value {
    /// An integer beyond `i64` becomes a string, so that no digit is lost.
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => (*value).into(),
            Value::Integer(number) => i64::try_from(*number).map_or_else(|_| number.to_string().into(), Into::into),
            Value::Float(number) => (*number).into(),
            Value::String(text) => text.as_str().into(),
            Value::Sequence(items) => items.iter().map(Self::from).collect(),
            Value::Mapping(entries) => entries.iter().map(|(key, value)| (key.clone(), Self::from(value))).collect(),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(number) => serializer.serialize_i128(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::String(text) => serializer.serialize_str(text),
            Self::Sequence(items) => serializer.collect_seq(items),
            Self::Mapping(entries) => serializer.collect_map(entries.iter()),
        }
    }
}

/// Deserializes a [`Value`] from JSON or YAML.
pub(crate) struct ValueSeed;

impl<'de> DeserializeSeed<'de> for ValueSeed {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Integer(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    /// An integer beyond `i128` becomes a float, as in most JSON parsers.
    #[allow(clippy::cast_precision_loss)]
    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(i128::try_from(value).map_or(Value::Float(value as f64), Value::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut sequence = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            sequence.push(item);
        }
        sequence.shrink_to_fit();
        Ok(Value::Sequence(sequence))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut mapping = Mapping::new();
        let mut merged = Vec::new();
        while let Some(key) = entries.next_key_seed(KeySeed { mapping: &mapping })? {
            let value = entries.next_value_seed(Self)?;
            if key == MERGE_KEY {
                merged.push(value);
            } else {
                mapping.insert(key, value);
            }
        }
        for value in merged {
            merge(&mut mapping, value).map_err(A::Error::custom)?;
        }
        mapping.shrink_to_fit();
        Ok(Value::Mapping(Box::new(mapping)))
    }
}

/// Deserializes a key as a string. A duplicate key is an error at its position.
struct KeySeed<'a> {
    mapping: &'a Mapping,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string as key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<String, E> {
        if self.mapping.contains_key(key) {
            return Err(E::custom(format_args!("the key `{key}` occurs twice")));
        }
        Ok(key.to_owned())
    }
}

/// Adds the entries of a merge key. Entries of the mapping itself and of earlier sources win.
fn merge(mapping: &mut Mapping, source: Value) -> Result<(), &'static str> {
    match source {
        Value::Mapping(entries) => {
            for (key, value) in *entries {
                mapping.entry(key).or_insert(value);
            }
            Ok(())
        }
        Value::Sequence(sources) => sources.into_iter().try_for_each(|source| merge(mapping, source)),
        _ => Err("the merge key `<<` takes a mapping or a list of mappings"),
    }
}
