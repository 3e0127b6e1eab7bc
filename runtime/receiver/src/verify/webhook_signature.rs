//! Signatures of webhooks: one verifier and signer for the schemes of many senders.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use asyncapi_runtime::{FieldPath, Headers};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
#[cfg(feature = "ed25519")]
use ed25519_dalek::{Signature, VerifyingKey};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::hmac_sha256::keyed;
use super::{Secret, SecretError, Verify, VerifyError};

/// The default difference that a timestamp may have from now, before or after.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// The prefix of a secret of Standard Webhooks, and of a public key.
const SECRET_PREFIX: &str = "whsec_";
#[cfg(feature = "ed25519")]
const PUBLIC_KEY_PREFIX: &str = "whpk_";

type Text = Cow<'static, str>;
type Now = dyn Fn() -> SystemTime + Send + Sync;

/// Verifies the signatures of one sender of webhooks, and makes them.
///
/// | constructor | signature | signed | timestamp |
/// |---|---|---|---|
/// | [`standard_webhooks`](Self::standard_webhooks) | `webhook-signature: v1,BASE64`, several; Ed25519 as `v1a` with the feature `ed25519` | id, timestamp, body | `webhook-timestamp` |
/// | [`stripe`](Self::stripe) | `Stripe-Signature: t=TIME,v1=HEX`, several | timestamp, body | `t` |
/// | [`github`](Self::github) | `X-Hub-Signature-256: sha256=HEX` | body | none |
/// | [`slack`](Self::slack) | `X-Slack-Signature: v0=HEX` | timestamp, body | `X-Slack-Request-Timestamp` |
/// | [`shopify`](Self::shopify) | `X-Shopify-Hmac-Sha256: BASE64` | body | none |
/// | [`hmac_sha256`](Self::hmac_sha256) | as [`HmacFormat`] says | as it says | as it says |
///
/// A signed timestamp may differ from now by five minutes ([`with_tolerance`](Self::with_tolerance)), so a recorded
/// delivery is refused later. Without a timestamp it stays valid: then only the id of the event shows a repetition, as
/// long as the inbox keeps it.
///
/// Several secrets can be valid at the same time, so that a secret can be replaced while events arrive. All are tried,
/// and compared in constant time.
///
/// [`event_id`](Self::event_id) and [`event_name`](Self::event_name) say where the sender puts them.
///
/// ```
/// use std::time::SystemTime;
///
/// use asyncapi_receiver::verify::{Verify, WebhookSignature};
///
/// let signature = WebhookSignature::standard_webhooks(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])?;
/// let body = br#"{"type": "note.created"}"#;
///
/// let headers = signature.sign("msg_1", SystemTime::now(), body).expect("there is a secret");
/// assert!(signature.verify(&headers, body).is_ok());
/// assert!(signature.verify(&headers, b"{}").is_err());
/// # Ok::<(), asyncapi_receiver::verify::SecretError>(())
/// ```
#[derive(Clone)]
pub struct WebhookSignature {
    format: HmacFormat,
    keyed: Vec<Hmac<Sha256>>,
    #[cfg(feature = "ed25519")]
    public_keys: Vec<VerifyingKey>,
    tolerance: Duration,
    now: Arc<Now>,
}

/// How a sender writes an HMAC-SHA256 signature, and what it signs.
///
/// ```
/// use asyncapi_receiver::verify::{HmacFormat, Secret, SignatureEncoding, SignedPart, WebhookSignature};
///
/// // X-Signature: v2=BASE64, over "TIME:BODY", with the time in X-Time.
/// let format = HmacFormat::new("X-Signature")
///     .with_prefix("v2=")
///     .with_encoding(SignatureEncoding::Base64)
///     .with_timestamp_header("X-Time")
///     .with_signed([SignedPart::Timestamp, SignedPart::Text(":".into()), SignedPart::Body]);
/// let signature = WebhookSignature::hmac_sha256(format, [Secret::new("a-secret")?])?;
/// # drop(signature);
/// # Ok::<(), asyncapi_receiver::verify::SecretError>(())
/// ```
#[derive(Clone, Debug)]
pub struct HmacFormat {
    header: Text,
    layout: Layout,
    encoding: SignatureEncoding,
    signed: Vec<SignedPart>,
    timestamp_header: Option<Text>,
    event_id: Option<FieldPath>,
    event_name: Option<FieldPath>,
}

