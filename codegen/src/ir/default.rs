//! What a property is where it is absent.

use super::{TypeId, Width};

/// The default of a property.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldDefault {
    /// As JSON writes it.
    pub(crate) text: String,
    /// Where it is a value that an expression makes.
    pub(crate) value: Option<DefaultValue>,
}

/// A default as Rust will write it, of the type of its field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum DefaultValue {
    Boolean(bool),
    Integer(Width, i128),
    /// Of a field that is a `serde_json::Number`; of 64 bits.
    AnyInteger(i128),
    Number(f64),
    Text(String),
    /// A variant of an enum: index into its members.
    Variant(TypeId, usize),
    EmptyList,
}
