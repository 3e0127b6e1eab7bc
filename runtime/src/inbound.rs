use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_path_to_error::Track;

use crate::{DecodeError, Headers, lenient_int, peek};

/// One delivery as it came in: headers, the raw body, and the channel if the transport names one.
///
/// Cloning is cheap for the body, which is shared. `Debug` prints sizes, never the payload.
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
    /// A delivery with this raw body, no headers and no channel.
    #[must_use]
    pub fn new(body: impl Into<Bytes>) -> Self {
        Self { channel: None, headers: Headers::new(), body: body.into() }
    }

    /// Sets the channel it came by: an address, a topic, a subject.
    #[must_use]
    pub fn with_channel(mut self, channel: impl Into<String>) -> Self {
        self.channel = Some(channel.into());
        self
    }

    /// Sets the headers, in place of any set before.
    #[must_use]
    pub fn with_headers(mut self, headers: Headers) -> Self {
        self.headers = headers;
        self
    }

    /// The channel it came by: an address, a topic, a subject.
    ///
    /// `None` where the transport has none, or it says nothing: a webhook's URL is the receiver's own choice,
    /// and Kustomer sends all ten of its channels to one.
    #[must_use]
    pub fn channel(&self) -> Option<&str> {
        self.channel.as_deref()
    }

    /// The headers it came with.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The body, byte for byte as received: what a signature was made over.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The first value of a header as text; `None` too if it isn't UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get_str(name)
    }

    /// The content type without its parameters, in lower case: `text/plain` of `Text/Plain; charset=utf-8`.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        let essence = self.header("content-type")?.split(';').next()?.trim();
        Some(essence.to_ascii_lowercase())
    }

    /// The body as a text.
    ///
    /// # Errors
    ///
    /// It is not UTF-8.
    pub fn text(&self) -> Result<&str, DecodeError> {
        std::str::from_utf8(&self.body).map_err(DecodeError::custom)
    }

    /// The string at a JSON pointer (RFC 6901) into the body, without building the rest of it.
    ///
    /// `Ok(None)` if nothing is there, if what is there is no string, or if `pointer` is neither empty nor
    /// starts with `/`. Where an object repeats a key the last one counts, as it does for `serde_json::Value`.
    ///
    /// The whole body is walked, but what is skipped is checked for its shape only: a number too large, an
    /// unpaired surrogate or invalid UTF-8 in it shows itself when [`decode`](Self::decode) reads it.
    ///
    /// # Errors
    ///
    /// The body is not one JSON value: bad syntax, cut short, or something after the value.
    pub fn peek(&self, pointer: &str) -> Result<Option<String>, DecodeError> {
        peek::string_at(&self.body, pointer)
    }

    /// The id at a JSON pointer into the body, as [`peek`](Self::peek) finds it: a string, or an integer as its digits.
    ///
    /// # Errors
    ///
    /// As [`peek`](Self::peek).
    pub fn peek_id(&self, pointer: &str) -> Result<Option<String>, DecodeError> {
        peek::id_at(&self.body, pointer)
    }

    /// The whole body as a `T`, read as JSON.
    ///
    /// # Errors
    ///
    /// The body is not one JSON value ([`Syntax`](crate::DecodeErrorKind::Syntax)), or not one a `T` can be
    /// read from ([`Data`](crate::DecodeErrorKind::Data)). The error says where.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let mut json = serde_json::Deserializer::from_slice(&self.body);
        let mut track = Track::new();
        // What the payload is itself, no attribute of a field can say.
        let value = lenient_int::deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track))
            .map_err(|error| DecodeError::at_path(serde_path_to_error::Error::new(track.path(), error)))?;
        json.end().map_err(|error| DecodeError::at_root(&error))?;
        Ok(value)
    }

    /// The whole body as a `T` that is checked: by its `validate`, where the code was generated with full validation.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode), and with the kind [`Violation`](crate::DecodeErrorKind::Violation) where the check
    /// finds any.
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
