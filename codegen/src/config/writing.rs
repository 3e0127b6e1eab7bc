//! What comes out, and where to.

use std::path::{Path, PathBuf};

use super::Config;
use crate::diagnostic::Report;
use crate::error::Error;
use crate::ir::Coverage;
use crate::names::Named;
use crate::output;

/// How much is generated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OutputScope {
    #[default]
    Everything,
    /// Nothing that needs more than serde and `serde_json`.
    TypesOnly,
}

/// What generating gives: the code, and the warnings on the way to it.
#[derive(Clone, Debug)]
pub struct Output {
    pub(super) code: String,
    pub(super) report: Report,
    pub(super) coverage: Coverage,
    pub(super) handled: Vec<String>,
    pub(super) sent: Vec<String>,
    pub(super) names: Vec<Named>,
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

    /// The methods of `Handler`: what reaches the chosen side. Empty where only types are generated.
    #[must_use]
    pub fn handled(&self) -> &[String] {
        &self.handled
    }

    /// The methods of `Publisher`: what the chosen side sends. Empty where only types are generated.
    #[must_use]
    pub fn sent(&self) -> &[String] {
        &self.sent
    }

    /// Every name that the document gave to something in the code, with the place that it belongs to.
    #[must_use]
    pub fn names(&self) -> &[Named] {
        &self.names
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

/// # Output
impl Config {
    /// Leaves out the handler, its dispatch and the publisher: what remains needs only serde and `serde_json`, and
    /// dates, times and UUIDs are strings.
    #[must_use]
    pub fn types_only(mut self) -> Self {
        self.extent = OutputScope::TypesOnly;
        self
    }

    /// Where [`Config::compile`] writes, relative to the package; by default `$OUT_DIR/<name of the document>.rs`.
    #[must_use]
    pub fn output(mut self, path: impl Into<PathBuf>) -> Self {
        self.output = Some(path.into());
        self
    }

    /// Wraps everything in a module of this name, so that the code of several documents can be included side by side.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new().module("orders");
    /// ```
    #[must_use]
    pub fn module(mut self, name: impl Into<String>) -> Self {
        self.module = Some(name.into());
        self
    }

    /// The path that [`Config::output`] was given.
    #[must_use]
    pub fn output_path(&self) -> Option<&Path> {
        self.output.as_deref()
    }
}
