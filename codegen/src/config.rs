//! What a team may choose, and where the stages are lined up.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[cfg(feature = "overlay")]
use crate::diagnostic::Diagnostic;
use crate::diagnostic::{Diagnostics, Report, Strictness};
#[cfg(feature = "overlay")]
use crate::document::FileId;
use crate::document::{Action, Place, Pointer};
use crate::error::Error;
use crate::ir::Coverage;
use crate::output;
use crate::source::Source;
use crate::{check, document, emit, format, lower, names};

/// Which side of the API the generated code is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Perspective {
    /// You use the API that the document describes: you handle what it sends, and send what it receives.
    #[default]
    Client,
    /// You are the application that the document describes: you handle what it receives, and send what it sends.
    Application,
}

impl Perspective {
    /// Whether what this action sends arrives at this side.
    pub(crate) fn handles(self, action: Action) -> bool {
        match self {
            Self::Client => action == Action::Send,
            Self::Application => action == Action::Receive,
        }
    }
}

/// How much is generated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Extent {
    #[default]
    Everything,
    /// Nothing that needs more than serde and `serde_json`.
    TypesOnly,
}

/// Whether an implementation has to have every handler method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Methods {
    #[default]
    Required,
    /// Each has a default, which calls `on_unhandled`.
    Provided,
}

/// Whether an enum of strings takes a string that it does not list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Enums {
    #[default]
    Open,
    Closed,
}

/// Options of the generator, and the way to run it.
///
/// In a build script:
///
/// ```no_run
/// fn main() -> Result<(), asyncapi_codegen::Error> {
///     asyncapi_codegen::Config::new().compile("spec/orders.yaml")
/// }
/// ```
///
/// and in the crate, `include!(concat!(env!("OUT_DIR"), "/orders.rs"));`.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub(crate) perspective: Perspective,
    pub(crate) extent: Extent,
    pub(crate) methods: Methods,
    pub(crate) enums: Enums,
    pub(crate) strictness: Strictness,
    pub(crate) discriminator: Option<Discriminator>,
    pub(crate) operations: Option<BTreeSet<String>>,
    pub(crate) renames: BTreeMap<String, String>,
    pub(crate) formats: BTreeMap<String, String>,
    /// Types of payloads that are not JSON, by media type or by the pointer of the payload.
    pub(crate) encoded: BTreeMap<String, String>,
    output: Option<PathBuf>,
    #[cfg(feature = "overlay")]
    overlays: Vec<PathBuf>,
}

/// Where the name of an event stands in what arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Discriminator {
    /// A string in the payload, at this JSON pointer (RFC 6901), such as `/type`.
    Payload(Pointer),
    /// A header, such as `X-Event`.
    Header(String),
}

/// What generating gives: the code, and the warnings on the way to it.
#[derive(Clone, Debug)]
pub struct Output {
    code: String,
    report: Report,
    coverage: Coverage,
}

impl Output {
    /// The Rust source, formatted, for `mod` and `include!` alike.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The warnings; there are no errors where there is code.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// How much of what the schemas say the types say too.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        self.coverage
    }

    /// Writes the code to a file, unless the file holds it already.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] when the file or its directory cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        output::write_if_changed(path.as_ref(), &self.code, None)
    }
}

impl Config {
    /// The defaults: the client's perspective, everything generated, every handler method required, open enums.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses the side of the API that the code is for; [`Perspective::Client`] by default.
    #[must_use]
    pub fn perspective(mut self, perspective: Perspective) -> Self {
        self.perspective = perspective;
        self
    }

    /// Leaves out the handler, its dispatch and the publisher: what remains needs only serde and `serde_json`, and
    /// dates, times and UUIDs are strings.
    #[must_use]
    pub fn types_only(mut self) -> Self {
        self.extent = Extent::TypesOnly;
        self
    }

