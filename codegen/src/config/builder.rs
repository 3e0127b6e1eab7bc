//! The methods of [`Config`] that set options.

use std::path::{Path, PathBuf};

use super::{
    ArrayLengths, Config, Defaults, EventNameLocation, Formats, FreeForm, HandlerMethods, IntegerParsing, Nulls,
    OutputScope, Perspective, UniqueItems, UntypedSchemas, Validation,
};
use crate::diagnostic::Strictness;

/// # Input
impl Config {
    /// Treats warnings as errors.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strictness = Strictness::Strict;
        self
    }

    /// Sets the directory that references must not leave, after following symbolic links. Default: the current directory,
    /// or the directory of a document that is elsewhere. It has no effect on [`Config::generate`], which reads no files.
    ///
    /// ```
    /// // `spec/orders.yaml` contains `$ref: '../../schemas/money.yaml'`.
    /// let config = asyncapi_codegen::Config::new().root("..");
    /// ```
    #[must_use]
    pub fn root(mut self, directory: impl Into<PathBuf>) -> Self {
        self.root = Some(directory.into());
        self
    }

    /// Applies an `OpenAPI` Overlay 1.0 to the document before anything else, so that a vendor's file stays unchanged and
    /// corrections are in a file of their own. Several overlays are applied in the order of the calls. An overlay that
    /// `extends` a file which the document refers to is applied to that file.
    ///
    /// ```no_run
    /// fn main() -> Result<(), asyncapi_codegen::Error> {
    ///     asyncapi_codegen::Config::new().overlay("spec/orders.overlay.yaml").compile("spec/orders.yaml")
    /// }
    /// ```
    ///
    /// [`Config::compile`] and [`Config::read_source`] read the file. [`Source::with_overlay`] adds an overlay as text.
    /// Beyond the specification, an array in an `update` is appended to the array of the document, and a scalar can be
    /// removed.
    ///
    /// [`Source::with_overlay`]: crate::Source::with_overlay
    #[cfg(feature = "overlay")]
    #[must_use]
    pub fn overlay(mut self, path: impl Into<PathBuf>) -> Self {
        self.overlays.push(path.into());
        self
    }

    /// Maps URLs to local copies: a reference to a URL that begins with `url` means the file at `path`, or the file below
    /// `path` with the rest of the URL. Of several matching URLs, the longest is used. Nothing is ever downloaded. A
    /// relative reference below an `$id` that is a URL is a URL, too, so one call can map a whole registry.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .map_url("https://example.com/schemas/", "spec/vendor/")
    ///     .map_url("https://example.com/schemas/order/v2", "spec/order.yaml");
    /// ```
    ///
    /// The path is relative to the current directory and must be in the root directory ([`Config::root`]). For
    /// [`Config::generate`], it is the name of a file that was given to [`Source::with_file`](crate::Source::with_file).
    #[must_use]
    pub fn map_url(mut self, url: impl Into<String>, path: impl AsRef<Path>) -> Self {
        self.urls.insert(url.into(), path.as_ref().display().to_string());
        self
    }
}

/// # Operations
impl Config {
    /// Sets the side of the API that the code is for. Default: [`Perspective::Client`].
    ///
    /// ```
    /// use asyncapi_codegen::{Config, Perspective};
    ///
    /// let config = Config::new().perspective(Perspective::Application);
    /// ```
    #[must_use]
    pub fn perspective(mut self, perspective: Perspective) -> Self {
        self.perspective = perspective;
        self
    }

    /// Generates handler methods only for these operations, by `operationId`. Events of other operations go to
    /// `on_unknown`.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().operations(["onOrderPlaced", "onOrderCancelled"]);
    /// ```
    #[must_use]
    pub fn operations<I: IntoIterator<Item: Into<String>>>(mut self, ids: I) -> Self {
        self.operations.get_or_insert_default().extend(ids.into_iter().map(Into::into));
        self
    }

    /// Gives every handler method a default implementation, which calls `on_unhandled`. Without this option, a new
    /// operation in the document is a compiler error until it is handled.
    #[must_use]
    pub fn default_methods(mut self) -> Self {
        self.handler_methods = HandlerMethods::Default;
        self
    }

    /// Sets where the name of an event is, for a document that does not say it.
    ///
    /// ```
    /// use asyncapi_codegen::{Config, EventNameLocation};
    ///
    /// let config = Config::new().event_name(EventNameLocation::Header("X-Event".to_owned()));
    /// ```
    #[must_use]
    pub fn event_name(mut self, location: EventNameLocation) -> Self {
        self.event_name = Some(location);
        self
    }
}

