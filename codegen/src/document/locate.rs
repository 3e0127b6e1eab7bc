//! Where in the text a node stands, found only when a diagnostic is to be shown.
//!
//! `serde_yaml` gives no positions for values that parsed, but it gives the line and column of any error that is raised
//! while it walks. So the text is walked once more along the pointer, and an error is raised at its end.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Pointer;

/// A position in a text, both numbers from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Which part of a mapping's entry a diagnostic is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Key,
    Value,
}

/// The position of the node at `pointer`, or of its nearest ancestor that stands in the text itself.
///
/// A node that came in by a merge key or an alias has no place along its own pointer; its ancestor has.
pub(crate) fn locate(text: &str, pointer: &Pointer, part: Part) -> Option<Position> {
    let steps: Vec<String> = pointer.steps().collect();
    let whole = walk(text, &steps, part);
    whole.or_else(|| (0..steps.len()).rev().find_map(|length| walk(text, &steps[..length], Part::Value)))
}

fn walk(text: &str, steps: &[String], part: Part) -> Option<Position> {
    let walk = Walk { steps, part };
    let error = walk.deserialize(serde_yaml::Deserializer::from_str(text)).err()?;
    let location = error.location()?;
    error.to_string().contains(FOUND).then(|| Position { line: location.line(), column: location.column() })
}

/// The message of the error that marks the place, told apart from errors of the text itself.
const FOUND: &str = "\u{1}the place\u{1}";

#[derive(Clone, Copy)]
struct Walk<'a> {
    steps: &'a [String],
    part: Part,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Walk<'_> {
    fn arrived<E: Error>(self) -> Result<(), E> {
        if self.steps.is_empty() { Err(E::custom(FOUND)) } else { Ok(()) }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value that JSON can hold")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.arrived()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.arrived()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.arrived()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.arrived()
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<(), E> {
        self.arrived()
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<(), E> {
        self.arrived()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.arrived()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.arrived()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.arrived()?;
        let mut index = 0;
        loop {
            let more = match self.steps.split_first() {
                Some((step, rest)) if *step == index.to_string() => {
                    items.next_element_seed(Walk { steps: rest, part: self.part })?.is_some()
                }
                _ => items.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                return Ok(());
            }
            index += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        self.arrived()?;
        let Some((step, rest)) = self.steps.split_first() else { return Ok(()) };
        let mark = self.part == Part::Key && rest.is_empty();
        while let Some(wanted) = entries.next_key_seed(KeySeed { step, mark })? {
            if wanted {
                entries.next_value_seed(Walk { steps: rest, part: self.part })?;
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// Compares a key with the step, and raises the mark on it where the key itself is wanted.
struct KeySeed<'a> {
    step: &'a str,
    mark: bool,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        let wanted = key == self.step;
        if wanted && self.mark { Err(E::custom(FOUND)) } else { Ok(wanted) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Pointer, Position, locate};

    const TEXT: &str = "info:\n  title: Orders\nlist:\n  - a\n  - key: b\nflow: {x: [1, 2]}\n";

    fn at(pointer: &str, part: Part) -> Option<(usize, usize)> {
        let position = locate(TEXT, &Pointer::parse(pointer)?, part);
        position.map(|Position { line, column }| (line, column))
    }

    #[test]
    fn values_and_keys_are_found_in_blocks_and_flows() {
        assert_eq!(at("/info/title", Part::Value), Some((2, 10)));
        assert_eq!(at("/info/title", Part::Key), Some((2, 3)));
        assert_eq!(at("/list/1/key", Part::Key), Some((5, 5)));
        assert_eq!(at("/flow/x/1", Part::Value), Some((6, 15)));
    }

    #[test]
    fn what_is_not_there_is_placed_at_its_nearest_ancestor() {
        assert_eq!(at("/info/version", Part::Value), at("/info", Part::Value));
    }
}
