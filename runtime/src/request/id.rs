//! Correlation ids: what kind of value they are, and new random ones.

use serde_json::Value;
use uuid::Builder;

/// What kind of value a correlation id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    /// A text: a random UUID (version 4 of RFC 9562), since some documents require the format `uuid`.
    Text,
    /// A random integer of 31 bits, which every common integer type can hold.
    Integer,
    /// The caller has to write the id: the document has constraints that a random value may violate.
    Given,
}

impl Id {
    /// A new random id. It is unique, as far as 31 or 122 random bits can be, and it is not a secret.
    ///
    /// `None` if the caller has to write it.
    ///
    /// # Errors
    ///
    /// The operating system has no random numbers.
    pub(super) fn make(self) -> Result<Option<Value>, getrandom::Error> {
        Ok(match self {
            Self::Text => {
                let mut bytes = [0; 16];
                getrandom::fill(&mut bytes)?;
                Some(Value::from(Builder::from_random_bytes(bytes).into_uuid().to_string()))
            }
            Self::Integer => Some(Value::from(getrandom::u32()? >> 1)),
            Self::Given => None,
        })
    }

    /// The id from a text, as a value of this kind; `None` if the text is not of this kind.
    pub(super) fn parse(self, id: String) -> Option<Value> {
        match self {
            Self::Integer => id.parse::<i64>().ok().map(Value::from),
            Self::Text | Self::Given => Some(Value::from(id)),
        }
    }
}
