//! A message to send.

use std::fmt;

use bytes::Bytes;
use serde::Serialize;

use crate::Headers;

/// A message to send with a [`Transport`](crate::Transport): its channel, its headers and its body.
///
/// `Debug` shows the size of the body, never the payload.
///
/// ```
/// use asyncapi_runtime::Outbound;
///
/// let outbound = Outbound::json("support/notes", &serde_json::json!({"id": "n1"}))?
///     .with_header("x-request", "7");
///
/// assert_eq!(outbound.channel(), "support/notes");
/// assert_eq!(outbound.headers().get_str("content-type"), Some("application/json"));
/// assert_eq!(outbound.body().as_ref(), br#"{"id":"n1"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Outbound {
    channel: String,
    headers: Headers,
    body: Bytes,
}

impl Outbound {
    /// A message with this body, and without headers. The caller sets a content type.
    #[must_use]
    pub fn new(channel: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self { channel: channel.into(), headers: Headers::new(), body: body.into() }
    }

    /// A message with `payload` as JSON and the header `content-type: application/json`.
    ///
    /// # Errors
    ///
    /// The payload cannot be serialized as JSON: a map has keys that are not strings, or its `Serialize` fails.
    pub fn json(channel: impl Into<String>, payload: &(impl Serialize + ?Sized)) -> Result<Self, serde_json::Error> {
        let body = serde_json::to_vec(payload)?;
        Ok(Self::new(channel, body).with_header("content-type", "application/json"))
    }

    /// Sets a header, and replaces others with the same name.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets several headers, and replaces others with the same names; see [`Headers::encode`].
    #[must_use]
    pub fn with_headers(mut self, headers: &Headers) -> Self {
        for (name, value) in headers {
            self.headers.insert(name, value);
        }
        self
    }

    /// Replaces the body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// The channel: an address, a topic or a subject.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The channel, the headers and the body, for a transport.
    #[must_use]
    pub fn into_parts(self) -> (String, Headers, Bytes) {
        (self.channel, self.headers, self.body)
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound")
            .field("channel", &self.channel)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}
