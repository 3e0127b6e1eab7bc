//! Why a body could not be decoded, and where in it.

use std::error::Error;
use std::fmt;

use serde_path_to_error::Segment;

use crate::pointer;

/// Why a body could not be decoded, and where.
///
/// `Display` is for a person: `at /data/id: invalid type: …`. It may quote the payload. Log only
/// [`pointer`](Self::pointer) and [`kind`](Self::kind), as `Debug` does.
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

/// The kinds of decode errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The body is not exactly one JSON value.
    Syntax,
    /// The body is JSON with another shape than the type.
    Data,
    /// The body has values that the schema does not allow.
    Violation,
}

impl DecodeError {
    /// The JSON pointer (RFC 6901) of the error; empty for the whole body.
    ///
    /// For a missing property it points to the object. Inside of an untagged or internally tagged union it points to
    /// the union. For several possible messages it belongs to the closest one. Its keys come from the payload.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Whether the syntax, the shape or the values are wrong.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// The message, with line and column in the body. It may quote the payload, so keep it out of logs.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn of_headers(error: &serde::de::value::Error) -> Self {
        Self { pointer: String::new(), kind: DecodeErrorKind::Data, message: format!("headers: {error}") }
    }

    /// An error with this message, for bodies that are not JSON.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "so that it fits `map_err`")]
    pub fn custom(message: impl fmt::Display) -> Self {
        Self { pointer: String::new(), kind: DecodeErrorKind::Data, message: message.to_string() }
    }

    /// The same error with another message.
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
                // Later segments have no known parent.
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

/// The pointer is that of the first violation; the message contains all violations.
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
