//! Verifies that a delivery comes from its sender, from the raw bytes and before they are parsed.

#[cfg(feature = "hmac")]
mod hmac_sha256;
#[cfg(feature = "hmac")]
mod secret;
#[cfg(feature = "hmac")]
mod webhook_signature;

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use asyncapi_runtime::Headers;

#[cfg(feature = "hmac")]
pub use hmac_sha256::{HmacSha256Hex, sign};
#[cfg(feature = "hmac")]
pub use secret::{Secret, SecretError};
#[cfg(feature = "hmac")]
pub use webhook_signature::{HmacFormat, SignatureEncoding, SignedPart, WebhookSignature};

/// Verifies deliveries.
///
/// ```
/// use asyncapi_runtime::Headers;
/// use asyncapi_receiver::verify::{Verify, VerifyError};
///
/// /// Trusts a proxy that has checked the certificate of the client.
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
    /// Checks the headers and the raw body.
    ///
    /// # Errors
    ///
    /// The delivery could not be verified. The receiver logs the error; the response is the same for all errors.
    fn verify(&self, headers: &Headers, body: &[u8]) -> Result<(), VerifyError>;

    /// The names of the headers that [`verify_head`](Self::verify_head) reads, so that no others are copied for it.
    /// `None`, the default: all headers.
    fn signature_headers(&self) -> Option<Vec<&str>> {
        None
    }

    /// Checks the headers before the body is read, so that requests without a signature cost little. The default
    /// accepts all.
    ///
    /// # Errors
    ///
    /// [`verify`](Self::verify) would fail with every body.
    fn verify_head(&self, _: &Headers) -> Result<(), VerifyError> {
        Ok(())
    }
}

/// Why a delivery could not be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VerifyError {
    /// There is no signature.
    Missing,
    /// The signature has a wrong length, is not encoded as it should be, or occurs more than once.
    Malformed,
    /// The signed time is too long ago or too far ahead: the delivery may be a recorded one.
    WrongTime,
    /// The signature is for another body or another secret.
    Mismatch,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "no signature",
            Self::Malformed => "a malformed signature",
            Self::WrongTime => "a signature of another time",
            Self::Mismatch => "a signature that does not match",
        })
    }
}

impl Error for VerifyError {}

impl<V: Verify + ?Sized> Verify for Arc<V> {
    fn verify(&self, headers: &Headers, body: &[u8]) -> Result<(), VerifyError> {
        (**self).verify(headers, body)
    }

    fn signature_headers(&self) -> Option<Vec<&str>> {
        (**self).signature_headers()
    }

    fn verify_head(&self, headers: &Headers) -> Result<(), VerifyError> {
        (**self).verify_head(headers)
    }
}

impl<V: Verify + ?Sized> Verify for Box<V> {
    fn verify(&self, headers: &Headers, body: &[u8]) -> Result<(), VerifyError> {
        (**self).verify(headers, body)
    }

    fn signature_headers(&self) -> Option<Vec<&str>> {
        (**self).signature_headers()
    }

    fn verify_head(&self, headers: &Headers) -> Result<(), VerifyError> {
        (**self).verify_head(headers)
    }
}
