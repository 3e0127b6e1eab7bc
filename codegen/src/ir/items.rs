//! The kinds of items: structs, enums, unions, tuples, aliases and newtypes.

use std::fmt;
use std::ops::RangeInclusive;

use super::{Docs, Label, Type, TypeId, Width};
use crate::json::Value;
use crate::location::Location;

/// What kind of item a type becomes.
#[derive(Debug)]
pub(crate) enum ItemKind {
    Struct(Struct),
    Enum(Enum),
    Union(Union),
    /// The messages of an operation or of a reply, if some payloads are not JSON or the messages differ in their
    /// headers. The payload alone does not select the variant.
    MessageUnion(Vec<Variant>),
    OpenTuple(OpenTuple),
    Alias(Type),
    /// An alias that needs a type of its own, because it contains itself or has a `validate` method.
    Newtype(Type),
}

impl ItemKind {
    /// The variants of a union.
    pub(crate) fn variants(&self) -> Option<&[Variant]> {
        match self {
            Self::Union(union) => Some(&union.variants),
            Self::MessageUnion(variants) => Some(variants),
            _ => None,
        }
    }

    /// The types that an item contains directly.
    pub(crate) fn contained_types(&self) -> Vec<&Type> {
        match self {
            Self::Struct(object) => {
                let additional = match &object.additional {
                    AdditionalProperties::Kept(value) => Some(value),
                    AdditionalProperties::Dropped | AdditionalProperties::Refused => None,
                };
                object.fields.iter().map(|field| &field.ty).chain(additional).collect()
            }
            Self::Union(union) => union.variants.iter().map(|variant| &variant.ty).collect(),
            Self::OpenTuple(tuple) => tuple.types().collect(),
            Self::Alias(target) | Self::Newtype(target) => vec![target],
            // Each payload of a message union is decoded on its own.
            Self::Enum(_) | Self::MessageUnion(_) => Vec::new(),
        }
    }
}

/// Whether an enum or a union has a variant `Unknown` for values that the document does not list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Openness {
    Open,
    Closed,
}

/// An enum of the values of `enum` or `const`.
#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) members: Members,
    pub(crate) openness: Openness,
    /// The default of the schema: index into the members.
    pub(crate) default: Option<usize>,
}

impl Enum {
    pub(crate) fn is_open(&self) -> bool {
        self.openness == Openness::Open
    }
}

/// The listed values by their JSON type. There is at least one.
#[derive(Debug)]
pub(crate) enum Members {
    Texts(Vec<EnumValue>),
    /// The value of a `const`: a list of booleans stays a `bool`.
    Booleans(Vec<EnumValue<bool>>),
    Integers(Width, Vec<EnumValue<i128>>),
    Numbers(Vec<EnumValue<f64>>),
    /// Values of several JSON types, or lists and objects.
    Mixed(Vec<EnumValue<Value>>),
}

impl Members {
    /// The place of each value, and the text that names its variant.
    pub(crate) fn labels(&self) -> Vec<(&Location, &str)> {
        fn labels<T>(values: &[EnumValue<T>]) -> Vec<(&Location, &str)> {
            values.iter().map(|value| (&value.at, value.label.as_str())).collect()
        }
        match self {
            Self::Texts(values) => labels(values),
            Self::Booleans(values) => labels(values),
            Self::Integers(_, values) => labels(values),
            Self::Numbers(values) => labels(values),
            Self::Mixed(values) => labels(values),
        }
    }
}

/// One value of an enum.
#[derive(Clone, Debug)]
pub(crate) struct EnumValue<T = String> {
    pub(crate) at: Location,
    pub(crate) value: T,
    /// The text that names the variant.
    pub(crate) label: String,
    pub(crate) docs: Docs,
}

impl EnumValue {
    /// A string without docs that names its own variant.
    pub(crate) fn from_text(at: Location, value: &str) -> Self {
        Self { at, value: value.to_owned(), label: value.to_owned(), docs: Docs::default() }
    }
}

impl<T> EnumValue<T> {
    /// Converts the value; `None` if `convert` fails.
    pub(crate) fn try_map<U>(self, convert: impl FnOnce(&T) -> Option<U>) -> Option<EnumValue<U>> {
        Some(EnumValue { at: self.at, value: convert(&self.value)?, label: self.label, docs: self.docs })
    }
}

/// One of several alternatives (`oneOf`, `anyOf`, a list of types, or the messages of an operation).
#[derive(Debug)]
pub(crate) struct Union {
    /// Without a tag, in the order in which they are tried.
    pub(crate) variants: Vec<Variant>,
    /// The property that selects the variant of an object.
    pub(crate) tag: Option<String>,
    pub(crate) openness: Openness,
}

