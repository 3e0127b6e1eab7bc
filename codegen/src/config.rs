//! The options of the generator, as data.

mod builder;
mod enums;
mod pattern;
#[cfg(feature = "toml")]
mod toml;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

pub use self::enums::{
    ArrayLengths, Defaults, EventNameLocation, Formats, FreeForm, IntegerParsing, Nulls, Perspective, UniqueItems,
    UntypedSchemas, Validation,
};
pub(crate) use self::enums::{HandlerMethods, OutputScope};
pub(crate) use self::pattern::PatternMap;
use crate::diagnostic::{OptionSite, OptionsFile, Strictness};
use crate::location::Location;

/// The options of the generator, and the functions that run it.
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
///
/// The options are grouped by subject below. Each has a key in `asyncapi.toml`, which `cargo asyncapi` reads. Build
/// scripts read it with `Config::from_file`, with the feature `toml`.
///
/// # Patterns
///
/// Many options apply to parts of a document. A pattern selects them: a JSON pointer (RFC 6901), as diagnostics show
/// it, with `*` for any one step and `**` for any number of steps.
///
/// | pattern | matches |
/// |---|---|
/// | `/components/schemas/Order` | the schema `Order` |
/// | `/components/schemas/*` | every schema in the components |
/// | `/components/schemas/Order/properties/note` | the property `note` of `Order`, and the type inside it |
/// | `/components/schemas/State/enum/0` | the first value of an enum |
/// | `/**/properties/id` | every property with the name `id` |
/// | `/**` | everything |
///
/// The pointer is that of the definition, not of a reference to it. For a definition in another file, it is the pointer
/// in that file. As in every JSON pointer, `/` in a key is `~1` and `~` is `~0`. A key that is `*` is `~2`.
///
/// If several patterns match, all derives and attributes apply. For names and types, the most specific pattern applies,
/// and among equally specific ones the last. A pattern without a match is an error: it is misspelled, or the document
/// changed.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The local paths of network resources, by the beginnings of their URLs.
    pub(crate) urls: BTreeMap<String, String>,
    pub(crate) perspective: Perspective,
    pub(crate) scope: OutputScope,
    pub(crate) handler_methods: HandlerMethods,
    pub(crate) defaults: Defaults,
    pub(crate) nulls: Nulls,
    pub(crate) unique_items: UniqueItems,
    pub(crate) array_lengths: ArrayLengths,
    pub(crate) formats: Formats,
    pub(crate) closed_enums: PatternMap<()>,
    pub(crate) untyped_schemas: UntypedSchemas,
    pub(crate) integer_parsing: IntegerParsing,
    pub(crate) keep_additional_properties: PatternMap<()>,
    pub(crate) non_exhaustive: PatternMap<()>,
    pub(crate) setters: PatternMap<()>,
    pub(crate) replacements: PatternMap<String>,
    pub(crate) derives: PatternMap<String>,
    pub(crate) type_attributes: PatternMap<String>,
    pub(crate) field_attributes: PatternMap<String>,
    pub(crate) map_type: Option<String>,
    pub(crate) free_form: FreeForm,
    pub(crate) integer_type: Option<String>,
    pub(crate) number_type: Option<String>,
    pub(crate) module: Option<String>,
    pub(crate) strictness: Strictness,
    pub(crate) validation: Validation,
    pub(crate) event_name: Option<EventNameLocation>,
    pub(crate) operations: Option<BTreeSet<String>>,
    pub(crate) renames: PatternMap<String>,
    /// Rust types by `format`.
    pub(crate) format_types: BTreeMap<String, String>,
    /// Rust types of payloads that are not JSON, by media type or by the pointer of the payload.
    pub(crate) schema_format_types: BTreeMap<String, String>,
    pub(crate) output: Option<PathBuf>,
    /// The directory that references must not leave.
    pub(crate) root: Option<PathBuf>,
    /// The file that the options were read from, which cargo watches.
    pub(crate) options_path: Option<PathBuf>,
    pub(crate) options_file: Arc<OptionsFile>,
    #[cfg(feature = "overlay")]
    pub(crate) overlays: Vec<PathBuf>,
}

impl Config {
    /// The defaults: the client's perspective, everything generated, every handler method required, open enums.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Where a method was called with this argument, or its key was set to it.
    pub(crate) fn option_site(&self, method: &'static str, argument: &str) -> OptionSite {
        self.options_file.site(method, argument, None)
    }

    /// Where an option was set to a value for a pattern.
    pub(crate) fn option_site_for(&self, method: &'static str, pattern: &str, value: &str) -> OptionSite {
        self.options_file.site(method, pattern, Some(value))
    }

    /// Whether the enum at a place is closed by an option.
    pub(crate) fn is_closed(&self, at: &Location) -> bool {
        self.closed_enums.matches(&at.pointer)
    }

    /// The type that reads and writes the payload at a place. The longest matching media type applies.
    pub(crate) fn schema_format_type(&self, at: &Location, media_type: &str) -> Option<&str> {
        let media_type = media_type.to_lowercase();
        let pointer = at.pointer.as_str();
        let by_pointer = self.schema_format_types.get(pointer).filter(|_| !pointer.is_empty());
        let matches = |prefix: &str| !prefix.starts_with('/') && media_type.starts_with(&prefix.to_lowercase());
        let by_media_type = self.schema_format_types.iter().filter(|(prefix, _)| matches(prefix));
        let longest = by_media_type.max_by_key(|(prefix, _)| prefix.len()).map(|(_, path)| path);
        by_pointer.or(longest).map(String::as_str)
    }
}
