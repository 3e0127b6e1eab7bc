//! Deserializes unions (`oneOf`, `anyOf`). For generated code only.
//!
//! If the JSON type or a property selects the alternative, the value is deserialized from the stream
//! ([`deserialize()`]): only the entries before that property are buffered. Otherwise all alternatives are tried
//! ([`BestMatch`]).
//!
//! ```
//! use asyncapi_runtime::untagged::{self, Union, JsonShape, Tag};
//! use serde::{Deserialize, Deserializer};
//!
//! #[derive(Deserialize)]
//! struct Cat {
//!     lives: u8,
//! }
//!
//! enum Pet {
//!     Cat(Cat),
//!     Name(String),
//! }
//!
//! impl Union for Pet {
//!     const TAG: &'static str = "kind";
//!
//!     fn from_shape<'de, D: Deserializer<'de>>(seen: JsonShape<'_>, value: D) -> Result<Self, D::Error> {
//!         match seen {
//!             JsonShape::Object(Tag::Text("cat")) => Deserialize::deserialize(value).map(Self::Cat),
//!             JsonShape::String => Deserialize::deserialize(value).map(Self::Name),
//!             other => Err(other.mismatch("a text, or `kind`: `cat`")),
//!         }
//!     }
//! }
//!
//! impl<'de> Deserialize<'de> for Pet {
//!     fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
//!         untagged::deserialize(deserializer)
//!     }
//! }
//!
//! let pet = serde_json::from_str(r#"{"kind": "cat", "lives": 9}"#)?;
//! assert!(matches!(pet, Pet::Cat(Cat { lives: 9 })));
//! assert!(serde_json::from_str::<Pet>("7").is_err());
//! # Ok::<(), serde_json::Error>(())
//! ```

mod alternative;
mod best_match;
mod buffered;
mod coverage;
mod memo;
mod no_match;
mod shape;

use std::fmt;

use serde::{Deserializer, de};
use serde_json::Value;

pub use self::alternative::Alternative;
pub use self::best_match::BestMatch;
pub use self::memo::memoized;
use self::shape::ShapeVisitor;

/// The JSON type of a value, and its tag if it is an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonShape<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object, with its value for [`Union::TAG`].
    Object(Tag<'a>),
}

/// The value of the property that selects an alternative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag<'a> {
    /// The object has no such property, or the union has no tag.
    Absent,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// An integer, which may be written as `1.0`.
    Integer(i128),
    /// A string.
    Text(&'a str),
    /// A fraction, an array or an object, which never selects an alternative.
    Other,
}

impl<'a> Tag<'a> {
    #[allow(clippy::cast_possible_truncation)]
    fn of(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Boolean(*value),
            Value::String(text) => Self::Text(text),
            Value::Number(number) => {
                let whole = number.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i128);
                number.as_i128().or(whole).map_or(Self::Other, Self::Integer)
            }
            Value::Array(_) | Value::Object(_) => Self::Other,
        }
    }
}

impl JsonShape<'_> {
    /// The error for a value that matches no alternative.
    #[must_use]
    pub fn mismatch<E: de::Error>(self, expected: &str) -> E {
        E::custom(format_args!("{self}, expected {expected}"))
    }
}

impl fmt::Display for JsonShape<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Boolean => formatter.write_str("a boolean"),
            Self::Number => formatter.write_str("a number"),
            Self::String => formatter.write_str("a string"),
            Self::Array => formatter.write_str("an array"),
            Self::Object(Tag::Absent | Tag::Other) => formatter.write_str("an object"),
            Self::Object(Tag::Null) => formatter.write_str("an object of `null`"),
            Self::Object(Tag::Boolean(tag)) => write!(formatter, "an object of `{tag}`"),
            Self::Object(Tag::Integer(tag)) => write!(formatter, "an object of `{tag}`"),
            Self::Object(Tag::Text(tag)) => write!(formatter, "an object of `{tag}`"),
        }
    }
}

/// A union whose alternative is selected by the JSON type or by a tag.
pub trait Union: Sized {
    /// The property that selects the alternative of an object; empty if there is none.
    const TAG: &'static str = "";

    /// Deserializes the selected alternative.
    ///
    /// # Errors
    ///
    /// The error of the alternative, or [`JsonShape::mismatch`].
    fn from_shape<'de, D: Deserializer<'de>>(seen: JsonShape<'_>, value: D) -> Result<Self, D::Error>;
}

/// Deserializes a union.
///
/// # Errors
///
/// As [`Union::from_shape`], and the deserializer's own.
pub fn deserialize<'de, T: Union, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(ShapeVisitor::new())
}