    /// Refuses documents with warnings, too.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strictness = Strictness::Strict;
        self
    }

    /// Says where the name of an event stands, for a document that does not tell by itself.
    #[must_use]
    pub fn discriminator(mut self, discriminator: Discriminator) -> Self {
        self.discriminator = Some(discriminator);
        self
    }

    /// Narrows the handler trait to these operations, by `operationId`; events of the others reach `on_unknown`.
    #[must_use]
    pub fn operations<I: IntoIterator<Item: Into<String>>>(mut self, ids: I) -> Self {
        self.operations.get_or_insert_default().extend(ids.into_iter().map(Into::into));
        self
    }

    /// Gives every handler method a default that calls `on_unhandled`, so that an implementation may leave some out;
    /// without it, an operation that the document gains is an error of the compiler until it is handled.
    #[must_use]
    pub fn provided_methods(mut self) -> Self {
        self.methods = Methods::Provided;
        self
    }

    /// Makes enums of strings closed: a value that is not listed does not decode, where it would be kept as
    /// `Unknown(String)` otherwise. `EventName` stays open.
    #[must_use]
    pub fn closed_enums(mut self) -> Self {
        self.enums = Enums::Closed;
        self
    }

    /// Gives the node at `pointer` another Rust name.
    ///
    /// The pointer is that of a schema, a property, an enum value, an operation, a message, a channel or a server:
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .rename("/components/schemas/order_v2", "Order")
    ///     .rename("/components/schemas/order_v2/properties/type", "kind");
    /// ```
    #[must_use]
    pub fn rename(mut self, pointer: impl Into<String>, name: impl Into<String>) -> Self {
        self.renames.insert(pointer.into(), name.into());
        self
    }

    /// Maps strings of a `format` to another Rust type, given by its path, such as `jiff::Timestamp` or `String`.
    ///
    /// So are the logical types of Avro, such as `timestamp-millis`, whose JSON is a number.
    ///
    /// The type must implement `Clone`, `Debug`, `PartialEq`, `serde::Serialize` and `serde::Deserialize`.
    #[must_use]
    pub fn map_format(mut self, format: impl Into<String>, path: impl Into<String>) -> Self {
        self.formats.insert(format.into(), path.into());
        self
    }

    /// Lays an `OpenAPI` Overlay 1.0 over the document before anything else, so that a vendor's file stays as it came and
    /// local corrections stand beside it. Several are laid over the document in the order of the calls.
    ///
    /// ```no_run
    /// fn main() -> Result<(), asyncapi_codegen::Error> {
    ///     asyncapi_codegen::Config::new().overlay("spec/orders.overlay.yaml").compile("spec/orders.yaml")
    /// }
    /// ```
    ///
    /// The file is read by [`Config::compile`] and [`Config::read`]; what is given as text goes into the source
    /// ([`Source::with_overlay`]). The changes of an overlay are described there and in the specification; beyond it,
    /// lists inside an `update` are appended to the lists that they meet, and a single value can be removed.
    #[cfg(feature = "overlay")]
    #[must_use]
    pub fn overlay(mut self, path: impl Into<PathBuf>) -> Self {
        self.overlays.push(path.into());
        self
    }

    /// Maps payloads that are no JSON, such as Protobuf's, to a Rust type given by its path, which reads and
    /// writes the raw bytes; without it such a payload is `Vec<u8>`, with a warning.
    ///
    /// `schema` is the beginning of a media type, of the `schemaFormat` where that is not read and else of the content
    /// type; or it is the JSON pointer of a payload or of a component, which counts for more:
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .map_schema_format("application/vnd.google.protobuf", "crate::proto::Envelope")
    ///     .map_schema_format("/components/messages/orderPlaced/payload", "crate::proto::OrderPlaced");
    /// ```
    ///
    /// Of the type, handlers need `TryFrom<&[u8]>`, with an error that has `Display`; and publishers need
    /// `From<&Type>` for `Vec<u8>`.
    #[must_use]
    pub fn map_schema_format(mut self, schema: impl Into<String>, path: impl Into<String>) -> Self {
        self.encoded.insert(schema.into(), path.into());
        self
    }

    /// The type that reads and writes the payload at a place; the longest media type that fits is meant.
    pub(crate) fn encoded_type(&self, at: &Place, media_type: &str) -> Option<&str> {
        let media_type = media_type.to_lowercase();
        let fits = |prefix: &str| !prefix.starts_with('/') && media_type.starts_with(&prefix.to_lowercase());
        let by_pointer = self.encoded.get(at.pointer.as_str()).filter(|_| !at.pointer.as_str().is_empty());
        let mut by_media_type: Vec<_> = self.encoded.iter().filter(|(prefix, _)| fits(prefix)).collect();
        by_media_type.sort_by_key(|(prefix, _)| prefix.len());
        by_pointer.or_else(|| by_media_type.last().map(|(_, path)| *path)).map(String::as_str)
    }

    /// Where [`Config::compile`] writes, relative to the package; by default `$OUT_DIR/<name of the document>.rs`.
    #[must_use]
    pub fn output(mut self, path: impl Into<PathBuf>) -> Self {
        self.output = Some(path.into());
        self
    }

    /// Reads a document, the overlays of these options, and the files that they refer to, for [`Config::generate`].
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the document or an overlay cannot be read; see [`Source::read`].
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Source, Error> {
        #[cfg(feature = "overlay")]
        let source = Source::read_with_overlays(path.as_ref(), &self.overlays);
        #[cfg(not(feature = "overlay"))]
        let source = Source::read(path);
        source
    }

    /// Turns a document into code. Pure: no file, no environment, no clock; the same bytes for the same input.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] when the document has faults that would make wrong code.
    ///
    /// # Examples
    ///
    /// ```
    /// use asyncapi_codegen::{Config, Source};
    ///
    /// let document = "
    /// asyncapi: 2.6.0
    /// info: {title: Lamps, version: '1'}
    /// channels:
    ///   lamps:
    ///     subscribe:
    ///       operationId: onLampSwitched
    ///       message: {name: lamp.switched, payload: {type: object, properties: {lit: {type: boolean}}}}
    /// ";
    /// let output = Config::new().generate(&Source::new("lamps.yaml", document))?;
    /// assert!(output.code().contains("fn on_lamp_switched("));
    /// # Ok::<(), asyncapi_codegen::Error>(())
    /// ```
    pub fn generate(&self, source: &Source) -> Result<Output, Error> {
        let diagnostics = Diagnostics::new();
        #[cfg(feature = "overlay")]
        self.check_overlays(source, &diagnostics);
        let code = self.stages(source, &diagnostics);
        let refused = diagnostics.has_errors(self.strictness);
        let report = diagnostics.finish(source);
        match code {
            Some((code, coverage)) if !refused => Ok(Output { code, report, coverage }),
            _ => Err(Error::Refused(report)),
        }
    }

    /// An overlay that is asked for and was not read would be missed by nobody, until the code is found to be wrong.
    #[cfg(feature = "overlay")]
    fn check_overlays(&self, source: &Source, diagnostics: &Diagnostics) {
        let is_read = |name: &str| source.overlays().any(|file| source.name_of(file) == name);
        let names = self.overlays.iter().map(|path| path.display().to_string());
        for name in names.filter(|name| !is_read(name)) {
            let message = format!("the overlay `{name}` was not read with this document");
            let diagnostic = Diagnostic::of_text(FileId::default(), None, message);
            diagnostics.push(diagnostic.with_cure("read the document with `Config::read`"));
        }
    }

    /// The way from text to text; each stage collects its faults, and none starts on the ruins of another.
    fn stages(&self, source: &Source, diagnostics: &Diagnostics) -> Option<(String, Coverage)> {
        let document = document::parse(source, diagnostics)?;
        check::check(&document, self, diagnostics);
        let api = lower::lower(&document, self, diagnostics);
        if diagnostics.has_errors(Strictness::Lenient) {
            return None;
        }
        let names = names::assign(&api, self, diagnostics);
        if diagnostics.has_errors(Strictness::Lenient) {
            return None;
        }
        let tokens = emit::emit(&api, &names, self);
        Some((format::format(tokens, &source.file_names()), api.coverage))
    }

    /// Generates from the file at `path` and writes the output, from a build script.
    ///
    /// Writes only what differs, tells cargo which files to watch, and shows warnings as cargo's own. In a package
    /// unpacked from a registry nothing is written outside `OUT_DIR`.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] as in [`Config::generate`]; the other variants when a file cannot be read or written.
    pub fn compile(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        output::compile(self, path.as_ref(), self.output.as_deref())
    }
}