/// # Types
impl Config {
    /// Makes the matching enums of strings closed: an unlisted value does not decode. An open enum keeps it as
    /// `Unknown(String)`. A matching union with a tag is closed, too: an open one keeps an unknown tag as `Unknown(Value)`.
    /// `EventName` is always open.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().closed_enums("/components/schemas/State");
    /// ```
    #[must_use]
    pub fn closed_enums(mut self, pattern: impl Into<String>) -> Self {
        self.closed_enums.insert(pattern, ());
        self
    }

    /// Lets the matching structs keep undeclared properties in a map of JSON values. Without this option, undeclared
    /// properties are accepted and dropped, unless the schema has `additionalProperties` or `patternProperties`.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().keep_additional_properties("/**");
    /// ```
    #[must_use]
    pub fn keep_additional_properties(mut self, pattern: impl Into<String>) -> Self {
        self.keep_additional_properties.insert(pattern, ());
        self
    }

    /// Replaces the matching schemas by an existing Rust type, given by its path. No items are generated for these schemas,
    /// nor for schemas that are only inside them. If another schema merges one of them by `allOf`, that is unchanged.
    ///
    /// The type must implement `Clone`, `Debug`, `PartialEq`, `serde::Serialize` and `serde::Deserialize`. The document
    /// still decides whether a property is required or nullable.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().replace("/components/schemas/Money", "crate::Money");
    /// ```
    #[must_use]
    pub fn replace(mut self, pattern: impl Into<String>, path: impl Into<String>) -> Self {
        self.replacements.insert(pattern, path.into());
        self
    }

    /// Sets the type of maps whose values have a type. Default: `BTreeMap`. It must have two type parameters, and the first
    /// is `String`. Maps of any JSON values have the type that [`Config::free_form`] chooses.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().map_type("std::collections::HashMap");
    /// ```
    #[must_use]
    pub fn map_type(mut self, path: impl Into<String>) -> Self {
        self.map_type = Some(path.into());
        self
    }

    /// Sets the Rust types of values of any type, and of objects without declared properties. Default:
    /// [`FreeForm::Parsed`].
    ///
    /// ```
    /// use asyncapi_codegen::{Config, FreeForm};
    ///
    /// let config = Config::new().free_form(FreeForm::Raw);
    /// ```
    #[must_use]
    pub fn free_form(mut self, free_form: FreeForm) -> Self {
        self.free_form = free_form;
        self
    }

    /// Sets the type of integers without bounds and without a format. Default: `i64`.
    ///
    /// A type that is not a primitive type must implement the traits of [`Config::replace`].
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().integer_type("i32");
    /// ```
    #[must_use]
    pub fn integer_type(mut self, path: impl Into<String>) -> Self {
        self.integer_type = Some(path.into());
        self
    }

    /// Sets which JSON numbers an `integer` accepts. Default: [`IntegerParsing::Lenient`].
    ///
    /// ```
    /// use asyncapi_codegen::{Config, IntegerParsing};
    ///
    /// let config = Config::new().integer_parsing(IntegerParsing::Strict);
    /// ```
    #[must_use]
    pub fn integer_parsing(mut self, integer_parsing: IntegerParsing) -> Self {
        self.integer_parsing = integer_parsing;
        self
    }

    /// Sets the type of numbers without a format. Default: `f64`.
    ///
    /// A type that is not a primitive type must implement the traits of [`Config::replace`].
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().number_type("serde_json::Number");
    /// ```
    #[must_use]
    pub fn number_type(mut self, path: impl Into<String>) -> Self {
        self.number_type = Some(path.into());
        self
    }

    /// Makes the matching structs `#[non_exhaustive]`. Other crates construct them with `new` or `Default`, so a new
    /// optional property is not a breaking change.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().non_exhaustive("/**");
    /// ```
    #[must_use]
    pub fn non_exhaustive(mut self, pattern: impl Into<String>) -> Self {
        self.non_exhaustive.insert(pattern, ());
        self
    }

