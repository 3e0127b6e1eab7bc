use std::error::Error;
use std::fmt;

use serde_path_to_error::Segment;

use crate::pointer;

/// Why a body could not be read, and where in it.
///
/// `Display` is for the person mending it: `at /data/id: invalid type: …`. It may quote the payload. Logs take
/// [`pointer`](Self::pointer) and [`kind`](Self::kind) only, and so does `Debug`.
///
/// ```
/// use asyncapi_runtime::{DecodeErrorKind, Inbound};
///
/// #[derive(Debug, serde::Deserialize)]
/// struct Event {
///     data: Data,
/// }
///
/// #[derive(Debug, serde::Deserialize)]
/// struct Data {
///     id: String,
/// }
///
/// let error = Inbound::new(r#"{"data": {"id": 7}}"#).decode::<Event>().unwrap_err();
///
/// assert_eq!(error.pointer(), "/data/id");
/// assert_eq!(error.kind(), DecodeErrorKind::Data);
/// assert!(error.to_string().starts_with("at /data/id: invalid type: integer `7`"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError {
    pointer: String,
    kind: DecodeErrorKind,
    message: String,
}

/// The ways in which a body can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// It is not one JSON value: bad syntax, cut short, or something after the value.
    Syntax,
    /// It is JSON, but not of the shape the type has.
    Data,
    /// It has the shape, and values that its schema does not allow.
    Violation,
}

impl DecodeError {
    /// The JSON pointer (RFC 6901) of the fault; empty for the body as a whole.
    ///
    /// It is as deep as is known: for a missing property it is the object that lacks it, and below an untagged
    /// or internally tagged union it stays at the union. Of several messages it is that of the closest. Keys in it come from the
    /// payload.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Whether it is the JSON, the shape or the values that are wrong.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// What is wrong, with line and column in the body. May quote the payload, so keep it out of logs.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn of_headers(error: &serde::de::value::Error) -> Self {
        Self { pointer: String::new(), kind: DecodeErrorKind::Data, message: format!("headers: {error}") }
    }

    /// An error of a body in another language than JSON, in the words of whoever tried to read it.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "so that it fits `map_err`")]
    pub fn custom(message: impl fmt::Display) -> Self {
        Self { pointer: String::new(), kind: DecodeErrorKind::Data, message: message.to_string() }
    }

    /// The same fault in other words.
    pub(crate) fn with_message(self, message: String) -> Self {
        Self { message, ..self }
    }

    pub(crate) fn at_root(error: &serde_json::Error) -> Self {
        Self::new(String::new(), error)
    }

    pub(crate) fn at_path(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let mut pointer = String::new();
        for segment in error.path() {
            match segment {
                Segment::Seq { index } => pointer::push(&mut pointer, &index.to_string()),
                Segment::Map { key } => pointer::push(&mut pointer, key),
                Segment::Enum { variant } => pointer::push(&mut pointer, variant),
                // Whatever follows hangs in the air.
                Segment::Unknown => break,
            }
        }
        Self::new(pointer, &error.into_inner())
    }

    fn new(pointer: String, error: &serde_json::Error) -> Self {
        let kind = if error.is_data() { DecodeErrorKind::Data } else { DecodeErrorKind::Syntax };
        Self { pointer, kind, message: error.to_string() }
    }
}

/// The place is that of the first violation, the message names all of them.
#[cfg(feature = "validation")]
impl From<crate::Violations> for DecodeError {
    fn from(violations: crate::Violations) -> Self {
        let pointer = violations.iter().next().map(|first| first.pointer().to_owned()).unwrap_or_default();
        let message = violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        Self { pointer, kind: DecodeErrorKind::Violation, message }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the root" } else { &self.pointer };
        write!(f, "at {place}: {}", self.message)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError").field("pointer", &self.pointer).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Error for DecodeError {}
