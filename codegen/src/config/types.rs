//! What schemas become.

use super::Config;
use crate::location::Location;

/// Where the default of a property stands that need not be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Defaults {
    /// Beside the field: it is an `Option` as any other, and a method such as `quantity_or_default` gives the value or the
    /// default. What is read is written back just so.
    #[default]
    Apart,
    /// In the field: it has the plain type, and the default where the property is absent or `null`. Written, it is always
    /// there: that it was absent is forgotten.
    Filled,
}

/// What a `null` is under a property that need not be there, and whose schema does not allow `null`; senders write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Nulls {
    /// The same as absence: the field is `Option<T>`, and what was `null` is absent when it is written.
    #[default]
    AsAbsent,
    /// Something else: the field is `Option<Option<T>>`, as that of a nullable property is, and is written as it was read.
    Kept,
}

/// What a list with `uniqueItems` becomes, where its items can be ordered and hashed: texts, integers, booleans, enums of
/// texts or integers, dates, and lists of these. Other lists stay `Vec`. Duplicates that a set has dropped are no violation to
/// [`Config::validation`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UniqueItems {
    /// `Vec`: everything is written back as it was read.
    #[default]
    List,
    /// `std::collections::BTreeSet`: items are written in their own order; duplicates that arrive all the same are dropped.
    BTreeSet,
    /// `std::collections::HashSet`: the order is lost, and duplicates are dropped.
    HashSet,
    /// `indexmap::IndexSet`, of the crate `indexmap` with its feature `serde`: the order is kept, and duplicates are dropped.
    IndexSet,
}

/// Which formats of strings have types of their own. All of them are written back as they were read; what does not read as
/// the format says does not decode.
///
/// `time` stays a string, because its offset has no place in a time of day, and so do formats that only restrict a text,
/// such as `email`. [`Config::map_format`] chooses another type for any of them, or `String`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Formats {
    /// `date-time`, `date` and `uuid`.
    #[default]
    Usual,
    /// These, and `uri` as `url::Url`, `ipv4` and `ipv6` as the standard library's, `byte` or `contentEncoding: base64` as
    /// `asyncapi_runtime::Base64` (feature `base64`), `duration` as a `jiff::Span`, and `password` as a text that `Debug` does not show.
    Every,
}

/// What a list becomes whose `minItems` and `maxItems` are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArrayLengths {
    /// `Vec<T>`: a list of another length is read all the same.
    #[default]
    Any,
    /// `[T; N]`, up to 32 items: a list of another length does not decode.
    Fixed,
}

/// What a schema means that speaks of the properties of an object, or of the items of a list, and names no `type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Untyped {
    /// An object, or a list: so do the authors of documents. And a property is what is said of it, wherever that is said: in
    /// one of the objects of an `anyOf`, or under a condition (`if`, `then`, `else`, `dependencies`).
    #[default]
    AsMeant,
    /// What it says: an object with these properties, or anything that is no object. It becomes an enum of the two. And
    /// `anyOf` of objects is an enum, not one struct, since a property that one of them describes may be anything in another;
    /// and a property that only conditions speak of is a JSON value, since it may be anything where none of them holds.
    AsWritten,
}

/// How the whole numbers may be written that are read where a schema says `integer`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WholeNumbers {
    /// In every form that JSON has: `1`, `1.0` and `1e0` are one number to JSON Schema, and senders write all of them.
    #[default]
    EveryForm,
    /// In digits, as serde reads integers: `1.0` does not decode, and generated code needs nothing that reads it.
    Digits,
}

/// # Types: what schemas become
impl Config {
    /// Makes the enums of strings that `pattern` meets closed: a value that is not listed does not decode, where it
    /// would be kept as `Unknown(String)` otherwise. So are unions told apart by a tag, whose other values would be kept
    /// as `Unknown(Value)`. `EventName` stays open.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().closed_enums("/components/schemas/State");
    /// ```
    #[must_use]
    pub fn closed_enums(mut self, pattern: impl Into<String>) -> Self {
        self.closed_enums.add(pattern, ());
        self
    }

    /// Lets the structs that `pattern` meets keep the properties that the document does not name, in a map of JSON
    /// values; otherwise they are accepted and dropped, unless the schema speaks of them.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().keep_unknown("/**");
    /// ```
    #[must_use]
    pub fn keep_unknown(mut self, pattern: impl Into<String>) -> Self {
        self.keep_unknown.add(pattern, ());
        self
    }

    /// Puts an existing Rust type, given by its path, in the place of the schemas that `pattern` meets. They get no
    /// items of their own, and what stands only inside them gets none either. Where one is merged into another schema by
    /// `allOf`, it is merged as before.
    ///
    /// The type must implement `Clone`, `Debug`, `PartialEq`, `serde::Serialize` and `serde::Deserialize`. Whether it is
    /// required, and whether it may be `null`, the document says as before.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().replace("/components/schemas/Money", "crate::Money");
    /// ```
    #[must_use]
    pub fn replace(mut self, pattern: impl Into<String>, path: impl Into<String>) -> Self {
        self.replacements.add(pattern, path.into());
        self
    }

    /// Chooses the type of maps whose values have a type: `BTreeMap` by default. It is called with two parameters, of
    /// which the first is `String`; maps of any JSON are `serde_json::Map` all the same.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().map_type("std::collections::HashMap");
    /// ```
    #[must_use]
    pub fn map_type(mut self, path: impl Into<String>) -> Self {
        self.map_type = Some(path.into());
        self
    }

