use std::fmt;

use base16ct::lower::encode_string;
use sha2::{Digest, Sha256};

/// The longest id or key that is kept as it is. A longer one is kept as its hash.
const LONGEST: usize = 256;

/// What tells one event from every other: two deliveries with one id are one event.
///
/// ```
/// use asyncapi_runtime::inbox::EventId;
///
/// assert_eq!(EventId::new("e1").as_str(), "e1");
/// // Where a sender gives none, the same body is the same event.
/// assert!(EventId::of_body(b"{}").as_str().starts_with("sha256:44136fa355b3678a"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(String);

impl EventId {
    /// The sender's id. One longer than 256 bytes is replaced by its SHA-256.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(bounded(id.into()))
    }

    /// The SHA-256 of a body whose sender gives it no id.
    #[must_use]
    pub fn of_body(body: &[u8]) -> Self {
        Self(hash(body))
    }

    /// As it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What an event is about. Events of one key are handled one after the other, in the order they arrived.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey(String);

impl OrderKey {
    /// The resource's id. One longer than 256 bytes is replaced by its SHA-256.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self(bounded(key.into()))
    }

    /// As it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

fn bounded(text: String) -> String {
    if text.len() > LONGEST { hash(text.as_bytes()) } else { text }
}

fn hash(bytes: &[u8]) -> String {
    format!("sha256:{}", encode_string(&Sha256::digest(bytes)))
}
