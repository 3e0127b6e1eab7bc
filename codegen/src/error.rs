//! The error type of the public API.

use std::path::PathBuf;
use std::{fmt, io};

use crate::diagnostic::Report;

/// Why no code was generated.
///
/// `Debug` prints the same text as `Display`, so that a build script can return the error from `main`. It prints a
/// report on a new line, below the prefix that Rust prints.
#[non_exhaustive]
pub enum Error {
    /// The document or an option has errors. The report contains them and the warnings.
    Refused(Report),
    /// A file could not be read.
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The output could not be written.
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// `Config::compile` was called without an output path and outside a build script.
    NoOutput,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(report) => write!(formatter, "{report}"),
            Self::Read { path, cause } => write!(formatter, "cannot read {}: {cause}", path.display()),
            Self::Write { path, cause } => write!(formatter, "cannot write {}: {cause}", path.display()),
            Self::NoOutput => formatter.write_str(
                "no place for the output: set Config::output, or call it from a build script, where OUT_DIR is set",
            ),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(_) => write!(formatter, "\n{self}"),
            _ => write!(formatter, "{self}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read { cause, .. } | Self::Write { cause, .. } => Some(cause),
            Self::Refused(_) | Self::NoOutput => None,
        }
    }
}
