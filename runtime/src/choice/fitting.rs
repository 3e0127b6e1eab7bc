//! Alternatives that nothing tells apart are tried.

use std::fmt::Write as _;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::{DecodeError, Inbound, whole};

/// A value, and the alternative that keeps most of it so far.
///
/// ```
/// use asyncapi_runtime::choice::Fitting;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize, Serialize)]
/// struct Card {
///     number: String,
/// }
///
/// #[derive(Deserialize, Serialize)]
/// struct Transfer {
///     iban: Option<String>,
/// }
///
/// enum Payment {
///     Card(Card),
///     Transfer(Transfer),
/// }
///
/// let mut json = serde_json::Deserializer::from_str(r#"{"number": "4111"}"#);
/// let payment: Result<Payment, serde_json::Error> = Fitting::read(&mut json)?
///     .or("Transfer", Payment::Transfer) // could be read, and would drop the number
///     .or("Card", Payment::Card)
///     .best();
/// assert!(matches!(payment?, Payment::Card(_)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
pub struct Fitting<T> {
    value: Value,
    best: Option<(Fit, T)>,
    refused: String,
}

impl<T> Fitting<T> {
    /// Reads the value whole, whatever it is.
    ///
    /// # Errors
    ///
    /// The deserializer's own.
    pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::of_value)
    }

    /// The same of a value that has been read.
    pub(super) fn of_value(value: Value) -> Self {
        Self { value, best: None, refused: "no alternative fits".to_owned() }
    }

    /// Reads the body of a delivery whole.
    ///
    /// # Errors
    ///
    /// The body is not JSON.
    pub fn of(inbound: &Inbound) -> Result<Self, DecodeError> {
        inbound.decode().map(Self::of_value)
    }

    /// The same of a body that may be something else; `None` where it is no JSON, and its header does not say that it is.
    ///
    /// # Errors
    ///
    /// The body is said to be JSON, and is not.
    pub fn if_json(inbound: &Inbound) -> Result<Option<Self>, DecodeError> {
        let is_said = inbound.media_type().is_some_and(|said| said.ends_with("/json") || said.ends_with("+json"));
        match Self::of(inbound) {
            Ok(fitting) => Ok(Some(fitting)),
            Err(error) if is_said => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Tries an alternative, unless one before it keeps all of the value.
    #[must_use]
    pub fn or<V: DeserializeOwned + Serialize>(self, name: &str, alternative: fn(V) -> T) -> Self {
        self.or_known(name, alternative, |_| true)
    }

    /// Tries an alternative that may keep what it does not know, such as an open enum: of two that keep as much, one
    /// that knows all of the value is meant.
    #[must_use]
    pub fn or_known<V: DeserializeOwned + Serialize>(
        mut self,
        name: &str,
        alternative: fn(V) -> T,
        is_known: fn(&V) -> bool,
    ) -> Self {
        let best = self.best.as_ref().map(|(fit, _)| *fit);
        if best == Some(Fit { kept: kept(&self.value, &self.value), is_known: true }) {
            return self;
        }
        let read = whole::read::<_, V>(&self.value).and_then(|read| Ok((serde_json::to_value(&read)?, read)));
        match read {
            Ok((written, read)) => {
                let fit = Fit { kept: kept(&self.value, &written), is_known: is_known(&read) };
                if best.is_none_or(|best| fit > best) {
                    self.best = Some((fit, alternative(read)));
                }
            }
            Err(why) => {
                let _ = write!(self.refused, "; {name}: {:.MOST_TOLD$}", why.to_string());
            }
        }
        self
    }

    /// Tries an alternative that has to be valid too.
    #[cfg(feature = "validation")]
    #[must_use]
    pub fn or_valid<V: DeserializeOwned + Serialize>(
        mut self,
        name: &str,
        alternative: fn(V) -> T,
        validate: impl FnOnce(&V) -> Result<(), crate::Violations>,
    ) -> Self {
        let violations = whole::read::<_, V>(&self.value).ok().and_then(|read| validate(&read).err());
        match violations {
            None => self.or(name, alternative),
            Some(violations) => {
                let why = DecodeError::from(violations);
                let _ = write!(self.refused, "; {name}: {:.MOST_TOLD$}", why.to_string());
                self
            }
        }
    }

    /// The same as [`best`](Self::best), of a delivery.
    ///
    /// # Errors
    ///
    /// When no alternative can be read: why, of each.
    pub fn told(self) -> Result<T, DecodeError> {
        self.best.map(|(_, read)| read).ok_or_else(|| DecodeError::custom(self.refused))
    }

    /// The first alternative that keeps all of the value and knows it, or else the first that keeps most of it.
    ///
    /// # Errors
    ///
    /// When no alternative can be read: why, of each.
    pub fn best<E: Error>(self) -> Result<T, E> {
        self.best.map(|(_, read)| read).ok_or_else(|| E::custom(self.refused))
    }
}

/// How well an alternative fits a value: what is kept counts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    kept: usize,
    is_known: bool,
}

/// So many signs are told of why an alternative is none: of what holds itself, each level has the reasons of the level below
/// once for each alternative.
const MOST_TOLD: usize = 240;

/// How many of a value's parts are still there in what was written.
fn kept(value: &Value, written: &Value) -> usize {
    match (value, written) {
        (Value::Object(value), Value::Object(written)) => {
            let parts = value.iter().filter_map(|(name, part)| Some(kept(part, written.get(name)?)));
            1 + parts.sum::<usize>()
        }
        (Value::Array(value), Value::Array(written)) => {
            1 + value.iter().zip(written).map(|(part, written)| kept(part, written)).sum::<usize>()
        }
        (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => 0,
        _ => 1,
    }
}
