//! Lots that fall the same way for the same seed.

use std::hash::{BuildHasher, RandomState};

/// `SplitMix64`: good enough to draw lots, and the same everywhere.
pub(super) struct Rng(u64);

/// A seed of no meaning.
pub(super) fn any_seed() -> u64 {
    RandomState::new().hash_one(0)
}

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    pub(super) fn share(&mut self) -> f64 {
        let bits = u32::try_from(self.next() >> 32).unwrap_or(0);
        f64::from(bits) / f64::from(u32::MAX)
    }

    /// Whether this lot is among that share of all.
    pub(super) fn hits(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// From 0 to less than this, which is not 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}
