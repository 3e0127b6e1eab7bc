//! The result of a call of the program: its outcome, or an error with its exit code.

use std::error::Error;
use std::fmt;

use serde_json::{Value, json};

use crate::client::with_causes;

/// The answer of a call that ran without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Exit code 0.
    Yes,
    /// Exit code 1.
    No,
}

/// An error that ends the program, and how the user can correct it.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: ErrorKind,
    message: String,
    help: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum ErrorKind {
    Usage,
    Environment,
}

impl Failure {
    /// The arguments are wrong.
    pub(crate) fn usage(message: impl fmt::Display, help: &'static str) -> Self {
        Self { kind: ErrorKind::Usage, message: message.to_string(), help }
    }

    /// A file, an address or the inbox cannot be used.
    pub(crate) fn environment(subject: impl fmt::Display, error: &dyn Error, help: &'static str) -> Self {
        Self { kind: ErrorKind::Environment, message: format!("{subject}: {}", with_causes(error)), help }
    }

    /// Standard output cannot be written.
    pub(crate) fn output(error: &std::io::Error) -> Self {
        Self::environment("standard output", error, "check the file or the program that standard output goes to")
    }

    /// The exit code: 2 for wrong arguments, 3 for the environment.
    pub(crate) fn code(&self) -> u8 {
        match self.kind {
            ErrorKind::Usage => 2,
            ErrorKind::Environment => 3,
        }
    }

    /// The form that `--json` prints.
    pub(crate) fn json(&self) -> Value {
        json!({"error": self.message, "help": self.help, "code": self.code()})
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n  help: {}", self.message, self.help)
    }
}
