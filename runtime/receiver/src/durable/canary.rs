//! The token by which a receiver recognizes its own canaries.

use std::fmt;
use std::sync::Arc;

use asyncapi_runtime::Headers;

/// The header with the token and the number of a canary.
const HEADER: &str = "x-asyncapi-canary";

/// The token by which a receiver recognizes its own canaries. Nobody else can guess it.
///
/// A canary has it in a header, and is signed like any other delivery. Events of a sender do not contain the token, so
/// none of them can be mistaken for a canary and skip the handlers.
#[derive(Clone)]
pub struct CanaryToken(Arc<str>);

impl CanaryToken {
    /// A new token of 128 random bits from the operating system, for one receiver in one process.
    ///
    /// # Panics
    ///
    /// The operating system has no random numbers.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        if let Err(error) = getrandom::fill(&mut bytes) {
            panic!("the operating system has no random numbers: {error}");
        }
        Self(base16ct::lower::encode_string(&bytes).into())
    }

    /// The header of the canary with this number.
    #[cfg(feature = "server")]
    pub(crate) fn header(&self, number: u64) -> (&'static str, String) {
        (HEADER, format!("{}-{number}", self.0))
    }

    /// The token and number of a canary, if these are the headers of one.
    pub(super) fn find(&self, headers: &Headers) -> Option<String> {
        let value = headers.get_str(HEADER)?;
        value.strip_prefix(&*self.0)?.strip_prefix('-')?;
        Some(value.to_owned())
    }
}

/// Without the token.
impl fmt::Debug for CanaryToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CanaryToken(..)")
    }
}
