//! Reading a value that is one of several alternatives, for the unions of generated code.
//!
//! Where the kind of JSON or a property tells which alternative is meant, it is read as the bytes come ([`read()`]): only
//! what stands before that property is held back for a moment. Where nothing tells, alternatives are tried ([`BestMatch`]).
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

/// What can be seen of a value before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonShape<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number, whole or not.
    Number,
    /// A text.
    String,
    /// A list.
    Array,
    /// An object, with what stands under [`Union::TAG`].
    Object(Tag<'a>),
}

/// What stands in an object under the property that tells alternatives apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag<'a> {
    /// Nothing, or nothing was looked for.
    Absent,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number, which may be written as `1.0`.
    Integer(i128),
    /// A text.
    Text(&'a str),
    /// A fraction, a list or an object, by which nothing is told apart.
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
    /// The error that nothing of what was expected has been seen.
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

/// A type that is one of several alternatives, told apart by what can be seen of a value.
pub trait Union: Sized {
    /// The property of an object that tells which alternative is meant; empty where none does.
    const TAG: &'static str = "";

    /// Reads the alternative that is meant.
    ///
    /// # Errors
    ///
    /// The one of the alternative, or [`JsonShape::mismatch`].
    fn from_shape<'de, D: Deserializer<'de>>(seen: JsonShape<'_>, value: D) -> Result<Self, D::Error>;
}

/// Reads one of several alternatives.
///
/// # Errors
///
/// As [`Union::from_shape`], and the deserializer's own.
pub fn deserialize<'de, T: Union, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(ShapeVisitor::new())
}