/// How the signatures stand in their header.
#[derive(Clone, Debug)]
enum Layout {
    /// One, after this prefix.
    Prefixed(Text),
    /// Several, as `v1,…` or `v1a,…`, with spaces between (Standard Webhooks).
    Versions,
    /// The timestamp as `t=…` and several as `v1=…`, with commas between (Stripe).
    Fields,
}

/// The encoding of the bytes of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureEncoding {
    /// Hexadecimal digits, in upper or lower case.
    Hex,
    /// Base64 with padding (RFC 4648, section 4).
    Base64,
}

/// A part of the bytes that are signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedPart {
    /// A fixed text.
    Text(Cow<'static, str>),
    /// The value of this header, with the id of the event.
    IdHeader(Cow<'static, str>),
    /// The timestamp, as the sender wrote it.
    Timestamp,
    /// The raw body.
    Body,
}

impl HmacFormat {
    /// Lower-case hex of the signature of the body, in this header.
    #[must_use]
    pub fn new(header: impl Into<Cow<'static, str>>) -> Self {
        Self {
            header: header.into(),
            layout: Layout::Prefixed("".into()),
            encoding: SignatureEncoding::Hex,
            signed: vec![SignedPart::Body],
            timestamp_header: None,
            event_id: None,
            event_name: None,
        }
    }

    /// Sets the text before the signature, such as `sha256=`. Default: none.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<Cow<'static, str>>) -> Self {
        self.layout = Layout::Prefixed(prefix.into());
        self
    }

    /// Sets the encoding. Default: hex.
    #[must_use]
    pub fn with_encoding(mut self, encoding: SignatureEncoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// Sets the header with the timestamp, in seconds since 1970. It protects against replay only if it is signed too.
    /// Default: none.
    #[must_use]
    pub fn with_timestamp_header(mut self, header: impl Into<Cow<'static, str>>) -> Self {
        self.timestamp_header = Some(header.into());
        self
    }

    /// Sets what is signed. Default: the body.
    #[must_use]
    pub fn with_signed(mut self, parts: impl IntoIterator<Item = SignedPart>) -> Self {
        self.signed = parts.into_iter().collect();
        self
    }

    /// Sets where the sender puts the id and the name of an event. Default: unknown.
    #[must_use]
    pub fn with_event_fields(mut self, id: FieldPath, name: FieldPath) -> Self {
        (self.event_id, self.event_name) = (Some(id), Some(name));
        self
    }

    /// The names of all headers that a verification needs.
    fn headers(&self) -> Vec<&str> {
        let ids = self.signed.iter().filter_map(|part| match part {
            SignedPart::IdHeader(name) => Some(name.as_ref()),
            _ => None,
        });
        [self.header.as_ref()].into_iter().chain(self.timestamp_header.as_deref()).chain(ids).collect()
    }
}

/// What the head of a delivery says.
struct Signed<'a> {
    timestamp: Option<&'a str>,
    id: &'a str,
    /// HMAC-SHA256.
    digests: Vec<Vec<u8>>,
    #[cfg(feature = "ed25519")]
    ed25519: Vec<Signature>,
}

