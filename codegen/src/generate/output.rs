//! The result of a run: the code, its warnings, and what it contains.

use std::path::Path;

use super::write::write_if_changed;
use crate::diagnostic::Report;
use crate::error::Error;
use crate::ir::Coverage;
use crate::names::Named;

/// The generated code and its warnings.
#[derive(Clone, Debug)]
pub struct Output {
    pub(super) code: String,
    pub(super) report: Report,
    pub(super) coverage: Coverage,
    pub(super) handler_methods: Vec<String>,
    pub(super) publisher_methods: Vec<String>,
    pub(super) names: Vec<Named>,
}

impl Output {
    /// The formatted Rust source. It works as a file of a `mod` and with `include!`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The warnings. There are no errors if there is code.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// How many schemas have a type of their own. For tests of the generator.
    #[doc(hidden)]
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        self.coverage
    }

    /// The methods of `Handler`, one for each incoming operation. Empty with
    /// [`Config::types_only`](crate::Config::types_only).
    #[must_use]
    pub fn handler_methods(&self) -> &[String] {
        &self.handler_methods
    }

    /// The methods of `Publisher`, one for each outgoing operation. Empty with
    /// [`Config::types_only`](crate::Config::types_only).
    #[must_use]
    pub fn publisher_methods(&self) -> &[String] {
        &self.publisher_methods
    }

    /// Every name in the code that comes from the document, with the part of the document that has it. For tests of the
    /// generator.
    #[doc(hidden)]
    #[must_use]
    pub fn names(&self) -> &[Named] {
        &self.names
    }

    /// Writes the code to a file, unless the file already contains it.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] when the file or its directory cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        write_if_changed(path.as_ref(), &self.code, None)
    }
}
