//! One string out of a JSON text: the parser walks all of it, only that string is built.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::DecodeError;
use crate::pointer::{self, Step};

/// The string a pointer leads to in this JSON text.
pub(crate) fn string_at(body: &[u8], pointer: &str) -> Result<Option<String>, DecodeError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let found = StringAt { pointer }.deserialize(&mut json);
    // The path is not tracked on this way: what isn't JSON at all is the fault of the whole.
    found.and_then(|found| json.end().map(|()| found)).map_err(|error| DecodeError::at_root(&error))
}

/// Reads any value and keeps the string at `pointer` below it.
struct StringAt<'p> {
    pointer: &'p str,
}

impl<'de> DeserializeSeed<'de> for StringAt<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StringAt<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(matches!(pointer::step(self.pointer), Step::Here).then(|| text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        if let Step::Into(token, rest) = pointer::step(self.pointer) {
            while let Some(wanted) = members.next_key_seed(KeyIs(&token))? {
                if wanted {
                    // Not only the first: of a repeated key the last one counts.
                    found = members.next_value_seed(StringAt { pointer: rest })?;
                } else {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        } else {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let wanted = match pointer::step(self.pointer) {
            Step::Into(token, rest) => pointer::index(&token).map(|index| (index, rest)),
            Step::Here | Step::Nowhere => None,
        };
        let mut found = None;
        for at in 0_usize.. {
            if let Some((index, rest)) = wanted
                && index == at
            {
                let Some(element) = elements.next_element_seed(StringAt { pointer: rest })? else {
                    break;
                };
                found = element;
            } else if elements.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
        }
        Ok(found)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// Reads an object's key and compares it, without keeping it.
struct KeyIs<'p>(&'p str);

impl<'de> DeserializeSeed<'de> for KeyIs<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<bool, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyIs<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}
