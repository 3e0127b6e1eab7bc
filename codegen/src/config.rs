//! What a team may choose, and where the stages are lined up; the options stand in a file a concern.

mod attributes;
#[cfg(feature = "toml")]
mod file;
mod input;
#[cfg(feature = "toml")]
mod keys;
mod operations;
mod output;
mod pattern;
mod rename;
mod schema_format;
mod types;
mod validation;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use self::operations::Methods;
pub use self::operations::{Discriminator, Perspective};
pub(crate) use self::output::OutputScope;
pub(crate) use self::pattern::PatternMap;
pub use self::types::{ArrayLengths, Defaults, Formats, Nulls, UniqueItems, Untyped, WholeNumbers};
pub use self::validation::Validation;
use crate::diagnostic::{OptionSite, OptionsFile, Strictness};

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
///
/// The options stand below by what they are about; each has a key of its own in `asyncapi.toml`, which
/// `cargo asyncapi` reads, and build scripts by `Config::from_file`, with the feature `toml`.
///
/// # Patterns
///
/// Many options are for some places of a document. A pattern says for which: a JSON pointer (RFC 6901), such as
/// diagnostics show, with `*` for any one step and `**` for any number of steps.
///
/// | pattern | meets |
/// |---|---|
/// | `/components/schemas/Order` | the schema `Order` |
/// | `/components/schemas/*` | every schema among the components |
/// | `/components/schemas/Order/properties/note` | the property `note` of `Order`, and the type inside it |
/// | `/components/schemas/State/enum/0` | the first value of an enum |
/// | `/**/properties/id` | every property called `id` |
/// | `/**` | everything |
///
/// A thing stands where it is described, not where a reference to it stands; one in another file has its pointer in
/// that file. As in every JSON pointer, `/` within a key is `~1` and `~` is `~0`; a key that is a star is `~2`.
///
/// Where several patterns meet one place, all derives and attributes count; of names and types the most exact pattern's,
/// and of equals the last. A pattern that meets nothing is an error, for it is a slip, or the document has changed.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The paths of what is kept of the network, by the beginnings of URLs.
    pub(crate) urls: BTreeMap<String, String>,
    pub(crate) perspective: Perspective,
    pub(crate) extent: OutputScope,
    pub(crate) methods: Methods,
    pub(crate) defaults: Defaults,
    pub(crate) nulls: Nulls,
    pub(crate) unique_items: UniqueItems,
    pub(crate) array_lengths: ArrayLengths,
    pub(crate) formats_with_types: Formats,
    pub(crate) closed_enums: PatternMap<()>,
    pub(crate) untyped: Untyped,
    pub(crate) whole_numbers: WholeNumbers,
    pub(crate) keep_unknown: PatternMap<()>,
    pub(crate) non_exhaustive: PatternMap<()>,
    pub(crate) with_methods: PatternMap<()>,
    pub(crate) replacements: PatternMap<String>,
    pub(crate) derives: PatternMap<String>,
    pub(crate) type_attributes: PatternMap<String>,
    pub(crate) field_attributes: PatternMap<String>,
    pub(crate) map_type: Option<String>,
    pub(crate) integer_type: Option<String>,
    pub(crate) number_type: Option<String>,
    pub(crate) module: Option<String>,
    pub(crate) strictness: Strictness,
    pub(crate) validation: Validation,
    pub(crate) discriminator: Option<Discriminator>,
    pub(crate) operations: Option<BTreeSet<String>>,
    pub(crate) renames: PatternMap<String>,
    pub(crate) formats: BTreeMap<String, String>,
    /// Types of payloads that are not JSON, by media type or by the pointer of the payload.
    pub(crate) encoded: BTreeMap<String, String>,
    pub(crate) output: Option<PathBuf>,
    /// The directory that references must not leave.
    pub(crate) root: Option<PathBuf>,
    /// The file that the options were read from, which cargo is to watch.
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

    /// Where an option was set to a text; the option is named by its method.
    pub(crate) fn choice(&self, method: &'static str, text: &str) -> OptionSite {
        self.options_file.site(method, text, None)
    }

    /// Where an option was set to a value for a pattern.
    pub(crate) fn choice_for(&self, method: &'static str, text: &str, value: &str) -> OptionSite {
        self.options_file.site(method, text, Some(value))
    }
}
