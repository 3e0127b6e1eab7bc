use std::fmt;
use std::str::FromStr;

use crate::{DecodeError, DecodeErrorKind};

/// How many bytes a message or a pointer has at most. Both may quote the payload, and lists and logs are of many.
const LONGEST: usize = 4 * 1024;

/// Why an event is dead.
#[derive(Clone, PartialEq, Eq)]
pub struct Reason {
    kind: ReasonKind,
    pointer: Option<String>,
    message: String,
}

/// The ways an event can die.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReasonKind {
    /// Its body is not JSON.
    NotJson,
    /// Its payload is not of the shape the document gives it, or has values that the document does not allow.
    Undecodable,
    /// The document does not list it, and nobody handles what is not listed.
    Unknown,
    /// Its handler rejected it.
    Rejected,
    /// Its last attempt failed.
    Exhausted,
    /// The process ended during its last attempt: a crash, or a kill.
    Interrupted,
}

impl ReasonKind {
    const ALL: [Self; 6] =
        [Self::NotJson, Self::Undecodable, Self::Unknown, Self::Rejected, Self::Exhausted, Self::Interrupted];

    /// The kind as a word, for stores, metrics and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::Undecodable => "undecodable",
            Self::Unknown => "unknown",
            Self::Rejected => "rejected",
            Self::Exhausted => "exhausted",
            Self::Interrupted => "interrupted",
        }
    }
}

impl fmt::Display for ReasonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ReasonKind {
    type Err = String;

    /// # Errors
    ///
    /// The word stands for no kind.
    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        known.ok_or_else(|| format!("no reason of a dead letter: {word}"))
    }
}

impl Reason {
    /// A reason in words. They are kept beside the payload and may quote it; logs get the kind and the place only. What is
    /// beyond 4 KiB is cut.
    #[must_use]
    pub fn new(kind: ReasonKind, message: impl Into<String>) -> Self {
        let mut message = message.into();
        let end = (0..=LONGEST.min(message.len())).rev().find(|end| message.is_char_boundary(*end));
        message.truncate(end.unwrap_or(0));
        Self { kind, pointer: None, message }
    }

    /// Sets the JSON pointer of the fault in the body. Of one beyond 4 KiB, whose keys are the sender's, the place around it.
    #[must_use]
    pub fn with_pointer(mut self, pointer: impl Into<String>) -> Self {
        let mut pointer = pointer.into();
        while pointer.len() > LONGEST {
            pointer.truncate(pointer.rfind('/').unwrap_or(0));
        }
        self.pointer = Some(pointer);
        self
    }

    /// Which way it died.
    #[must_use]
    pub fn kind(&self) -> ReasonKind {
        self.kind
    }

    /// The JSON pointer (RFC 6901) of the fault, if the payload is at fault; empty for the body as a whole.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// What went wrong, in words. May quote the payload, so keep it out of logs.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl From<&DecodeError> for Reason {
    fn from(error: &DecodeError) -> Self {
        let kind = match error.kind() {
            DecodeErrorKind::Syntax => ReasonKind::NotJson,
            DecodeErrorKind::Data | DecodeErrorKind::Violation => ReasonKind::Undecodable,
        };
        Self::new(kind, error.message()).with_pointer(error.pointer())
    }
}

/// Kind and place, not the message.
impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reason").field("kind", &self.kind).field("pointer", &self.pointer).finish_non_exhaustive()
    }
}
