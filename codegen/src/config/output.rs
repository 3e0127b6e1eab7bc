//! What comes out, and where to.

use std::path::{Path, PathBuf};

use super::Config;

/// How much is generated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OutputScope {
    #[default]
    Everything,
    /// Nothing that needs more than serde and `serde_json`.
    TypesOnly,
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
