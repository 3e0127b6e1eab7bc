//! Alternatives that nothing tells apart are tried.

use std::fmt::Write as _;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::whole;

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
    best: Option<(usize, T)>,
    refused: String,
}

impl<T> Fitting<T> {
    /// Reads the value whole, whatever it is.
    ///
    /// # Errors
    ///
    /// The deserializer's own.
    pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Ok(Self { value, best: None, refused: "no alternative fits".to_owned() })
    }

    /// Tries an alternative, unless one before it keeps all of the value.
    #[must_use]
    pub fn or<V: DeserializeOwned + Serialize>(mut self, name: &str, alternative: fn(V) -> T) -> Self {
        let most = self.best.as_ref().map(|(kept, _)| *kept);
        if most == Some(kept(&self.value, &self.value)) {
            return self;
        }
        let read = whole::read::<_, V>(&self.value).and_then(|read| Ok((serde_json::to_value(&read)?, read)));
        match read {
            Ok((written, read)) => {
                let kept = kept(&self.value, &written);
                if most.is_none_or(|most| kept > most) {
                    self.best = Some((kept, alternative(read)));
                }
            }
            Err(why) => {
                let _ = write!(self.refused, "; {name}: {why}");
            }
        }
        self
    }

    /// The first alternative that keeps all of the value, or else the first that keeps most of it.
    ///
    /// # Errors
    ///
    /// When no alternative can be read: why, of each.
    pub fn best<E: Error>(self) -> Result<T, E> {
        self.best.map(|(_, read)| read).ok_or_else(|| E::custom(self.refused))
    }
}

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