impl Union {
    /// A union with a tag is open, because the document can gain alternatives. Without a tag, no value is unknown.
    pub(crate) fn new(variants: Vec<Variant>, tag: Option<String>) -> Self {
        let openness = if tag.is_some() { Openness::Open } else { Openness::Closed };
        Self { variants, tag, openness }
    }

    /// How a value selects its variant.
    pub(crate) fn representation(&self) -> Representation<'_> {
        match &self.tag {
            Some(tag) => Representation::Tagged(tag),
            None if self.variants.iter().all(|variant| !variant.kinds.is_empty()) => Representation::ByKind,
            None => Representation::Untagged,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.openness == Openness::Open
    }
}

/// How a value selects the variant of a union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Representation<'a> {
    /// By this property of an object, or by the JSON kind of a value that is not an object.
    Tagged(&'a str),
    /// By the JSON kind of the value: all variants differ in it.
    ByKind,
    /// Each variant is tried.
    Untagged,
}

/// The kinds of JSON values that the first byte distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum JsonKind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl JsonKind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Null, Self::Boolean, Self::Number, Self::String, Self::Array, Self::Object];
}

/// One alternative of a union.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) at: Location,
    pub(crate) label: Label,
    pub(crate) ty: Type,
    /// The values of the tag that select this variant.
    pub(crate) tag_values: Vec<TagValue>,
    /// The JSON kinds that select this variant and no other. Empty until all types are known.
    pub(crate) kinds: Vec<JsonKind>,
}

/// A value of a tag property.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TagValue {
    /// The property is missing. At most one variant allows that.
    Absent,
    Null,
    Boolean(bool),
    Integer(i128),
    Text(String),
}

impl TagValue {
    /// `None` for fractions, lists and objects, and for integers of more than 64 bits.
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::Null),
            Value::Bool(value) => Some(Self::Boolean(*value)),
            Value::Integer(value) => INTEGERS.contains(value).then_some(Self::Integer(*value)),
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Float(_) | Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }
}

/// From the smallest `i64` to the largest `u64`.
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
    pub(crate) additional: AdditionalProperties,
    pub(crate) exhaustiveness: Exhaustiveness,
    pub(crate) setters: Setters,
}

/// Whether other crates can build a struct by its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exhaustiveness {
    Exhaustive,
    NonExhaustive,
}

/// Whether a struct has `with_…` methods for its optional fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setters {
    Omitted,
    Generated,
}

/// What happens to properties without a field.
#[derive(Debug)]
pub(crate) enum AdditionalProperties {
    /// They are read and dropped.
    Dropped,
    /// As `Dropped`, but as an alternative that is tried, the object does not match if it has any.
    Refused,
    /// They are kept in a map with values of this type.
    Kept(Type),
}

/// A property of an object.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) at: Location,
    pub(crate) name: String,
    pub(crate) docs: Docs,
    pub(crate) ty: Type,
    pub(crate) presence: Presence,
    pub(crate) default: Option<FieldDefault>,
}

/// Whether a property is required, and whether it can be `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    RequiredNullable,
    Optional,
    OptionalNullable,
    /// A missing property and `null` mean the same; it is written as `null`.
    NullOrAbsent,
    /// A missing property or `null` is read as the default.
    Defaulted,
}

/// The default of a property.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldDefault {
    /// The default as JSON text.
    pub(crate) json: String,
    /// The default as a Rust expression, if there is one.
    pub(crate) value: Option<DefaultValue>,
}

/// A default as a Rust expression of the type of its field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum DefaultValue {
    Boolean(bool),
    Integer(Width, i128),
    /// An integer of at most 64 bits, of a field with the type `serde_json::Number`.
    JsonNumber(i128),
    Number(f64),
    Text(String),
    /// A variant of an enum: index into its members.
    Variant(TypeId, usize),
    EmptyList,
}

/// A list whose first items each have a type of their own, and whose length is not fixed.
#[derive(Debug)]
pub(crate) struct OpenTuple {
    pub(crate) items: Vec<Type>,
    /// The number of items that are always present.
    pub(crate) required: usize,
    /// The type of further items. `None` if there are none.
    pub(crate) rest: Option<Type>,
}

impl OpenTuple {
    /// All types of the items.
    pub(crate) fn types(&self) -> impl Iterator<Item = &Type> {
        self.items.iter().chain(&self.rest)
    }

    /// All types of the items, to change them.
    pub(crate) fn types_mut(&mut self) -> impl Iterator<Item = &mut Type> {
        self.items.iter_mut().chain(&mut self.rest)
    }
}
