//! Verifies a header with the hex HMAC-SHA256 of the body.

use std::fmt;

use asyncapi_runtime::Headers;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Secret, SecretError, Verify, VerifyError};

/// The length of a SHA-256 digest in bytes. The header has twice as many hex digits.
const DIGEST_BYTES: usize = 32;

/// Verifies a header that contains the hex HMAC-SHA256 (RFC 2104) of the raw body.
///
/// Kustomer uses this signature: the header `X-Kustomer-Webhook-Signature` in lower-case hex, with the token of the
/// webhook as the key. Upper-case hex is accepted too.
///
/// Several secrets can be valid at the same time, so that a secret can be replaced while events arrive: first the old
/// one, then both, then the new one. Verification takes constant time: it does not depend on the bytes that differ, and
/// all secrets are tried even if one has matched.
///
/// The signature proves who created the body, but not when. A recorded delivery is still valid, so duplicates have to
/// be detected by the id of the event.
///
/// ```
/// use asyncapi_runtime::Headers;
/// use asyncapi_receiver::verify::{HmacSha256Hex, Secret, Verify, sign};
///
/// let (old, new) = (Secret::new("old-token")?, Secret::new("new-token")?);
/// let verifier = HmacSha256Hex::new("x-signature", [old.clone(), new])?;
///
/// let body = br#"{"id": "c1"}"#;
/// let headers = Headers::from_iter([("X-Signature", sign(&old, body))]);
/// assert!(verifier.verify(&headers, body).is_ok());
/// assert!(verifier.verify(&headers, br#"{"id": "c2"}"#).is_err());
/// # Ok::<(), asyncapi_receiver::verify::SecretError>(())
/// ```
#[derive(Clone)]
pub struct HmacSha256Hex {
    header: String,
    keyed: Vec<Hmac<Sha256>>,
}

impl HmacSha256Hex {
    /// Verifies the header of this name with any of these secrets.
    ///
    /// # Errors
    ///
    /// [`SecretError::NoneGiven`] if there are none: a receiver that refuses every event should not start.
    pub fn new(
        header_name: impl Into<String>,
        secrets: impl IntoIterator<Item = impl Into<Secret>>,
    ) -> Result<Self, SecretError> {
        let keyed: Vec<_> = secrets.into_iter().map(|secret| keyed(&secret.into())).collect();
        if keyed.is_empty() {
            return Err(SecretError::NoneGiven);
        }
        Ok(Self { header: header_name.into(), keyed })
    }

    /// The header, and its value for this body, that a sender with the first of the secrets makes.
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> (String, String) {
        // There is one: the constructor refuses none.
        let signed = self.keyed.first().map(|keyed| hex(keyed.clone(), body));
        (self.header.clone(), signed.unwrap_or_default())
    }

    fn signature(&self, headers: &Headers) -> Result<[u8; DIGEST_BYTES], VerifyError> {
        let mut values = headers.get_all(&self.header);
        let hex = values.next().ok_or(VerifyError::Missing)?;
        if values.next().is_some() {
            return Err(VerifyError::Malformed);
        }
        let mut signature = [0; DIGEST_BYTES];
        match base16ct::mixed::decode(hex, &mut signature) {
            // Fewer bytes than a digest has would leave the rest zero.
            Ok(decoded) if decoded.len() == DIGEST_BYTES => Ok(signature),
            _ => Err(VerifyError::Malformed),
        }
    }
}

impl Verify for HmacSha256Hex {
    fn verify(&self, headers: &Headers, body: &[u8]) -> Result<(), VerifyError> {
        let signature = self.signature(headers)?;
        let mut matched = false;
        for keyed in &self.keyed {
            // Not `any`, which would stop at the first.
            matched |= keyed.clone().chain_update(body).verify_slice(&signature).is_ok();
        }
        if matched { Ok(()) } else { Err(VerifyError::Mismatch) }
    }

    fn signature_headers(&self) -> Option<Vec<&str>> {
        Some(vec![&self.header])
    }

    fn verify_head(&self, headers: &Headers) -> Result<(), VerifyError> {
        self.signature(headers).map(|_| ())
    }
}

impl fmt::Debug for HmacSha256Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HmacSha256Hex").field("header", &self.header).field("secrets", &self.keyed.len()).finish()
    }
}

/// The lower-case hex HMAC-SHA256 of a body: what a sender puts in the header, and a test of a receiver too.
#[must_use]
pub fn sign(secret: &Secret, body: &[u8]) -> String {
    hex(keyed(secret), body)
}

fn hex(keyed: Hmac<Sha256>, body: &[u8]) -> String {
    base16ct::lower::encode_string(&keyed.chain_update(body).finalize().into_bytes())
}

pub(super) fn keyed(secret: &Secret) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length")
}
