use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use crate::Headers;

const HEADER: &str = "x-asyncapi-canary";

/// What a receiver knows its own canaries by: a number that nobody else can guess.
///
/// It is sent in a header of a delivery that is signed like any other, so it lets nothing in that a signature does
/// not. Without it no sender's event can be taken for a canary, which no handler would see.
#[derive(Clone)]
pub struct CanaryToken(Arc<str>);

impl CanaryToken {
    /// A new mark, for one receiver and as long as its process lives.
    #[must_use]
    pub fn random() -> Self {
        // The standard library seeds these from the system's randomness.
        let [first, second] = [RandomState::new(), RandomState::new()].map(|state| state.hash_one(0));
        Self(format!("{first:016x}{second:016x}").into())
    }

    /// The header that a canary of this number bears.
    #[cfg(feature = "server")]
    pub(crate) fn header(&self, number: u64) -> (&'static str, String) {
        (HEADER, format!("{}-{number}", self.0))
    }

    /// What tells a canary of this mark from others, if these headers are one's.
    pub(super) fn find(&self, headers: &Headers) -> Option<String> {
        let marked = headers.get_str(HEADER)?;
        marked.strip_prefix(&*self.0)?.strip_prefix('-')?;
        Some(marked.to_owned())
    }
}

/// Nothing of the number.
impl fmt::Debug for CanaryToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CanaryToken(..)")
    }
}
