//! What Kustomer's documentation says of a delivery and its `AsyncAPI` document does not.

use asyncapi_receiver::verify::{self, HmacSha256Hex, Secret, SecretError};

/// The header that repeats the event's name (Kustomer, "Outbound Webhooks").
///
/// Not covered by the signature, so it is never trusted here: the name in the body decides.
pub const EVENT_HEADER: &str = "X-Kustomer-Webhook-Event";

/// The header that holds the signature: lower-case hex of HMAC-SHA256 over the raw body, keyed with the webhook's
/// token (Kustomer, "Outbound Webhooks").
pub const SIGNATURE_HEADER: &str = "X-Kustomer-Webhook-Signature";

/// Verifies deliveries signed with any of these tokens.
///
/// Kustomer documents no rotation of a webhook's token: make a second webhook, accept both tokens for a while, and
/// remove the first.
///
/// # Errors
///
/// [`SecretError`] when there is no token, or an empty one.
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

/// The value of [`SIGNATURE_HEADER`] for a body, for tests that play Kustomer's part.
///
/// # Errors
///
/// [`SecretError::Empty`] when the token is empty.
pub fn sign(token: impl Into<Vec<u8>>, body: &[u8]) -> Result<String, SecretError> {
    Ok(verify::sign(&Secret::new(token)?, body))
}
