//! How a call ends.

use std::error::Error;
use std::fmt;

use serde_json::{Value, json};

use crate::client::with_causes;

/// What a call found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Yes,
    No,
}

/// Why a call found out nothing, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    blame: ErrorKind,
    what: String,
    cure: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum ErrorKind {
    Call,
    World,
}

impl Failure {
    /// The call is wrong.
    pub(crate) fn call(what: impl fmt::Display, cure: &'static str) -> Self {
        Self { blame: ErrorKind::Call, what: what.to_string(), cure }
    }

    /// A file, an address or the inbox does not do as it should.
    pub(crate) fn environment(what: impl fmt::Display, error: &dyn Error, cure: &'static str) -> Self {
        Self { blame: ErrorKind::World, what: format!("{what}: {}", with_causes(error)), cure }
    }

    /// Standard output is gone, or full.
    pub(crate) fn output(error: &std::io::Error) -> Self {
        Self::environment("standard output", error, "see to whatever reads it")
    }

    pub(crate) fn code(&self) -> u8 {
        match self.blame {
            ErrorKind::Call => 2,
            ErrorKind::World => 3,
        }
    }
}

impl Failure {
    /// For a call that asked for JSON.
    pub(crate) fn json(&self) -> Value {
        json!({"error": self.what, "cure": self.cure, "code": self.code()})
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n  cure: {}", self.what, self.cure)
    }
}