    /// Generates a method for each optional field of the matching structs, which sets the field and returns the struct.
    /// `new` takes the required fields.
    ///
    /// ```text
    /// Order::new("o-1")
    ///     .with_note("fragile")                       // strings: anything that is Into<String>
    ///     .with_tags(["gift", "blue"])                // arrays and sets: any iterator of items
    ///     .with_labels([("shelf", "7")])              // maps: any iterator of pairs
    ///     .with_discount(None)                        // nullable properties: an Option
    ///     .with_additional_properties([("x", 1.into())])
    /// ```
    ///
    /// For a builder that names the required fields, too, derive one of a crate: `derive("/**", "bon::Builder")`.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().setters("/components/schemas/*");
    /// ```
    #[must_use]
    pub fn setters(mut self, pattern: impl Into<String>) -> Self {
        self.setters.insert(pattern, ());
        self
    }

    /// Sets what a schema with `properties` or `items` but without `type` means. Default: [`UntypedSchemas::Inferred`].
    #[must_use]
    pub fn untyped_schemas(mut self, untyped_schemas: UntypedSchemas) -> Self {
        self.untyped_schemas = untyped_schemas;
        self
    }

    /// Sets how the default of an optional property becomes Rust. Default: [`Defaults::Methods`].
    ///
    /// Defaults that are booleans, numbers, strings, enum values or empty arrays become values. Others are only mentioned
    /// in the documentation. A nullable, optional property is always an `Option`, because `null` and absence differ there.
    /// [`Defaults::Filled`] cannot be combined with [`Validation::Full`].
    #[must_use]
    pub fn defaults(mut self, defaults: Defaults) -> Self {
        self.defaults = defaults;
        self
    }

    /// Sets what a `null` means for an optional property that is not nullable. Default: [`Nulls::AsAbsent`].
    ///
    /// With [`Nulls::Kept`], [`Defaults::Filled`] has no effect on such a property.
    #[must_use]
    pub fn nulls(mut self, nulls: Nulls) -> Self {
        self.nulls = nulls;
        self
    }

    /// Sets which string formats have their own Rust types. Default: [`Formats::Common`].
    #[must_use]
    pub fn formats(mut self, formats: Formats) -> Self {
        self.formats = formats;
        self
    }

    /// Sets the type of arrays with `uniqueItems`. Default: [`UniqueItems::Vec`].
    #[must_use]
    pub fn unique_items(mut self, unique_items: UniqueItems) -> Self {
        self.unique_items = unique_items;
        self
    }

    /// Sets the type of arrays with a fixed length. Default: [`ArrayLengths::Any`].
    #[must_use]
    pub fn array_lengths(mut self, array_lengths: ArrayLengths) -> Self {
        self.array_lengths = array_lengths;
        self
    }

    /// Maps strings and numbers with this `format` to a Rust type, given by its path, such as `jiff::Timestamp`,
    /// `rust_decimal::Decimal` or `String`.
    ///
    /// The logical types of Avro, such as `timestamp-millis`, can be mapped, too; their JSON is a number. A number with a
    /// string format, such as `date-time`, stays a number.
    ///
    /// Use `map_format("float", "f32")` only if the senders write single precision: `f32` drops digits of other numbers.
    ///
    /// The type must implement `Clone`, `Debug`, `PartialEq`, `serde::Serialize` and `serde::Deserialize`.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().map_format("date-time", "jiff::Timestamp").map_format("uri", "url::Url");
    /// ```
    #[must_use]
    pub fn map_format(mut self, format: impl Into<String>, path: impl Into<String>) -> Self {
        self.format_types.insert(format.into(), path.into());
        self
    }

    /// Maps payloads that are not JSON, such as Protobuf, to a Rust type, given by its path, which reads and writes the raw
    /// bytes. Without this option, such a payload is `Vec<u8>`, with a warning.
    ///
    /// `schema` is the beginning of a media type: of the `schemaFormat` if the generator cannot read that format, otherwise
    /// of the content type. Or it is the JSON pointer of a payload or of a component, which takes precedence:
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .map_schema_format("application/vnd.google.protobuf", "crate::proto::Envelope")
    ///     .map_schema_format("/components/messages/orderPlaced/payload", "crate::proto::OrderPlaced");
    /// ```
    ///
    /// Handlers need `TryFrom<&[u8]>` for the type, with an error that implements `Display`. Publishers need `From<&Type>`
    /// for `Vec<u8>`.
    #[must_use]
    pub fn map_schema_format(mut self, schema: impl Into<String>, path: impl Into<String>) -> Self {
        self.schema_format_types.insert(schema.into(), path.into());
        self
    }
}

