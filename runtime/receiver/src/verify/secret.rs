//! Secrets that are shared with a sender.

use std::error::Error;
use std::fmt;

/// A secret shared with the sender. It is never empty, and `Debug` does not show it.
///
/// ```
/// use asyncapi_receiver::verify::{Secret, SecretError};
///
/// let secret = Secret::new("a-webhook-token")?;
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
///
/// // An empty environment variable must not become a secret.
/// assert_eq!(Secret::new("").unwrap_err(), SecretError::Empty);
/// # Ok::<(), SecretError>(())
/// ```
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// A secret of these bytes, without trimming or decoding.
    ///
    /// # Errors
    ///
    /// [`SecretError::Empty`] if there are no bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, SecretError> {
        let bytes = bytes.into();
        if bytes.is_empty() { Err(SecretError::Empty) } else { Ok(Self(bytes)) }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Why the secrets are not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretError {
    /// A secret is empty.
    Empty,
    /// No secret was given.
    NoneGiven,
    /// A secret or a key is not written as its scheme says, for example not in Base64.
    NotValid,
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "a secret is empty",
            Self::NoneGiven => "no secret was given",
            Self::NotValid => "a secret is not in the form of its scheme",
        })
    }
}

impl Error for SecretError {}
