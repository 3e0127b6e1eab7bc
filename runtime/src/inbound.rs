//! A message that was received.

use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_path_to_error::Track;

use crate::{DecodeError, Headers, Scalar, json_text, lenient_int, peek};

/// A received message: its headers, its raw body, and its channel if the transport has one.
///
/// Clones share the body. `Debug` shows sizes, never the payload.
///
/// ```
/// use asyncapi_runtime::{Headers, Inbound};
///
/// let inbound = Inbound::new(r#"{"name": "note.create", "data": {"id": "n1"}}"#)
///     .with_channel("support/notes")
///     .with_headers(Headers::from_iter([("Content-Type", "application/json")]));
///
/// assert_eq!(inbound.header("content-type"), Some("application/json"));
/// assert_eq!(inbound.peek("/data/id")?.as_deref(), Some("n1"));
/// # Ok::<(), asyncapi_runtime::DecodeError>(())
/// ```
#[derive(Clone, Default)]
pub struct Inbound {
    channel: Option<String>,
    headers: Headers,
    body: Bytes,
}

impl Inbound {
    /// A message with this raw body, without headers and channel.
    #[must_use]
    pub fn new(body: impl Into<Bytes>) -> Self {
        Self { channel: None, headers: Headers::new(), body: body.into() }
    }

    /// Sets the channel: an address, a topic or a subject.
    #[must_use]
    pub fn with_channel(mut self, channel: impl Into<String>) -> Self {
        self.channel = Some(channel.into());
        self
    }

    /// Sets the headers, and replaces earlier ones.
    #[must_use]
    pub fn with_headers(mut self, headers: Headers) -> Self {
        self.headers = headers;
        self
    }

    /// The channel: an address, a topic or a subject.
    ///
    /// `None` if the transport has no channels, or if its address has no meaning: the URL of a webhook is chosen by the
    /// receiver, and Kustomer sends all ten channels to one URL.
    #[must_use]
    pub fn channel(&self) -> Option<&str> {
        self.channel.as_deref()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The raw body. Signatures are computed over these bytes.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The first value of a header as text; `None` also if it is not UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get_str(name)
    }

    /// The media type of `Content-Type`, without parameters and in lower case: `text/plain` of `Text/Plain;
    /// charset=utf-8`.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        let essence = self.header("content-type")?.split(';').next()?.trim();
        Some(essence.to_ascii_lowercase())
    }

    /// The body as text.
    ///
    /// # Errors
    ///
    /// The body is not UTF-8.
    pub fn text(&self) -> Result<&str, DecodeError> {
        std::str::from_utf8(&self.body).map_err(DecodeError::custom)
    }

    /// The string at a JSON pointer (RFC 6901) in the body, without decoding the rest.
    ///
    /// `Ok(None)` if there is no string at the pointer, or if the pointer is not valid. Of a repeated key in an object,
    /// the last one counts, as in `serde_json::Value`.
    ///
    /// The syntax of the whole body is checked. Numbers out of range, unpaired surrogates and invalid UTF-8 in skipped
    /// values are found only by [`decode`](Self::decode).
    ///
    /// # Errors
    ///
    /// The body is not exactly one JSON value.
    pub fn peek(&self, pointer: &str) -> Result<Option<String>, DecodeError> {
        peek::string_at(&self.body, pointer)
    }

    /// The id at a JSON pointer in the body, like [`peek`](Self::peek): a string, or the digits of an integer.
    ///
    /// # Errors
    ///
    /// As [`peek`](Self::peek).
    pub fn peek_id(&self, pointer: &str) -> Result<Option<String>, DecodeError> {
        peek::id_at(&self.body, pointer)
    }

    /// The strings and integers at several JSON pointers in the body, in one pass.
    ///
    /// `None` under the conditions of [`peek`](Self::peek).
    ///
    /// # Errors
    ///
    /// As [`peek`](Self::peek).
    pub fn peek_scalars<const N: usize>(&self, pointers: [&str; N]) -> Result<[Option<Scalar>; N], DecodeError> {
        peek::scalars_at(&self.body, pointers)
    }

    /// Decodes the body from JSON.
    ///
    /// # Errors
    ///
    /// The body is not exactly one JSON value ([`Syntax`](crate::DecodeErrorKind::Syntax)), or has another shape than
    /// `T` ([`Data`](crate::DecodeErrorKind::Data)). The error has a JSON pointer.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let mut track = Track::new();
        // A payload that is an integer itself has no field for the attribute `deserialize_with`.
        let read = || lenient_int::deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track));
        let value = json_text::with_body(&self.body, read)
            .map_err(|error| DecodeError::at_path(serde_path_to_error::Error::new(track.path(), error)))?;
        json.end().map_err(|error| DecodeError::at_root(&error))?;
        Ok(value)
    }

    /// Decodes the body from JSON and validates it, for code that is generated with full validation.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode), or `validate` finds violations ([`Violation`](crate::DecodeErrorKind::Violation)).
    #[cfg(feature = "validation")]
    pub fn decode_valid<T: DeserializeOwned>(
        &self,
        validate: impl FnOnce(&T) -> Result<(), crate::Violations>,
    ) -> Result<T, DecodeError> {
        let value = self.decode()?;
        validate(&value)?;
        Ok(value)
    }
}

impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbound")
            .field("channel", &self.channel)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}
