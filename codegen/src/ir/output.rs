//! The options that say how the generated code is written, and the derives and attributes that a team adds to it.

use std::collections::HashMap;

use proc_macro2::TokenStream;

use crate::location::Pointer;

/// How the generated code is written.
#[derive(Debug)]
pub(crate) struct OutputOptions {
    pub(crate) scope: OutputScope,
    pub(crate) handler_methods: HandlerMethods,
    /// The path of the map type, if it is not `BTreeMap`.
    pub(crate) map_type: Option<String>,
    pub(crate) set_type: SetType,
    pub(crate) free_form: FreeForm,
    /// The module around the generated code.
    pub(crate) module: Option<String>,
    pub(crate) integer_notation: IntegerNotation,
    pub(crate) attributes: CustomAttributes,
}

/// How much is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputScope {
    Everything,
    /// Only the types, the constants, and what reads and writes them.
    TypesOnly,
}

/// Whether the methods of `Handler` have default bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandlerMethods {
    Required,
    /// Each method has a default body, which calls `on_unhandled`.
    Provided,
}

/// The Rust type of a list with `uniqueItems`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SetType {
    #[default]
    BTree,
    Hash,
    Index,
}

/// The Rust types of values of any type and of objects without declared properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FreeForm {
    /// `Value` and `Map` of `serde_json`.
    Parsed,
    /// `JsonValue` and `JsonObject` of the runtime.
    Raw,
}

/// Which notations of an integer are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum IntegerNotation {
    /// Only digits: `1`.
    #[default]
    Digits,
    /// Every number without a fraction: `1`, `1.0`, `1e0`.
    AnyNumber,
}

/// The derives and attributes from the options, by the place of the item or the member that gets them.
#[derive(Debug, Default)]
pub(crate) struct CustomAttributes {
    pub(crate) items: HashMap<Pointer, ItemAttributes>,
    pub(crate) members: HashMap<Pointer, MemberAttributes>,
}

/// The derives and attributes of an item.
#[derive(Debug)]
pub(crate) struct ItemAttributes {
    pub(crate) derives: Vec<Derive>,
    /// Attribute macros. They must see the derives, so they come before them.
    pub(crate) macros: TokenStream,
    /// Attributes that the derives read, so they come after them.
    pub(crate) helpers: TokenStream,
}

/// A trait that an item derives.
#[derive(Clone, Debug)]
pub(crate) struct Derive {
    /// The last segment of the path.
    pub(crate) name: String,
    pub(crate) path: TokenStream,
}

/// The attributes of a field or of a variant.
#[derive(Debug)]
pub(crate) struct MemberAttributes {
    pub(crate) tokens: TokenStream,
    pub(crate) reader: FieldReader,
}

/// What decides how serde reads a field: serde accepts only one such attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldReader {
    Generated,
    /// The attributes contain `with`, `deserialize_with` or `serde_as`.
    Custom,
}
