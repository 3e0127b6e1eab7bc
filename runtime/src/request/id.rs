use std::hash::{BuildHasher, RandomState};

use serde_json::Value;

/// What kind of value a correlation id is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    /// A text: a random UUID, since some documents want one.
    Text,
    /// A random number of 31 bits, which every common integer holds.
    Integer,
    /// None that could be made: the document asks for more than chance can give, so the caller has to.
    Given,
}

impl Id {
    /// An id that no request had before, as far as chance can tell. It is no secret.
    pub(super) fn make(self) -> Option<Value> {
        // The standard library seeds these from the system's randomness.
        let [high, low] = [RandomState::new(), RandomState::new()].map(|state| state.hash_one(0));
        match self {
            Self::Text => Some(Value::from(uuid(high, low))),
            Self::Integer => Some(Value::from(high >> 33)),
            Self::Given => None,
        }
    }

    /// An id that travelled as a text, as the value that it is; none where it is of another kind.
    pub(super) fn read(self, id: String) -> Option<Value> {
        match self {
            Self::Integer => id.parse::<i64>().ok().map(Value::from),
            Self::Text | Self::Given => Some(Value::from(id)),
        }
    }
}

/// Version 4 and variant 1 of RFC 9562.
fn uuid(high: u64, low: u64) -> String {
    let high = high & !0xf000 | 0x4000;
    let low = low & (u64::MAX >> 2) | 1 << 63;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low << 16 >> 16
    )
}

#[cfg(test)]
mod tests {
    use super::uuid;

    #[test]
    fn a_text_is_a_random_uuid() {
        assert_eq!(uuid(0, 0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u64::MAX, u64::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
