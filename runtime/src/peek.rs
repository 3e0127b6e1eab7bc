//! Finds strings and integers at JSON pointers in a JSON text, in one pass and without building other values.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::DecodeError;
use crate::pointer::{self, Step};

/// A string or an integer that [`Inbound::peek_scalars`](crate::Inbound::peek_scalars) has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A string.
    Text(String),
    /// An integer of 64 bits.
    Integer(i64),
}

impl Scalar {
    /// The string, or the digits of the integer.
    #[must_use]
    pub fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Integer(integer) => integer.to_string(),
        }
    }

    /// The integer, or the integer that the string consists of.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Integer(integer) => Some(*integer),
        }
    }
}

/// The string at a pointer.
pub(crate) fn string_at(body: &[u8], pointer: &str) -> Result<Option<String>, DecodeError> {
    match scalars_at(body, [pointer])? {
        [Some(Scalar::Text(text))] => Ok(Some(text)),
        _ => Ok(None),
    }
}

/// The string at a pointer, or the digits of the integer.
pub(crate) fn id_at(body: &[u8], pointer: &str) -> Result<Option<String>, DecodeError> {
    let [found] = scalars_at(body, [pointer])?;
    Ok(found.map(Scalar::into_text))
}

/// The strings and integers at several pointers.
pub(crate) fn scalars_at<const N: usize>(body: &[u8], pointers: [&str; N]) -> Result<[Option<Scalar>; N], DecodeError> {
    let mut found = [const { None }; N];
    let wanted = pointers.into_iter().enumerate().map(|(index, pointer)| Wanted { index, pointer }).collect();
    let mut json = serde_json::Deserializer::from_slice(body);
    let walked = ScalarsAt { wanted, found: &mut found }.deserialize(&mut json).and_then(|()| json.end());
    // Syntax errors belong to the whole body, so no path is tracked.
    walked.map_err(|error| DecodeError::at_root(&error))?;
    Ok(found)
}

/// The rest of one of the pointers.
#[derive(Clone, Copy)]
struct Wanted<'p> {
    index: usize,
    pointer: &'p str,
}

/// Visits any value and stores the scalars at the pointers.
struct ScalarsAt<'p, 'f> {
    wanted: Vec<Wanted<'p>>,
    found: &'f mut [Option<Scalar>],
}

impl<'p> ScalarsAt<'p, '_> {
    fn keep(&mut self, scalar: &Scalar) {
        for wanted in &self.wanted {
            if matches!(pointer::step(wanted.pointer), Step::Here) {
                self.found[wanted.index] = Some(scalar.clone());
            }
        }
    }

    /// The pointers that continue in a member or an element, without their first token.
    fn steps_below(&self, leads_there: impl Fn(&str) -> bool) -> Vec<Wanted<'p>> {
        let step = |wanted: &Wanted<'p>| match pointer::step(wanted.pointer) {
            Step::Into(token, pointer) if leads_there(&token) => Some(Wanted { index: wanted.index, pointer }),
            _ => None,
        };
        self.wanted.iter().filter_map(step).collect()
    }

    fn below(&mut self, wanted: Vec<Wanted<'p>>) -> ScalarsAt<'p, '_> {
        for wanted in &wanted {
            // Of a repeated key, the last one counts.
            self.found[wanted.index] = None;
        }
        ScalarsAt { wanted, found: self.found }
    }
}

impl<'de> DeserializeSeed<'de> for ScalarsAt<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        if self.wanted.is_empty() {
            return json.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ScalarsAt<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.keep(&Scalar::Text(text.to_owned()));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(member) = members.next_key_seed(Key(&self))? {
            match member {
                Member::Below(wanted) => members.next_value_seed(self.below(wanted))?,
                Member::Digits => {
                    let digits: String = members.next_value()?;
                    if let Ok(integer) = digits.parse() {
                        self.keep(&Scalar::Integer(integer));
                    }
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        for at in 0_usize.. {
            let wanted = self.steps_below(|token| pointer::index(token) == Some(at));
            if elements.next_element_seed(self.below(wanted))?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_i64<E>(mut self, integer: i64) -> Result<(), E> {
        self.keep(&Scalar::Integer(integer));
        Ok(())
    }

    fn visit_u64<E>(mut self, integer: u64) -> Result<(), E> {
        if let Ok(integer) = i64::try_from(integer) {
            self.keep(&Scalar::Integer(integer));
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The key of a map that represents a number, if another crate enables `arbitrary_precision` of `serde_json`. Without
/// this, integer ids and revisions would not be found then.
const NUMBER: &str = "$serde_json::private::Number";

/// The meaning of a key in an object.
enum Member<'p> {
    /// A member in which these pointers continue.
    Below(Vec<Wanted<'p>>),
    /// The object is a number, and the value has its digits.
    Digits,
}

/// Deserializes a key without storing it.
struct Key<'a, 'p, 'f>(&'a ScalarsAt<'p, 'f>);

impl<'de, 'p> DeserializeSeed<'de> for Key<'_, 'p, '_> {
    type Value = Member<'p>;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_str(self)
    }
}

impl<'p> Visitor<'_> for Key<'_, 'p, '_> {
    type Value = Member<'p>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(if key == NUMBER { Member::Digits } else { Member::Below(self.0.steps_below(|token| token == key)) })
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeSeed;
    use serde::de::value::{Error, MapDeserializer};

    use super::{NUMBER, Scalar, ScalarsAt, Wanted};

    #[test]
    fn a_number_is_found_with_arbitrary_precision() {
        for (digits, expected) in [("-7", Some(-7)), ("7.5", None), ("99999999999999999999", None)] {
            let mut found = [None];
            let number = MapDeserializer::<_, Error>::new([(NUMBER, digits)].into_iter());
            let here = Wanted { index: 0, pointer: "" };
            ScalarsAt { wanted: vec![here], found: &mut found }.deserialize(number).unwrap();
            match found {
                [Some(Scalar::Integer(integer))] => assert_eq!(Some(integer), expected),
                [other] => assert!(other.is_none() && expected.is_none(), "{digits}: {other:?}"),
            }
        }
    }
}
