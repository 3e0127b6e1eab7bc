//! The headers and the signature of a Kustomer delivery. They are in Kustomer's documentation, not in its `AsyncAPI` document.

use asyncapi_receiver::verify::{self, HmacSha256Hex, Secret, SecretError};

/// The header with the name of the event, for example `kustomer.team.create` (Kustomer, "Outbound Webhooks").
///
/// The signature does not cover this header, so the receiver ignores it and reads the name from the body (`/name`).
pub const EVENT_HEADER: &str = "X-Kustomer-Webhook-Event";

/// The header with the signature: HMAC-SHA256 (RFC 2104) of the raw body, with the token of the webhook as the key, in 64
/// lower-case hexadecimal digits (Kustomer, "Outbound Webhooks").
///
/// The signature contains no timestamp and no id. Only deduplication by event id detects a replay.
pub const SIGNATURE_HEADER: &str = "X-Kustomer-Webhook-Signature";

/// Creates a verifier that accepts deliveries signed with any of the tokens.
///
/// Kustomer documents no rotation of the token of a webhook. To rotate, create a second webhook, accept both tokens for a
/// while, and then remove the first webhook.
///
/// # Errors
///
/// [`SecretError`] if there is no token, or if a token is empty.
///
/// # Examples
///
/// ```
/// use kustomer_webhooks::runtime::Headers;
/// use kustomer_webhooks::asyncapi_receiver::verify::Verify;
/// use kustomer_webhooks::{SIGNATURE_HEADER, sign, verifier};
///
/// let body = br#"{"name": "kustomer.team.create"}"#;
/// let headers = Headers::from_iter([(SIGNATURE_HEADER, sign("new", body)?)]);
/// assert!(verifier(["old", "new"])?.verify(&headers, body).is_ok());
/// assert!(verifier(["old"])?.verify(&headers, body).is_err());
/// # Ok::<(), kustomer_webhooks::asyncapi_receiver::verify::SecretError>(())
/// ```
pub fn verifier(tokens: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Result<HmacSha256Hex, SecretError> {
    let secrets: Vec<Secret> = tokens.into_iter().map(Secret::new).collect::<Result<_, _>>()?;
    HmacSha256Hex::new(SIGNATURE_HEADER, secrets)
}

/// Computes the value of [`SIGNATURE_HEADER`] for a body. It is for tests that simulate Kustomer.
///
/// The value has 64 lower-case hexadecimal digits.
///
/// # Errors
///
/// [`SecretError::Empty`] if the token is empty.
pub fn sign(token: impl Into<Vec<u8>>, body: &[u8]) -> Result<String, SecretError> {
    Ok(verify::sign(&Secret::new(token)?, body))
}
