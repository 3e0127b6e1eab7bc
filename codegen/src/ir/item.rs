//! What kinds of items there are.

use std::fmt;
use std::ops::RangeInclusive;

use super::{Docs, Enum, FieldDefault, Label, OpenTuple, Type};
use crate::json::Value;
use crate::location::Location;

/// What kind of item a type becomes.
#[derive(Debug)]
pub(crate) enum ItemKind {
    Struct(Struct),
    Enum(Enum),
    Union(Union),
    /// The messages of an operation or a reply of which some are no JSON, or have headers that others have not; what tells
    /// them apart is not in their payloads alone.
    Mixed(Vec<Variant>),
    OpenTuple(OpenTuple),
    Alias(Type),
    /// An alias that holds itself has to be a type of its own.
    Newtype(Type),
}

impl ItemKind {
    /// The alternatives, where there are any.
    pub(crate) fn variants(&self) -> Option<&[Variant]> {
        match self {
            Self::Union(union) => Some(&union.variants),
            Self::Mixed(variants) => Some(variants),
            _ => None,
        }
    }
}

/// One of several alternatives.
#[derive(Debug)]
pub(crate) struct Union {
    /// In the order in which they are tried, where no tag decides.
    pub(crate) variants: Vec<Variant>,
    /// The property that decides among objects, where there is one.
    pub(crate) tag: Option<String>,
}

impl Union {
    /// What tells which alternative a value is.
    pub(crate) fn told(&self) -> Representation<'_> {
        match &self.tag {
            Some(tag) => Representation::Tag(tag),
            None if self.variants.iter().all(|variant| !variant.kinds.is_empty()) => Representation::Kind,
            None => Representation::Nothing,
        }
    }
}

/// What tells alternatives apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Representation<'a> {
    /// A property, and the kind of JSON of those that are no objects.
    Tag(&'a str),
    /// Each is of another kind of JSON.
    Kind,
    /// They are tried.
    Nothing,
}

/// The kinds of JSON that can be told at first sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Null, Self::Boolean, Self::Number, Self::String, Self::Array, Self::Object];
}

/// One alternative.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) at: Location,
    pub(crate) label: Label,
    pub(crate) ty: Type,
    /// The values of the tag that mean this alternative.
    pub(crate) tag_values: Vec<TagValue>,
    /// The kinds of JSON that mean this alternative and no other; known once all types are made.
    pub(crate) kinds: Vec<Kind>,
}

/// A value of the property that tells alternatives apart, as far as one can be told at sight.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TagValue {
    /// There is no such property: one alternative may do without where all others must have it.
    Absent,
    Null,
    Boolean(bool),
    Integer(i128),
    Text(String),
}

impl TagValue {
    /// `None` for fractions, lists and objects, and for what no integer of JSON's readers holds.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::Null),
            Value::Bool(value) => Some(Self::Boolean(*value)),
            Value::Integer(value) => (INTEGERS.contains(value)).then_some(Self::Integer(*value)),
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Float(_) | Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }
}

/// From the least `i64` to the greatest `u64`.
const INTEGERS: RangeInclusive<i128> = i64::MIN as i128..=u64::MAX as i128;

impl fmt::Display for TagValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("nothing"),
            Self::Null => formatter.write_str("null"),
            Self::Boolean(value) => value.fmt(formatter),
            Self::Integer(value) => value.fmt(formatter),
            Self::Text(text) => formatter.write_str(text),
        }
    }
}

/// An object with named properties.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) fields: Vec<Field>,
    pub(crate) extra: AdditionalProperties,
}

/// What happens to properties that are not named.
#[derive(Debug)]
pub(crate) enum AdditionalProperties {
    /// They are accepted and dropped.
    Dropped,
    /// They are kept in a map of this type.
    Kept(Type),
}

/// A property.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) at: Location,
    pub(crate) name: String,
    pub(crate) docs: Docs,
    pub(crate) ty: Type,
    pub(crate) presence: Presence,
    pub(crate) default: Option<FieldDefault>,
}

/// Whether a property must be there, and whether it may be `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    RequiredNullable,
    Optional,
    OptionalNullable,
    /// Its absence and `null` say the same; it is written as `null`.
    NullOrAbsent,
    /// Where it is absent or `null`, the field has the default.
    Filled,
}
