//! Bytes in payloads as base64.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use ::base64::alphabet::{STANDARD, URL_SAFE};
use ::base64::engine::{DecodePaddingMode, Engine, GeneralPurpose, GeneralPurposeConfig};
use ::base64::{DecodeError, prelude::BASE64_STANDARD};

/// Bytes as base64 (RFC 4648). Generated fields are `Verbatim<Base64>`, which keeps the text.
///
/// It parses the standard and the URL-safe alphabet, with and without padding, and writes the standard alphabet with
/// padding.
///
/// ```
/// use asyncapi_runtime::{Base64, Verbatim};
///
/// let read: Verbatim<Base64> = "_-8".parse()?;
/// assert_eq!(**read, [0xff, 0xef]);
/// assert_eq!(read.to_string(), "_-8");
/// assert_eq!(Verbatim::from(Base64::from([0xff, 0xef])).to_string(), "/+8=");
/// # Ok::<(), asyncapi_runtime::NotBase64>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Base64(Vec<u8>);

impl Base64 {
    /// The bytes.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl Deref for Base64 {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<T: Into<Vec<u8>>> From<T> for Base64 {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl FromStr for Base64 {
    type Err = NotBase64;

    /// # Errors
    ///
    /// The text is not base64.
    fn from_str(text: &str) -> Result<Self, NotBase64> {
        let alphabet = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
        let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        GeneralPurpose::new(alphabet, config).decode(text).map(Self).map_err(NotBase64)
    }
}

/// With the standard alphabet and padding.
impl fmt::Display for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&BASE64_STANDARD.encode(&self.0))
    }
}

/// The text is not base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotBase64(DecodeError);

impl fmt::Display for NotBase64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no base64: {}", self.0)
    }
}

impl std::error::Error for NotBase64 {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
