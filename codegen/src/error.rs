//! Why there is no code.

use std::path::PathBuf;
use std::{fmt, io};

use crate::diagnostic::Report;

/// Why a document gave no code.
///
/// `Debug` prints the same text as `Display`, so that a build script may return it from `main`; a report begins on a line of
/// its own there, below what Rust writes before it.
#[non_exhaustive]
pub enum Error {
    /// The document has faults that would make wrong code; the report holds all of them, warnings too.
    Refused(Report),
    /// A file could not be read.
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// The output could not be written.
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
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
