//! Enums: what they list, and of which kind it is.

use super::{Docs, Width};
use crate::document::ValueKeyword;
use crate::json::Value;
use crate::location::Location;

/// A choice among listed values.
#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) members: Members,
    pub(crate) listing: ValueKeyword,
    /// The value that the document takes where none is given: index into the members.
    pub(crate) default: Option<usize>,
}

/// The listed values, by their kind; there is always one.
#[derive(Debug)]
pub(crate) enum Members {
    Texts(Vec<EnumValue>),
    /// Only constants are enums of these.
    Booleans(Vec<EnumValue<bool>>),
    Integers(Width, Vec<EnumValue<i128>>),
    Numbers(Vec<EnumValue<f64>>),
    /// Values of several kinds, or lists and objects.
    Mixed(Vec<EnumValue<Value>>),
}

/// One value of an enum.
#[derive(Clone, Debug)]
pub(crate) struct EnumValue<T = String> {
    pub(crate) at: Location,
    pub(crate) value: T,
    /// What the variant is called after.
    pub(crate) label: String,
    pub(crate) docs: Docs,
}

impl EnumValue {
    /// A text that is called after itself, and of which nothing more is said.
    pub(crate) fn of_text(at: Location, value: &str) -> Self {
        Self { at, value: value.to_owned(), label: value.to_owned(), docs: Docs::default() }
    }
}

impl<T> EnumValue<T> {
    /// The same with another value; `None` where that cannot be.
    pub(crate) fn try_map<U>(self, value: impl FnOnce(&T) -> Option<U>) -> Option<EnumValue<U>> {
        Some(EnumValue { at: self.at, value: value(&self.value)?, label: self.label, docs: self.docs })
    }
}

impl Members {
    /// Where each stands, and what its variant is called after.
    pub(crate) fn labels(&self) -> Vec<(&Location, &str)> {
        fn of<T>(values: &[EnumValue<T>]) -> Vec<(&Location, &str)> {
            values.iter().map(|value| (&value.at, value.label.as_str())).collect()
        }
        match self {
            Self::Texts(values) => of(values),
            Self::Booleans(values) => of(values),
            Self::Integers(_, values) => of(values),
            Self::Numbers(values) => of(values),
            Self::Mixed(values) => of(values),
        }
    }
}
