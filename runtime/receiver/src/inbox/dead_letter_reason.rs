//! Why an event became a dead letter.

use std::fmt;
use std::str::FromStr;

use asyncapi_runtime::{DecodeError, DecodeErrorKind};

/// The longest message or pointer, in bytes. Both may quote the payload, and lists contain many of them.
const LONGEST: usize = 4 * 1024;

/// Why an event became a dead letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Reason {
    kind: ReasonKind,
    pointer: Option<String>,
    message: String,
}

/// The kinds of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReasonKind {
    /// Its body is not JSON.
    NotJson,
    /// Its payload does not match the schema in the document.
    Undecodable,
    /// The document does not contain the event, and there is no handler for unknown events.
    Unknown,
    /// Its handler rejected it.
    Rejected,
    /// Its last attempt failed.
    Exhausted,
    /// The process ended during its last attempt: a crash, or a kill.
    Interrupted,
    /// It was changed in the store: its checksum is wrong, or it cannot be read.
    Damaged,
}

impl ReasonKind {
    const ALL: [Self; 7] = [
        Self::NotJson,
        Self::Undecodable,
        Self::Unknown,
        Self::Rejected,
        Self::Exhausted,
        Self::Interrupted,
        Self::Damaged,
    ];

    /// The name of the kind in stores, metrics and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::Undecodable => "undecodable",
            Self::Unknown => "unknown",
            Self::Rejected => "rejected",
            Self::Exhausted => "exhausted",
            Self::Interrupted => "interrupted",
            Self::Damaged => "damaged",
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
    /// The text is not the name of a kind.
    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        known.ok_or_else(|| format!("unknown reason of a dead letter: {word}"))
    }
}

impl Reason {
    /// A reason with a message. The message is stored and may quote the payload; logs contain the kind and the pointer
    /// only. A message above 4 KiB is truncated.
    #[must_use]
    pub fn new(kind: ReasonKind, message: impl Into<String>) -> Self {
        let mut message = message.into();
        let end = (0..=LONGEST.min(message.len())).rev().find(|end| message.is_char_boundary(*end));
        message.truncate(end.unwrap_or(0));
        Self { kind, pointer: None, message }
    }

    /// Sets the JSON pointer of the error in the body. A pointer above 4 KiB is shortened to a parent.
    #[must_use]
    pub fn with_pointer(mut self, pointer: impl Into<String>) -> Self {
        let mut pointer = pointer.into();
        while pointer.len() > LONGEST {
            pointer.truncate(pointer.rfind('/').unwrap_or(0));
        }
        self.pointer = Some(pointer);
        self
    }

    /// The kind of the reason.
    #[must_use]
    pub fn kind(&self) -> ReasonKind {
        self.kind
    }

    /// The JSON pointer (RFC 6901) of the error in the payload; empty for the whole body, `None` if the payload is not
    /// the reason.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// The message. It may quote the payload, so keep it out of logs.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl From<&DecodeError> for Reason {
    fn from(error: &DecodeError) -> Self {
        let kind = match error.kind() {
            DecodeErrorKind::Syntax => ReasonKind::NotJson,
            _ => ReasonKind::Undecodable,
        };
        Self::new(kind, error.message()).with_pointer(error.pointer())
    }
}

/// Without the message, which may quote the payload.
impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reason").field("kind", &self.kind).field("pointer", &self.pointer).finish_non_exhaustive()
    }
}
