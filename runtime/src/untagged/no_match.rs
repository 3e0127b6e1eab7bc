//! The error for a value that matches no alternative: the failure of each alternative, the closest one first.

use std::cell::Cell;
use std::cmp::Reverse;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::coverage::CoverageDeserializer;
use crate::DecodeError;
use crate::lenient_int::LenientDeserializer;

/// An alternative that does not match the value.
#[derive(Debug)]
pub(super) struct RejectedAlternative {
    name: String,
    why: Mismatch,
}

/// Why the alternative does not match.
#[derive(Debug)]
enum Mismatch {
    /// The value cannot be deserialized. The function finds the reason; it is called only if no alternative matches.
    Unreadable(fn(&Value) -> Failure),
    /// The value can be deserialized, but its headers or a validation fail.
    Read(DecodeError),
}

/// Where an alternative fails, and how many parts of the value it uses.
#[derive(Debug)]
struct Failure {
    error: DecodeError,
    closeness: usize,
}

impl RejectedAlternative {
    /// The value cannot be deserialized as this type.
    pub(super) fn unreadable<V: DeserializeOwned>(name: &str) -> Self {
        Self { name: name.to_owned(), why: Mismatch::Unreadable(Failure::of::<V>) }
    }

    /// The value can be deserialized, but has this other error.
    pub(super) fn read(name: &str, error: DecodeError) -> Self {
        Self { name: name.to_owned(), why: Mismatch::Read(error) }
    }
}

impl Failure {
    fn of<V: DeserializeOwned>(value: &Value) -> Self {
        let read: Result<V, _> = serde_path_to_error::deserialize(LenientDeserializer(value));
        let error = read.err().map_or_else(|| DecodeError::custom("it cannot be written again"), DecodeError::at_path);
        Self { error, closeness: usable_parts::<V>(value) }
    }
}

/// How many parts of a value a type uses. Each property is tried separately, because serde stops at the first error.
fn usable_parts<V: DeserializeOwned>(value: &Value) -> usize {
    let parts = Cell::new(0);
    let count =
        |value: &Value| drop(V::deserialize(LenientDeserializer(CoverageDeserializer { value, parts: &parts })));
    match value {
        Value::Object(properties) => {
            for (name, property) in properties {
                count(&Value::Object(Map::from_iter([(name.clone(), property.clone())])));
            }
        }
        value => count(value),
    }
    parts.get()
}

/// The length limits, in characters, of the message for the closest alternative and of those for the others. In a
/// recursive union, each level repeats the messages of the level below once per alternative.
const MOST_TOLD: (usize, usize) = (960, 240);

/// The errors of all alternatives, the closest one first.
pub(super) struct NoMatch<'a>(Vec<(&'a str, DecodeError)>);

impl<'a> NoMatch<'a> {
    pub(super) fn of(refused: &'a [RejectedAlternative], value: &Value) -> Self {
        let faults = refused.iter().map(|RejectedAlternative { name, why }| match why {
            Mismatch::Unreadable(find) => {
                let Failure { error, closeness } = find(value);
                (closeness, (name.as_str(), error))
            }
            Mismatch::Read(error) => (usize::MAX, (name.as_str(), error.clone())),
        });
        let mut faults: Vec<_> = faults.collect();
        faults.sort_by_key(|(closeness, _)| Reverse(*closeness));
        Self(faults.into_iter().map(|(_, fault)| fault).collect())
    }

    /// The error for a body. Its location is the place where the closest alternative fails.
    pub(super) fn of_body(self) -> DecodeError {
        let Some((name, closest)) = self.0.first() else { return DecodeError::custom("there is no alternative") };
        let message = format!("as `{name}`{}: {:.*}{}", self.closest(), MOST_TOLD.0, closest.message(), self.others());
        closest.clone().with_message(message)
    }

    /// The error message for a nested value.
    pub(super) fn of_value(self) -> String {
        let Some((name, closest)) = self.0.first() else { return "there is no alternative".to_owned() };
        let (place, others) = (place(closest), self.others());
        let why = format!("as `{name}`{}{place}: {:.*}{others}", self.closest(), MOST_TOLD.0, closest.message());
        format!("no alternative fits: {why}")
    }

    fn closest(&self) -> &'static str {
        if self.0.len() > 1 { ", which is closest" } else { "" }
    }

    fn others(&self) -> String {
        let others = self.0.iter().skip(1);
        let others =
            others.map(|(name, error)| format!("; as `{name}`{}: {:.*}", place(error), MOST_TOLD.1, error.message()));
        others.collect()
    }
}

/// The place of an error, as a part of a sentence; empty if it is the complete value.
fn place(error: &DecodeError) -> String {
    match error.pointer() {
        "" => String::new(),
        pointer => format!(", at {pointer}"),
    }
}
