//! Is a delivery from whom it says it is? Asked of the raw bytes, before anything reads them.

#[cfg(feature = "hmac")]
mod hmac_sha256;
#[cfg(feature = "hmac")]
mod secret;

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::Headers;

#[cfg(feature = "hmac")]
pub use hmac_sha256::{HmacSha256Hex, sign};
#[cfg(feature = "hmac")]
pub use secret::{Secret, SecretError};

/// Tells genuine deliveries from forged ones.
///
/// ```
/// use asyncapi_runtime::Headers;
/// use asyncapi_runtime::verify::{Verify, VerifyError};
///
/// /// Trusts a proxy in front that has checked the client's certificate.
/// struct CheckedByProxy;
///
/// impl Verify for CheckedByProxy {
///     fn verify(&self, headers: &Headers, _: &[u8]) -> Result<(), VerifyError> {
///         match headers.get_str("x-client-verified") {
///             Some("SUCCESS") => Ok(()),
///             Some(_) => Err(VerifyError::Mismatch),
///             None => Err(VerifyError::Missing),
///         }
///     }
/// }
/// ```
pub trait Verify: Send + Sync {
    /// Checks the headers and the body as received, byte for byte.
    ///
    /// # Errors
    ///
    /// The delivery is not known to be genuine. Which way it failed is for the receiver's logs; the sender is
    /// told the same in every case.
    fn verify(&self, headers: &Headers, body: &[u8]) -> Result<(), VerifyError>;

    /// Checks what can be told from the headers alone, before the body is read: so that what bears no proof at all costs
    /// nothing. By default nothing can.
    ///
    /// # Errors
    ///
    /// [`verify`](Self::verify) would fail whatever the body is.
    fn verify_head(&self, _: &Headers) -> Result<(), VerifyError> {
        Ok(())
    }
}

/// Why a delivery is not known to be genuine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VerifyError {
    /// It bears no proof.
    Missing,
    /// What it bears cannot be a proof: the wrong length, no hex, more than one.
    Malformed,
    /// It bears a proof of something else: another body, another secret.
    Mismatch,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "no signature",
            Self::Malformed => "a malformed signature",
            Self::Mismatch => "a signature that does not match",
        })
    }
}

impl Error for VerifyError {}

impl<V: Verify + ?Sized> Verify for Arc<V> {
    fn verify(&self, headers: &Headers, body: &[u8]) -> Result<(), VerifyError> {
        (**self).verify(headers, body)
    }

    fn verify_head(&self, headers: &Headers) -> Result<(), VerifyError> {
        (**self).verify_head(headers)
    }
}

impl<V: Verify + ?Sized> Verify for Box<V> {
    fn verify(&self, headers: &Headers, body: &[u8]) -> Result<(), VerifyError> {
        (**self).verify(headers, body)
    }

    fn verify_head(&self, headers: &Headers) -> Result<(), VerifyError> {
        (**self).verify_head(headers)
    }
}
