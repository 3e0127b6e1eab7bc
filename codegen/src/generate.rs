//! The driver: runs the stages in order, from the text of a document to the text of the code.

mod output;
mod write;

use std::path::Path;

pub use self::output::Output;
use crate::config::{Config, OutputScope};
#[cfg(feature = "overlay")]
use crate::diagnostic::Diagnostic;
use crate::diagnostic::{Diagnostics, Strictness};
use crate::error::Error;
use crate::ir::{Api, Direction};
#[cfg(feature = "overlay")]
use crate::location::FileId;
use crate::names::Names;
use crate::source::Source;
use crate::{check, document, emit, format, load, lower, names, normalize};

/// What the stages produce from a document.
struct Generated {
    api: Api,
    names: Names,
    code: String,
}

/// # Running the generator
impl Config {
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
                    names: made.names.report,
                })
            }
            _ => Err(Error::Refused(report)),
        }
    }

    /// The way from text to text; each stage collects its faults, and none starts on the ruins of another.
    fn stages(&self, source: &Source, diagnostics: &Diagnostics) -> Option<Generated> {
        let document = document::parse(source, diagnostics)?;
        check::check(&document, self, diagnostics);
        let document = normalize::normalize(document, diagnostics);
        let api = lower::lower(&document, self, diagnostics);
        if diagnostics.has_errors(Strictness::Lenient) {
            return None;
        }
        let names = names::assign(&api, self, diagnostics);
        if diagnostics.has_errors(Strictness::Lenient) {
            return None;
        }
        let mut file = format::FileWriter::default();
        emit::emit(&api, &names, &mut |item| file.add(item));
        let code = file.finish(&source.file_names());
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
        write::compile(self, path.as_ref(), self.output.as_deref())
    }

    /// Reads a document, the overlays of these options, and the files that they refer to, for [`Config::generate`].
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the document or an overlay cannot be read; see [`Source::read`].
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Source, Error> {
        #[cfg(feature = "overlay")]
        let overlays = &self.overlays;
        #[cfg(not(feature = "overlay"))]
        let overlays = &[];
        load::read(self.root.as_deref(), path.as_ref(), overlays, &self.urls)
    }

    /// An overlay that is asked for and was not read would be missed by nobody, until the code is found to be wrong.
    #[cfg(feature = "overlay")]
    fn check_overlays(&self, source: &Source, diagnostics: &Diagnostics) {
        let is_read = |name: &str| source.overlays().any(|file| source.name_of(file) == name);
        let names = self.overlays.iter().map(|path| path.display().to_string());
        for name in names.filter(|name| !is_read(name)) {
            let message = format!("the overlay `{name}` was not read with this document");
            let diagnostic = Diagnostic::of_text(FileId::default(), None, message);
            diagnostics.push(diagnostic.with_help("read the document with `Config::read`"));
        }
    }
}
