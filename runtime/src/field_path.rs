//! The location of a value in a message.

use std::borrow::Cow;

/// The location of a value in a message: in a header, or in the payload.
///
/// It is what a runtime expression of AsyncAPI names: `$message.header#/name` and `$message.payload#/pointer`.
///
/// ```
/// use asyncapi_runtime::FieldPath;
///
/// let header = FieldPath::header("x-event");
/// let id = FieldPath::payload("/data/id");
/// assert_ne!(header, id);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldPath {
    /// The header of this name.
    Header(Cow<'static, str>),
    /// The value at this JSON pointer (RFC 6901) in the payload.
    Payload(Cow<'static, str>),
}

impl FieldPath {
    /// The header of this name: `$message.header#/name`.
    #[must_use]
    pub fn header(name: impl Into<Cow<'static, str>>) -> Self {
        Self::Header(name.into())
    }

    /// The value at this JSON pointer (RFC 6901) in the payload: `$message.payload#/pointer`.
    #[must_use]
    pub fn payload(pointer: impl Into<Cow<'static, str>>) -> Self {
        Self::Payload(pointer.into())
    }
}
