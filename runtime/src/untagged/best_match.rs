//! Tries the alternatives of a union that has no tag, and selects the one that keeps most of the value.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Alternative;
use super::no_match::{NoMatch, RejectedAlternative};
use crate::{DecodeError, Headers, Inbound, lenient_int};

/// A value, and the best alternative so far: the one that keeps most of the value.
///
/// ```
/// use asyncapi_runtime::untagged::BestMatch;
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
/// let payment: Result<Payment, serde_json::Error> = BestMatch::from_deserializer(&mut json)?
///     .or_try("Transfer", Payment::Transfer) // could be read, and would drop the number
///     .or_try("Card", Payment::Card)
///     .best();
/// assert!(matches!(payment?, Payment::Card(_)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
pub struct BestMatch<T> {
    value: Value,
    headers: Headers,
    best: Option<(Candidate, T)>,
    refused: Vec<RejectedAlternative>,
    /// Whether the next alternative refuses properties that it does not declare.
    is_closed: bool,
}

impl<T> BestMatch<T> {
    /// Deserializes any JSON value.
    ///
    /// # Errors
    ///
    /// The deserializer's own.
    pub fn from_deserializer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from_value)
    }

    /// Starts with a value that is already deserialized.
    pub(super) fn from_value(value: Value) -> Self {
        Self { value, headers: Headers::new(), best: None, refused: Vec::new(), is_closed: false }
    }

    /// Decodes the body of a delivery.
    ///
    /// # Errors
    ///
    /// The body is not JSON.
    pub fn from_body(inbound: &Inbound) -> Result<Self, DecodeError> {
        inbound.decode().map(Self::from_value)
    }

    /// Decodes a body that may have another format. `None` if it is not JSON, and its media type is not JSON either.
    ///
    /// # Errors
    ///
    /// The media type is JSON, but the body is not.
    pub fn from_json_body(inbound: &Inbound) -> Result<Option<Self>, DecodeError> {
        let is_said = inbound.media_type().is_some_and(|said| said.ends_with("/json") || said.ends_with("+json"));
        match Self::from_body(inbound) {
            Ok(fitting) => Ok(Some(fitting)),
            Err(error) if is_said => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Sets the headers of the message, for alternatives with headers.
    #[must_use]
    pub fn with_headers(self, headers: &Headers) -> Self {
        Self { headers: headers.clone(), ..self }
    }

    /// The next alternative has `additionalProperties: false`: it does not match an object with other properties.
    ///
    /// ```
    /// use asyncapi_runtime::untagged::BestMatch;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Deserialize, Serialize)]
    /// struct Hello {
    ///     hello: Option<String>,
    /// }
    ///
    /// let mut json = serde_json::Deserializer::from_str(r#"{"bye": "b"}"#);
    /// let alternatives = BestMatch::from_deserializer(&mut json)?.closed().or_try("Hello", |hello: Hello| hello);
    /// assert!(alternatives.best::<serde_json::Error>().is_err());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn closed(self) -> Self {
        Self { is_closed: true, ..self }
    }

    /// Tries an alternative, unless an earlier one keeps the complete value.
    #[must_use]
    pub fn or_try<A: Alternative>(self, name: &str, alternative: fn(A) -> T) -> Self {
        self.or_try_preferring_known(name, alternative, |_| true)
    }

    /// Tries an alternative that may keep unknown values, such as an open enum. If two alternatives keep the same
    /// number of parts, the one for which `is_known` is true is better.
    #[must_use]
    pub fn or_try_preferring_known<A: Alternative>(
        self,
        name: &str,
        alternative: fn(A) -> T,
        is_known: fn(&A::Payload) -> bool,
    ) -> Self {
        self.or_try_listed(name, alternative, |_| true, is_known)
    }

    /// Tries an alternative that is an open union itself. It keeps every value: any other alternative that matches is
    /// better than one for which `is_listed` is false.
    #[must_use]
    pub fn or_try_listed<A: Alternative>(
        mut self,
        name: &str,
        alternative: fn(A) -> T,
        is_listed: fn(&A::Payload) -> bool,
        is_known: fn(&A::Payload) -> bool,
    ) -> Self {
        let is_closed = std::mem::take(&mut self.is_closed);
        let best = self.best.as_ref().map(|(fit, _)| *fit);
        let (kept_parts, headers) = (kept(&self.value, &self.value), A::most(&self.headers));
        let most = Candidate { is_listed: true, kept: kept_parts, is_known: true, headers };
        if best.is_some_and(|best| best >= most) {
            return self;
        }
        let read = lenient_int::deserialize::<_, A::Payload>(&self.value);
        match read.and_then(|read| Ok((serde_json::to_value(&read)?, read))) {
            Ok((written, read)) => {
                if let Some(other) = undeclared_property(&self.value, &written).filter(|_| is_closed) {
                    let error = DecodeError::custom(format_args!("`{other}` is no property of it"));
                    self.refused.push(RejectedAlternative::read(name, error));
                    return self;
                }
                let (is_listed, is_known) = (is_listed(&read), is_known(&read));
                let kept = kept(&self.value, &written);
                match A::of(read, &self.headers) {
                    Ok((read, headers)) => {
                        let fit = Candidate { is_listed, kept, is_known, headers };
                        if best.is_none_or(|best| fit > best) {
                            self.best = Some((fit, alternative(read)));
                        }
                    }
                    Err(error) => self.refused.push(RejectedAlternative::read(name, error)),
                }
            }
            Err(_) => self.refused.push(RejectedAlternative::unreadable::<A::Payload>(name)),
        }
        self
    }

    /// Tries an alternative. It matches only if it is also valid.
    #[cfg(feature = "validation")]
    #[must_use]
    pub fn or_try_valid<A: Alternative>(
        mut self,
        name: &str,
        alternative: fn(A) -> T,
        validate: impl FnOnce(&A::Payload) -> Result<(), crate::Violations>,
    ) -> Self {
        let violations =
            lenient_int::deserialize::<_, A::Payload>(&self.value).ok().and_then(|read| validate(&read).err());
        match violations {
            None => self.or_try(name, alternative),
            Some(violations) => {
                self.refused.push(RejectedAlternative::read(name, violations.into()));
                self
            }
        }
    }

    /// Like [`best`](Self::best), for the body of a delivery.
    ///
    /// # Errors
    ///
    /// No alternative matches. The message has the place and reason of the closest failure, then those of the others.
    pub fn finish(self) -> Result<T, DecodeError> {
        let Self { value, best, refused, .. } = self;
        best.map(|(_, read)| read).ok_or_else(|| NoMatch::of(&refused, &value).of_body())
    }

    /// The best alternative: the one that keeps most parts of the value. If several are equally good, the first of
    /// them.
    ///
    /// # Errors
    ///
    /// No alternative matches. The message has the place and reason of the closest failure, then those of the others.
    pub fn best<E: Error>(self) -> Result<T, E> {
        let Self { value, best, refused, .. } = self;
        best.map(|(_, read)| read).ok_or_else(|| E::custom(NoMatch::of(&refused, &value).of_value()))
    }
}

/// How well an alternative matches. The order of the fields is the order of comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    /// Whether the alternative is more than a value that no union lists.
    is_listed: bool,
    kept: usize,
    is_known: bool,
    headers: usize,
}

/// The first property of an object that is not written. One with `null` may be an optional property.
fn undeclared_property<'a>(value: &'a Value, written: &Value) -> Option<&'a str> {
    let mut properties = value.as_object()?.iter().filter(|(_, value)| !value.is_null());
    properties.find(|(name, _)| written.get(name).is_none()).map(|(name, _)| name.as_str())
}

/// The number of parts of a value that are still present after it was deserialized and serialized again.
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
