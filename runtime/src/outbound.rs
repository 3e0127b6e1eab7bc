use std::fmt;

use bytes::Bytes;
use serde::Serialize;

use crate::Headers;

/// One message to be sent: where to, its headers and its body. A [`Transport`](crate::Transport) takes it.
///
/// `Debug` prints the size of the body, never the payload.
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
    /// A message with a body of any kind, and no headers: what kind it is, the caller says.
    #[must_use]
    pub fn new(channel: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self { channel: channel.into(), headers: Headers::new(), body: body.into() }
    }

    /// A message with `payload` as JSON, and the header `content-type: application/json`.
    ///
    /// # Errors
    ///
    /// The payload has no JSON form: a map whose keys are no strings, or a `Serialize` that fails.
    pub fn json(channel: impl Into<String>, payload: &(impl Serialize + ?Sized)) -> Result<Self, serde_json::Error> {
        let body = serde_json::to_vec(payload)?;
        Ok(Self::new(channel, body).with_header("content-type", "application/json"))
    }

    /// Sets a header, in place of any of that name.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets several headers, each in place of any of its name; see [`Headers::encode`].
    #[must_use]
    pub fn with_headers(mut self, headers: &Headers) -> Self {
        for (name, value) in headers {
            self.headers.insert(name, value);
        }
        self
    }

    /// Sets the body, in place of the one before.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Where it goes: an address, a topic, a subject.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// The headers it goes with.
    #[must_use]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The body, as it will be sent.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Channel, headers and body, for a transport to take over.
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
