//! Event ids and order keys.

use std::fmt;

use base16ct::lower::encode_string;
use sha2::{Digest, Sha256};

/// The longest id or key that is stored unchanged, in bytes. A longer one is replaced by its hash.
const LONGEST: usize = 256;

/// The id of an event. Two deliveries with the same id are the same event.
///
/// ```
/// use asyncapi_receiver::inbox::EventId;
///
/// assert_eq!(EventId::new("e1").as_str(), "e1");
/// // Without an id from the sender, deliveries with equal bodies are the same event.
/// assert!(EventId::of_body(b"{}").as_str().starts_with("sha256:44136fa355b3678a"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(String);

impl EventId {
    /// The id from the sender. An id above 256 bytes is replaced by its SHA-256.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(hash_if_long(id.into()))
    }

    /// The SHA-256 of a body, for events without an id.
    #[must_use]
    pub fn of_body(body: &[u8]) -> Self {
        Self(sha256(body))
    }

    /// The text of it.
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

/// The key by which events are ordered, usually the id of a resource. Events with the same key are handled one after
/// the other, in the order of arrival.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey(String);

impl OrderKey {
    /// The id of the resource. An id above 256 bytes is replaced by its SHA-256.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self(hash_if_long(key.into()))
    }

    /// The text of it.
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

fn hash_if_long(text: String) -> String {
    if text.len() > LONGEST { sha256(text.as_bytes()) } else { text }
}

fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", encode_string(&Sha256::digest(bytes)))
}