/// # Names
impl Config {
    /// Sets the Rust name of the matching schemas, properties, enum values, operations, messages, channels or servers:
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .rename("/components/schemas/order_v2", "Order")
    ///     .rename("/**/properties/type", "kind");
    /// ```
    ///
    /// A property and the type inside it have the same pointer. A name that begins with an uppercase letter is for the type.
    #[must_use]
    pub fn rename(mut self, pattern: impl Into<String>, name: impl Into<String>) -> Self {
        self.renames.insert(pattern, name.into());
        self
    }
}

/// # Derives and attributes
impl Config {
    /// Adds derives to the matching structs, enums and unions. `/**` matches `EventName`, too.
    ///
    /// A trait that the type derives anyway is not derived twice. `Eq` and `Hash` do not compile if the type contains a
    /// floating-point number or a `serde_json::Value`.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .derive("/components/schemas/OrderKey", "Eq, Hash")
    ///     .derive("/**", "schemars::JsonSchema");
    /// ```
    #[must_use]
    pub fn derive(mut self, pattern: impl Into<String>, traits: impl Into<String>) -> Self {
        self.derives.insert(pattern, traits.into());
        self
    }

    /// Adds attributes to the matching types. Attributes of several calls are all added.
    ///
    /// They come after the derives. An attribute with a path, such as `#[serde_with::serde_as]`, is a macro and comes before
    /// them.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .type_attribute("/components/schemas/Order", "#[serde(deny_unknown_fields)]");
    /// ```
    #[must_use]
    pub fn type_attribute(mut self, pattern: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.type_attributes.insert(pattern, attribute.into());
        self
    }

    /// Adds attributes to the matching fields and variants. Attributes of several calls are all added.
    ///
    /// A field has the pointer of its property. A variant has the pointer of its alternative, its value or its message.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .field_attribute("/**/properties/secret", "#[serde(skip_serializing)]");
    /// ```
    #[must_use]
    pub fn field_attribute(mut self, pattern: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.field_attributes.insert(pattern, attribute.into());
        self
    }
}

/// # Validation
impl Config {
    /// Sets what the generated code checks. Default: [`Validation::Types`].
    ///
    /// With [`Validation::Full`]:
    ///
    /// - Each type has a method `validate`, which returns every violation of its schema, with JSON pointer and keyword. It
    ///   needs `asyncapi-runtime` with the feature `validation`, also with [`Config::types_only`].
    /// - The dispatcher validates each decoded message. An invalid message does not reach the handler: it is treated like
    ///   a message that does not decode.
    /// - Every struct keeps undeclared properties in a map, because keywords apply to them, too. Structs of headers do not,
    ///   because a message always has more headers.
    /// - A component or a payload that would be an alias of an array, a map or a primitive type is a newtype if its schema
    ///   has other assertions.
    /// - An open enum accepts an unlisted value, and `validate` reports it.
    ///
    /// A `null` for an optional property is never a violation, whatever [`Config::nulls`] says. An array that becomes a set
    /// ([`Config::unique_items`]) has no duplicates any more when it is validated. [`Defaults::Filled`] is an error together
    /// with [`Validation::Full`], because a filled default cannot be distinguished from a value that was sent.
    #[must_use]
    pub fn validation(mut self, validation: Validation) -> Self {
        self.validation = validation;
        self
    }
}

/// # Output
impl Config {
    /// Generates only types: no handler, no dispatcher, no publisher, no requester. Dates, times and UUIDs are strings.
    ///
    /// The code needs serde and `serde_json`. It also needs `asyncapi-runtime` if the document has unions, or has integers
    /// and [`Config::integer_parsing`] is [`IntegerParsing::Lenient`].
    #[must_use]
    pub fn types_only(mut self) -> Self {
        self.scope = OutputScope::TypesOnly;
        self
    }

    /// Sets the file that [`Config::compile`] writes, relative to the package. Default: `$OUT_DIR/<name of the document>.rs`.
    #[must_use]
    pub fn output(mut self, path: impl Into<PathBuf>) -> Self {
        self.output = Some(path.into());
        self
    }

    /// Wraps everything in a module with this name, so that one crate can include the code of several documents.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().module("orders");
    /// ```
    #[must_use]
    pub fn module(mut self, name: impl Into<String>) -> Self {
        self.module = Some(name.into());
        self
    }

    /// The path that was given to [`Config::output`].
    #[must_use]
    pub fn output_path(&self) -> Option<&Path> {
        self.output.as_deref()
    }
}
