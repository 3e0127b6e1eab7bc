//! The result of a run: the code, its warnings, and what it contains.

use std::path::Path;

use super::write::write_if_changed;
use crate::diagnostic::Report;
use crate::error::Error;
use crate::ir::Coverage;
use crate::names::Named;

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

    /// How many schemas have a type of their own. For tests of the generator.
    #[doc(hidden)]
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

    /// Every name in the code that comes from the document, with the part of the document that has it. For tests of the generator.
    #[doc(hidden)]
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
        write_if_changed(path.as_ref(), &self.code, None)
    }
}