impl WebhookSignature {
    /// Standard Webhooks (standardwebhooks.com): secrets as `whsec_BASE64`, or without the prefix. With the feature
    /// `ed25519`, also public keys as `whpk_BASE64`. The id of an event is the header `webhook-id`, its name `/type`.
    ///
    /// # Errors
    ///
    /// There is no secret, or one is empty or not valid.
    pub fn standard_webhooks(secrets: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, SecretError> {
        const ID: &str = "webhook-id";
        let dot = || SignedPart::Text(".".into());
        let signed = [SignedPart::IdHeader(ID.into()), dot(), SignedPart::Timestamp, dot(), SignedPart::Body];
        let format = HmacFormat::new("webhook-signature")
            .with_encoding(SignatureEncoding::Base64)
            .with_timestamp_header("webhook-timestamp")
            .with_signed(signed)
            .with_event_fields(FieldPath::header(ID), FieldPath::payload("/type"));
        let mut signature = Self::empty(HmacFormat { layout: Layout::Versions, ..format });
        for secret in secrets {
            signature.add_standard_key(secret.as_ref())?;
        }
        if signature.has_keys() { Ok(signature) } else { Err(SecretError::NoneGiven) }
    }

    /// Stripe: the secret of the endpoint, with its `whsec_`. The id of an event is `/id`, its name `/type`.
    ///
    /// # Errors
    ///
    /// There is no secret.
    pub fn stripe(secrets: impl IntoIterator<Item = impl Into<Secret>>) -> Result<Self, SecretError> {
        let format = HmacFormat::new("Stripe-Signature")
            .with_signed([SignedPart::Timestamp, SignedPart::Text(".".into()), SignedPart::Body])
            .with_event_fields(FieldPath::payload("/id"), FieldPath::payload("/type"));
        Self::hmac_sha256(HmacFormat { layout: Layout::Fields, ..format }, secrets)
    }

    /// GitHub. The id of an event is the header `X-GitHub-Delivery`, its name `X-GitHub-Event`. GitHub signs neither,
    /// and no time.
    ///
    /// # Errors
    ///
    /// There is no secret.
    pub fn github(secrets: impl IntoIterator<Item = impl Into<Secret>>) -> Result<Self, SecretError> {
        let format = HmacFormat::new("X-Hub-Signature-256")
            .with_prefix("sha256=")
            .with_event_fields(FieldPath::header("X-GitHub-Delivery"), FieldPath::header("X-GitHub-Event"));
        Self::hmac_sha256(format, secrets)
    }

    /// Slack: the signing secret of the app. The id of an event is `/event_id`, its name `/event/type`.
    ///
    /// # Errors
    ///
    /// There is no secret.
    pub fn slack(secrets: impl IntoIterator<Item = impl Into<Secret>>) -> Result<Self, SecretError> {
        let colon = SignedPart::Text(":".into());
        let format = HmacFormat::new("X-Slack-Signature")
            .with_prefix("v0=")
            .with_timestamp_header("X-Slack-Request-Timestamp")
            .with_signed([SignedPart::Text("v0:".into()), SignedPart::Timestamp, colon, SignedPart::Body])
            .with_event_fields(FieldPath::payload("/event_id"), FieldPath::payload("/event/type"));
        Self::hmac_sha256(format, secrets)
    }

    /// Shopify: the client secret of the app. The id of an event is the header `X-Shopify-Event-Id`, its name
    /// `X-Shopify-Topic`. Shopify signs neither, and no time.
    ///
    /// # Errors
    ///
    /// There is no secret.
    pub fn shopify(secrets: impl IntoIterator<Item = impl Into<Secret>>) -> Result<Self, SecretError> {
        let format = HmacFormat::new("X-Shopify-Hmac-Sha256")
            .with_encoding(SignatureEncoding::Base64)
            .with_event_fields(FieldPath::header("X-Shopify-Event-Id"), FieldPath::header("X-Shopify-Topic"));
        Self::hmac_sha256(format, secrets)
    }

    /// HMAC-SHA256 in this format, with any of these secrets.
    ///
    /// # Errors
    ///
    /// There is no secret.
    pub fn hmac_sha256(
        format: HmacFormat,
        secrets: impl IntoIterator<Item = impl Into<Secret>>,
    ) -> Result<Self, SecretError> {
        let mut signature = Self::empty(format);
        signature.keyed = secrets.into_iter().map(|secret| keyed(&secret.into())).collect();
        if signature.has_keys() { Ok(signature) } else { Err(SecretError::NoneGiven) }
    }

    /// Sets how far a timestamp may be from now, before or after. Default: 5 minutes.
    #[must_use]
    pub fn with_tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the clock, for tests. Default: [`SystemTime::now`].
    #[must_use]
    pub fn with_now(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// Where the sender puts the id of an event, if known.
    #[must_use]
    pub fn event_id(&self) -> Option<&FieldPath> {
        self.format.event_id.as_ref()
    }

    /// Where the sender puts the name of an event, if known.
    #[must_use]
    pub fn event_name(&self) -> Option<&FieldPath> {
        self.format.event_name.as_ref()
    }

    /// The headers that a sender of this body makes. If the scheme allows several signatures, there is one for each
    /// secret; otherwise the first secret signs.
    ///
    /// `id` is used if the scheme signs one, and `at` if it signs a timestamp. `None` if there are only public keys.
    #[must_use]
    pub fn sign(&self, id: &str, at: SystemTime, body: &[u8]) -> Option<Headers> {
        let timestamp = at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()).to_string();
        let signed = self.keyed.iter().map(|keyed| {
            let digest = self.message(keyed.clone(), id, &timestamp, body).finalize().into_bytes();
            match self.format.encoding {
                SignatureEncoding::Hex => base16ct::lower::encode_string(&digest),
                SignatureEncoding::Base64 => BASE64.encode(digest),
            }
        });
        let mut signed = signed.peekable();
        signed.peek()?;
        let value = match &self.format.layout {
            Layout::Prefixed(prefix) => format!("{prefix}{}", signed.next()?),
            Layout::Versions => signed.map(|digest| format!("v1,{digest}")).collect::<Vec<_>>().join(" "),
            Layout::Fields => {
                let fields = [format!("t={timestamp}")].into_iter().chain(signed.map(|digest| format!("v1={digest}")));
                fields.collect::<Vec<_>>().join(",")
            }
        };
        let mut headers = Headers::new();
        for part in &self.format.signed {
            if let SignedPart::IdHeader(name) = part {
                headers.insert(name.as_ref(), id);
            }
        }
        if let Some(name) = &self.format.timestamp_header {
            headers.insert(name.as_ref(), timestamp);
        }
        headers.insert(self.format.header.as_ref(), value);
        Some(headers)
    }

    fn empty(format: HmacFormat) -> Self {
        Self {
            format,
            keyed: Vec::new(),
            #[cfg(feature = "ed25519")]
            public_keys: Vec::new(),
            tolerance: TOLERANCE,
            now: Arc::new(SystemTime::now),
        }
    }

    fn has_keys(&self) -> bool {
        #[cfg(feature = "ed25519")]
        if !self.public_keys.is_empty() {
            return true;
        }
        !self.keyed.is_empty()
    }

    fn add_standard_key(&mut self, text: &str) -> Result<(), SecretError> {
        #[cfg(feature = "ed25519")]
        if let Some(key) = text.strip_prefix(PUBLIC_KEY_PREFIX) {
            let bytes = BASE64.decode(key).ok().and_then(|bytes| bytes.try_into().ok());
            let key = bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
            self.public_keys.push(key.ok_or(SecretError::NotValid)?);
            return Ok(());
        }
        let secret = BASE64.decode(text.strip_prefix(SECRET_PREFIX).unwrap_or(text));
        self.keyed.push(keyed(&Secret::new(secret.map_err(|_| SecretError::NotValid)?)?));
        Ok(())
    }

    /// Adds the signed bytes to a digest.
    fn message<M: Mac>(&self, mut digest: M, id: &str, timestamp: &str, body: &[u8]) -> M {
        for part in &self.format.signed {
            digest.update(part_bytes(part, id, timestamp, body));
        }
        digest
    }

    /// Reads the headers, and checks the timestamp.
    fn read<'a>(&self, headers: &'a Headers) -> Result<Signed<'a>, VerifyError> {
        let format = &self.format;
        let value = single(headers, &format.header)?;
        let mut signed = Signed {
            timestamp: None,
            id: "",
            digests: Vec::new(),
            #[cfg(feature = "ed25519")]
            ed25519: Vec::new(),
        };
        if let Some(name) = &format.timestamp_header {
            signed.timestamp = Some(single(headers, name)?);
        }
        for part in &format.signed {
            if let SignedPart::IdHeader(name) = part {
                signed.id = single(headers, name)?;
                // Otherwise the end of an id could be read as the timestamp.
                if signed.id.is_empty() || signed.id.contains('.') {
                    return Err(VerifyError::Malformed);
                }
            }
        }
        match &format.layout {
            Layout::Prefixed(prefix) => {
                signed.add_digest(format.encoding, value.strip_prefix(prefix.as_ref()).ok_or(VerifyError::Malformed)?);
            }
            // Unknown versions are for other receivers.
            Layout::Versions => value.split(' ').filter_map(|one| one.split_once(',')).for_each(|one| match one {
                ("v1", digest) => signed.add_digest(format.encoding, digest),
                #[cfg(feature = "ed25519")]
                ("v1a", bytes) => {
                    let bytes = BASE64.decode(bytes).unwrap_or_default();
                    signed.ed25519.extend(Signature::from_slice(&bytes));
                }
                _ => {}
            }),
            Layout::Fields => {
                for (name, text) in value.split(',').filter_map(|field| field.trim().split_once('=')) {
                    match name {
                        "t" if signed.timestamp.is_some() => return Err(VerifyError::Malformed),
                        "t" => signed.timestamp = Some(text),
                        "v1" => signed.add_digest(format.encoding, text),
                        _ => {}
                    }
                }
            }
        }
        if signed.is_empty() {
            return Err(VerifyError::Malformed);
        }
        if format.timestamp_header.is_some() || format.signed.contains(&SignedPart::Timestamp) {
            self.check_timestamp(signed.timestamp.ok_or(VerifyError::Malformed)?)?;
        }
        Ok(signed)
    }

    fn check_timestamp(&self, text: &str) -> Result<(), VerifyError> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let seconds: u64 = text.parse().ok().filter(|_| is_number).ok_or(VerifyError::Malformed)?;
        let now = (self.now)().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        if now.abs_diff(seconds) <= self.tolerance.as_secs() { Ok(()) } else { Err(VerifyError::WrongTime) }
    }
}

