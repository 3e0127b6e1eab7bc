//! Some strings and integers out of a JSON text: the parser walks all of it once, only they are built.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::DecodeError;
use crate::pointer::{self, Step};

/// What can be found at a pointer.
#[derive(Clone, Debug)]
pub(crate) enum Scalar {
    Text(String),
    Integer(i64),
}

/// The string a pointer leads to in this JSON text.
pub(crate) fn string_at(body: &[u8], pointer: &str) -> Result<Option<String>, DecodeError> {
    match scalars_at(body, [pointer])? {
        [Some(Scalar::Text(text))] => Ok(Some(text)),
        _ => Ok(None),
    }
}

/// The string that a pointer leads to, or the integer as its digits.
pub(crate) fn id_at(body: &[u8], pointer: &str) -> Result<Option<String>, DecodeError> {
    let [found] = scalars_at(body, [pointer])?;
    Ok(found.map(|scalar| match scalar {
        Scalar::Text(text) => text,
        Scalar::Integer(integer) => integer.to_string(),
    }))
}

/// What each of some pointers leads to in this JSON text.
pub(crate) fn scalars_at<const N: usize>(body: &[u8], pointers: [&str; N]) -> Result<[Option<Scalar>; N], DecodeError> {
    let mut found = [const { None }; N];
    let wanted = pointers.into_iter().enumerate().map(|(index, pointer)| Wanted { index, pointer }).collect();
    let mut json = serde_json::Deserializer::from_slice(body);
    let walked = ScalarsAt { wanted, found: &mut found }.deserialize(&mut json).and_then(|()| json.end());
    // The path is not tracked on this way: what isn't JSON at all is the fault of the whole.
    walked.map_err(|error| DecodeError::at_root(&error))?;
    Ok(found)
}

/// What is left to walk of one of the pointers.
#[derive(Clone, Copy)]
struct Wanted<'p> {
    index: usize,
    pointer: &'p str,
}

/// Reads any value and keeps what the pointers lead to below it.
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

    /// The pointers that lead on into a member or element, one step further.
    fn steps_below(&self, leads_there: impl Fn(&str) -> bool) -> Vec<Wanted<'p>> {
        let step = |wanted: &Wanted<'p>| match pointer::step(wanted.pointer) {
            Step::Into(token, pointer) if leads_there(&token) => Some(Wanted { index: wanted.index, pointer }),
            _ => None,
        };
        self.wanted.iter().filter_map(step).collect()
    }

    fn below(&mut self, wanted: Vec<Wanted<'p>>) -> ScalarsAt<'p, '_> {
        for wanted in &wanted {
            // Not only the first: of a repeated key the last one counts.
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

/// What a number is to a visitor, as the only member of a map, where a crate beside this one has turned on `serde_json`'s
/// `arbitrary_precision`: ids and revisions would not be found, and nobody would be told.
const NUMBER: &str = "$serde_json::private::Number";

/// What an object's key says of its member.
enum Member<'p> {
    /// These pointers lead on into it.
    Below(Vec<Wanted<'p>>),
    /// It is no member: the object is a number, and these are its digits.
    Digits,
}

/// Reads an object's key, without keeping it, and tells what its member is.
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
    fn a_number_is_found_though_another_crate_has_its_digits_kept() {
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