    /// Chooses the type of integers of which the document gives neither bounds nor a format: `i64` by default.
    ///
    /// A type that is not Rust's own must implement what [`Config::replace`] says.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().integer_type("i32");
    /// ```
    #[must_use]
    pub fn integer_type(mut self, path: impl Into<String>) -> Self {
        self.integer_type = Some(path.into());
        self
    }

    /// Chooses how integers may be written that are read; [`WholeNumbers::EveryForm`] by default.
    ///
    /// ```
    /// use asyncapi_codegen::{Config, WholeNumbers};
    ///
    /// let config = Config::new().whole_numbers(WholeNumbers::Digits);
    /// ```
    #[must_use]
    pub fn whole_numbers(mut self, whole_numbers: WholeNumbers) -> Self {
        self.whole_numbers = whole_numbers;
        self
    }

    /// Chooses the type of numbers of which the document gives no format: `f64` by default.
    ///
    /// A type that is not Rust's own must implement what [`Config::replace`] says.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().number_type("serde_json::Number");
    /// ```
    #[must_use]
    pub fn number_type(mut self, path: impl Into<String>) -> Self {
        self.number_type = Some(path.into());
        self
    }

    /// Makes the structs that `pattern` meets `#[non_exhaustive]`: other crates make them with `new` or `Default`, and a
    /// new optional property breaks nobody.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().non_exhaustive("/**");
    /// ```
    #[must_use]
    pub fn non_exhaustive(mut self, pattern: impl Into<String>) -> Self {
        self.non_exhaustive.add(pattern, ());
        self
    }

    /// Gives the structs that `pattern` meets a builder: `new` takes what is required, and a method for each optional field
    /// takes its value and gives the struct back, whole at every step.
    ///
    /// ```text
    /// Order::new("o-1")
    ///     .with_note("fragile")                       // texts in any form
    ///     .with_tags(["gift", "blue"])                // lists and sets out of whatever holds their items
    ///     .with_labels([("shelf", "7")])              // maps, too
    ///     .with_discount(None)                        // what may be `null`: a value or none
    ///     .with_additional_properties([("x", 1.into())])
    /// ```
    ///
    /// Whoever wants the required fields by name, too, derives a builder of a crate: `derive("/**", "bon::Builder")`.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().with_methods("/components/schemas/*");
    /// ```
    #[must_use]
    pub fn with_methods(mut self, pattern: impl Into<String>) -> Self {
        self.with_methods.add(pattern, ());
        self
    }

    /// Chooses what a schema becomes that has `properties` or `items` and no `type`; [`Untyped::AsMeant`] by default.
    #[must_use]
    pub fn untyped_schemas(mut self, untyped: Untyped) -> Self {
        self.untyped = untyped;
        self
    }

    /// Chooses where the defaults of properties stand; [`Defaults::Apart`] by default.
    ///
    /// Defaults of booleans, numbers, texts, enums and empty lists are values; others are only said in the docs. A property
    /// that is nullable and optional keeps its `Option` in any case, because `null` says something else than absence there.
    /// [`Defaults::Filled`] and [`Validation::Full`](super::Validation::Full) together are an error.
    #[must_use]
    pub fn defaults(mut self, defaults: Defaults) -> Self {
        self.defaults = defaults;
        self
    }

    /// Chooses what a `null` is under an optional property that is not nullable; [`Nulls::AsAbsent`] by default.
    ///
    /// A property with a default in its field ([`Defaults::Filled`]) has none any more where `null` is kept.
    #[must_use]
    pub fn nulls(mut self, nulls: Nulls) -> Self {
        self.nulls = nulls;
        self
    }

    /// Chooses which formats of strings have types; [`Formats::Usual`] by default.
    #[must_use]
    pub fn formats(mut self, formats: Formats) -> Self {
        self.formats_with_types = formats;
        self
    }

    /// Chooses what lists with `uniqueItems` become; [`UniqueItems::List`] by default.
    #[must_use]
    pub fn unique_items(mut self, unique_items: UniqueItems) -> Self {
        self.unique_items = unique_items;
        self
    }

    /// Chooses what lists of one length become; [`ArrayLengths::Any`] by default.
    #[must_use]
    pub fn array_lengths(mut self, array_lengths: ArrayLengths) -> Self {
        self.array_lengths = array_lengths;
        self
    }

    /// Maps strings and numbers of a `format` to another Rust type, given by its path, such as `jiff::Timestamp`,
    /// `rust_decimal::Decimal` or `String`.
    ///
    /// So are the logical types of Avro, such as `timestamp-millis`, whose JSON is a number. A number whose format is one
    /// of texts, such as `date-time`, stays a number.
    ///
    /// `map_format("float", "f32")` is for documents whose senders do write single precision; of other numbers `f32`
    /// would drop digits.
    ///
    /// The type must implement `Clone`, `Debug`, `PartialEq`, `serde::Serialize` and `serde::Deserialize`.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().map_format("date-time", "jiff::Timestamp").map_format("uri", "url::Url");
    /// ```
    #[must_use]
    pub fn map_format(mut self, format: impl Into<String>, path: impl Into<String>) -> Self {
        self.formats.insert(format.into(), path.into());
        self
    }

    pub(crate) fn is_closed(&self, at: &Location) -> bool {
        self.closed_enums.matches(&at.pointer)
    }
}