impl Signed<'_> {
    fn add_digest(&mut self, encoding: SignatureEncoding, text: &str) {
        let digest = match encoding {
            SignatureEncoding::Hex => base16ct::mixed::decode_vec(text).ok(),
            SignatureEncoding::Base64 => BASE64.decode(text).ok(),
        };
        self.digests.extend(digest);
    }

    fn is_empty(&self) -> bool {
        #[cfg(feature = "ed25519")]
        if !self.ed25519.is_empty() {
            return false;
        }
        self.digests.is_empty()
    }
}

fn part_bytes<'a>(part: &'a SignedPart, id: &'a str, timestamp: &'a str, body: &'a [u8]) -> &'a [u8] {
    match part {
        SignedPart::Text(text) => text.as_bytes(),
        SignedPart::IdHeader(_) => id.as_bytes(),
        SignedPart::Timestamp => timestamp.as_bytes(),
        SignedPart::Body => body,
    }
}

/// The value of a header that must occur once.
fn single<'a>(headers: &'a Headers, name: &str) -> Result<&'a str, VerifyError> {
    let mut values = headers.get_all(name);
    let value = values.next().ok_or(VerifyError::Missing)?;
    let text = std::str::from_utf8(value).map_err(|_| VerifyError::Malformed)?;
    if values.next().is_some() { Err(VerifyError::Malformed) } else { Ok(text) }
}

