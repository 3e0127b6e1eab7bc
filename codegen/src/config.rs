//! What a team may choose, and where the stages are lined up; the options stand in a file a concern.

mod attributes;
mod choice;
#[cfg(feature = "toml")]
mod file;
#[cfg(feature = "toml")]
mod keys;
mod naming;
mod operations;
mod pattern;
mod payloads;
mod reading;
mod types;
mod validation;
mod writing;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use self::attributes::{attributes, traits};
pub(crate) use self::choice::{OptionHint, OptionSite, OptionsFile};
pub(crate) use self::operations::Methods;
pub use self::operations::{Discriminator, Perspective};
pub(crate) use self::pattern::PatternMap;
pub use self::types::{ArrayLengths, Defaults, Formats, Nulls, UniqueItems, Untyped, WholeNumbers};
pub use self::validation::Validation;
pub use self::writing::Output;
pub(crate) use self::writing::OutputScope;
use crate::diagnostic::{Diagnostics, Strictness};
use crate::error::Error;
use crate::ir::{Api, Direction};
use crate::names::Names;
use crate::source::Source;
use crate::{check, document, emit, format, lower, names, output};

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

/// What the stages made of a document.
struct Generated {
    api: Api,
    names: Names,
    code: String,
}

impl Config {
    /// The defaults: the client's perspective, everything generated, every handler method required, open enums.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
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
        let source = &source.clone().with_urls(&self.urls);
        let diagnostics = Diagnostics::new();
        #[cfg(feature = "overlay")]
        self.check_overlays(source, &diagnostics);
        let made = self.stages(source, &diagnostics);
        let refused = diagnostics.has_errors(self.strictness);
        let report = diagnostics.finish(source, &self.options_file);
        match made {
            Some(made) if !refused => {
                let [handled, sent] = self.methods(&made.api, &made.names);
                Ok(Output {
                    code: made.code,
                    report,
                    coverage: made.api.coverage,
                    handled,
                    sent,
                    names: made.names.given,
                })
            }
            _ => Err(Error::Refused(report)),
        }
    }

    /// The way from text to text; each stage collects its faults, and none starts on the ruins of another.
    fn stages(&self, source: &Source, diagnostics: &Diagnostics) -> Option<Generated> {
        let document = document::parse(source, diagnostics)?;
        check::check(&document, self, diagnostics);
        let api = lower::lower(document, self, diagnostics);
        if diagnostics.has_errors(Strictness::Lenient) {
            return None;
        }
        let names = names::assign(&api, self, diagnostics);
        if diagnostics.has_errors(Strictness::Lenient) {
            return None;
        }
        let mut layout = format::FileWriter::default();
        let imports = emit::emit(&api, &names, self, &mut |piece| layout.add(piece));
        let code = layout.file(imports, &source.file_names());
        Some(Generated { api, names, code })
    }

    /// The names of the methods of `Handler`, and of those of `Publisher`.
    fn methods(&self, api: &Api, names: &Names) -> [Vec<String>; 2] {
        [Direction::Incoming, Direction::Outgoing].map(|direction| {
            let operations = api.operations.iter().zip(&names.operations);
            let operations = operations
                .filter(|(operation, _)| operation.direction == direction && self.extent == OutputScope::Everything);
            operations.map(|(_, name)| name.plain().to_owned()).collect()
        })
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
