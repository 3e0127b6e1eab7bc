//! The values of options that have a fixed set of values.

use crate::location::Pointer;

/// Which side of the API the generated code is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Perspective {
    /// You use the API that the document describes: you handle what it sends, and send what it receives.
    #[default]
    Client,
    /// You are the application that the document describes: you handle what it receives, and send what it sends.
    Application,
}

/// Whether an implementation must have every handler method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum HandlerMethods {
    #[default]
    Required,
    /// Each has a default implementation, which calls `on_unhandled`.
    Default,
}

/// Where the name of an event is in an incoming message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventNameLocation {
    /// A string in the payload, at this JSON pointer (RFC 6901), such as `/type`.
    Payload(Pointer),
    /// A header, such as `X-Event`.
    Header(String),
}

/// How the default of an optional property becomes Rust.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Defaults {
    /// The field is an `Option`, and a method such as `quantity_or_default` returns its value or the default. A value
    /// that was read is written back unchanged.
    #[default]
    Methods,
    /// The field has the plain type, and contains the default where the property is absent or `null`. The property is
    /// always written, even if it was absent.
    Filled,
}

/// What a `null` means for an optional property whose schema does not allow `null`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Nulls {
    /// The same as absence: the field is `Option<T>`, and a property that was `null` is not written.
    #[default]
    AsAbsent,
    /// Something else than absence: the field is `Option<Option<T>>`, as for a nullable property, and is written back
    /// unchanged.
    Kept,
}

/// The type of an array with `uniqueItems`, if its items can be ordered and hashed: strings, integers, booleans, enums
/// of strings or integers, dates, and arrays of these. Other arrays are always `Vec`. [`Config::validation`] does not
/// report duplicates that a set has dropped.
///
/// [`Config::validation`]: crate::Config::validation
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UniqueItems {
    /// `Vec`: everything is written back unchanged.
    #[default]
    Vec,
    /// `std::collections::BTreeSet`: items are written in their own order; duplicates are dropped.
    BTreeSet,
    /// `std::collections::HashSet`: the order is lost; duplicates are dropped.
    HashSet,
    /// `indexmap::IndexSet`, from the crate `indexmap` with its feature `serde`: the order is kept; duplicates are
    /// dropped.
    IndexSet,
}

/// The Rust types of values of any type, and of objects without declared properties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FreeForm {
    /// `serde_json::Value` and `serde_json::Map`: every part is decoded.
    #[default]
    Parsed,
    /// `asyncapi_runtime::JsonValue` and `asyncapi_runtime::JsonObject`: they keep the text, which is decoded when it is
    /// asked for. This is faster, and the text is written back byte for byte. Additional properties, and alternatives
    /// that the document does not list, are decoded as with `Parsed`.
    Raw,
}

/// Which string formats have their own Rust types. A value of such a type is written back unchanged. A string that does
/// not match its format does not decode.
///
/// `time` is always a string, because its offset does not fit into a time of day. Formats that only restrict a string,
/// such as `email`, are strings, too. [`Config::map_format`](crate::Config::map_format) chooses another type for any
/// format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Formats {
    /// `date-time`, `date` and `uuid`.
    #[default]
    Common,
    /// Also `uri` as `url::Url`, `ipv4` and `ipv6` as types of the standard library, `byte` or `contentEncoding:
    /// base64` as `asyncapi_runtime::Base64` (feature `base64`), `duration` as `jiff::Span`, and `password` as a string
    /// that `Debug` does not show.
    All,
}

/// The type of an array whose `minItems` and `maxItems` are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArrayLengths {
    /// `Vec<T>`: an array of another length decodes, too.
    #[default]
    Any,
    /// `[T; N]`, up to 32 items: an array of another length does not decode.
    Fixed,
}

/// What a schema with `properties` or `items` but without `type` means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UntypedSchemas {
    /// An object or an array, as authors usually intend. A property has the type that is declared anywhere: also in one
    /// of the objects of an `anyOf`, or under a condition (`if`, `then`, `else`, `dependencies`).
    #[default]
    Inferred,
    /// What JSON Schema says: an object with these properties, or any value that is not an object. It becomes an enum
    /// of the two. An `anyOf` of objects is an enum, not one struct, because a property that one object declares can be
    /// anything in another. A property that only conditions declare is a JSON value, because it can be anything if no
    /// condition applies.
    AnyValue,
}

/// Which JSON numbers an `integer` accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IntegerParsing {
    /// Every form: `1`, `1.0` and `1e0` are the same number in JSON Schema, and senders write all of them.
    #[default]
    Lenient,
    /// Only digits, as serde does: `1.0` does not decode, and the generated code needs no helper functions.
    Strict,
}

/// What the generated code checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Validation {
    /// What the types themselves guarantee.
    #[default]
    Types,
    /// Every keyword of the schemas.
    Full,
}

/// How much is generated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OutputScope {
    #[default]
    Everything,
    /// Nothing that needs more than serde and `serde_json`.
    TypesOnly,
}