impl Verify for WebhookSignature {
    fn verify(&self, headers: &Headers, body: &[u8]) -> Result<(), VerifyError> {
        let signed = self.read(headers)?;
        let timestamp = signed.timestamp.unwrap_or_default();
        let mut matched = false;
        for keyed in &self.keyed {
            for digest in &signed.digests {
                // All pairs are tried, and each comparison takes constant time.
                matched |= self.message(keyed.clone(), signed.id, timestamp, body).verify_slice(digest).is_ok();
            }
        }
        #[cfg(feature = "ed25519")]
        if !signed.ed25519.is_empty() && !self.public_keys.is_empty() {
            let parts = self.format.signed.iter().map(|part| part_bytes(part, signed.id, timestamp, body));
            let message = parts.collect::<Vec<_>>().concat();
            for key in &self.public_keys {
                matched |= signed.ed25519.iter().any(|signature| key.verify_strict(&message, signature).is_ok());
            }
        }
        if matched { Ok(()) } else { Err(VerifyError::Mismatch) }
    }

    fn signature_headers(&self) -> Option<Vec<&str>> {
        Some(self.format.headers())
    }

    fn verify_head(&self, headers: &Headers) -> Result<(), VerifyError> {
        self.read(headers).map(|_| ())
    }
}

/// Without secrets.
impl fmt::Debug for WebhookSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSignature")
            .field("format", &self.format)
            .field("secrets", &self.keyed.len())
            .field("tolerance", &self.tolerance)
            .finish_non_exhaustive()
    }
}
