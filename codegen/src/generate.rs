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

/// The result of the stages.
struct Generated {
    api: Api,
    names: Names,
    code: String,
}

/// # Running the generator
impl Config {
    /// Generates code from a document. A pure function: it uses no files, environment or clock, and returns the same
    /// bytes for the same input.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] when the document or an option has errors, or, with [`Config::strict`], warnings.
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
        let generated = self.stages(source, &diagnostics);
        let refused = diagnostics.has_errors(self.strictness);
        let report = diagnostics.finish(source, &self.options_file);
        match generated {
            Some(generated) if !refused => {
                let [handler_methods, publisher_methods] = self.methods(&generated.api, &generated.names);
                Ok(Output {
                    code: generated.code,
                    report,
                    coverage: generated.api.coverage,
                    handler_methods,
                    publisher_methods,
                    names: generated.names.report,
                })
            }
            _ => Err(Error::Refused(report)),
        }
    }

    /// Runs the stages. Each reports all its diagnostics, and none starts after errors that would make its result
    /// wrong.
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
        let imports = emit::emit(&api, &names, &mut |item| file.add_item(item));
        let code = file.finish(&source.file_names(), imports);
        Some(Generated { api, names, code })
    }

    /// The names of the methods of `Handler` and of `Publisher`.
    fn methods(&self, api: &Api, names: &Names) -> [Vec<String>; 2] {
        [Direction::Incoming, Direction::Outgoing].map(|direction| {
            let operations = api.operations.iter().zip(&names.operations);
            let operations = operations
                .filter(|(operation, _)| operation.direction == direction && self.scope == OutputScope::Everything);
            operations.map(|(_, name)| name.plain().to_owned()).collect()
        })
    }

    /// Generates code from the file at `path` and writes it. For build scripts.
    ///
    /// Writes the file only if its content differs, tells cargo which files to watch, and prints warnings as warnings
    /// of cargo. In a package that was downloaded from a registry, nothing is written outside `OUT_DIR`.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] as in [`Config::generate`], and the other variants when a file cannot be read or written.
    pub fn compile(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        write::compile(self, path.as_ref(), self.output.as_deref())
    }

    /// Reads a document, the overlays of these options, and the files that they refer to, for [`Config::generate`].
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the document or an overlay cannot be read; see [`Source::read`].
    pub fn read_source(&self, path: impl AsRef<Path>) -> Result<Source, Error> {
        #[cfg(feature = "overlay")]
        let overlays = &self.overlays;
        #[cfg(not(feature = "overlay"))]
        let overlays = &[];
        load::read(self.root.as_deref(), path.as_ref(), overlays, &self.urls)
    }

    /// Reports overlays of the options that are not in the source. Without this error, the code would be wrong
    /// unnoticed.
    #[cfg(feature = "overlay")]
    fn check_overlays(&self, source: &Source, diagnostics: &Diagnostics) {
        let is_read = |name: &str| source.overlays().any(|file| source.name_of(file) == name);
        let names = self.overlays.iter().map(|path| path.display().to_string());
        for name in names.filter(|name| !is_read(name)) {
            let message = format!("the overlay `{name}` was not read with this document");
            let diagnostic = Diagnostic::in_text(FileId::default(), None, message);
            diagnostics.push(diagnostic.with_help("read the document with `Config::read_source`"));
        }
    }
}
