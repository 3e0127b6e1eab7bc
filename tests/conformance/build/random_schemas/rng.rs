//! A random number generator whose numbers depend on the seed only (`SplitMix64`; Steele, Lea and Flood 2014).

/// The generator.
#[derive(Clone, Debug)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn with_seed(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 if the limit is 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or_default()
    }

    /// A number from `least` to `greatest`.
    pub(super) fn between(&mut self, least: i64, greatest: i64) -> i64 {
        let span = usize::try_from(greatest - least + 1).unwrap_or(1);
        least + i64::try_from(self.below(span)).unwrap_or_default()
    }

    /// True with this probability in percent.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the items, of which there is at least one.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Some items, at least `least`, in their order.
    pub(super) fn some<T: Clone>(&mut self, from: &[T], least: usize) -> Vec<T> {
        let mut missing = least;
        let mut chosen = Vec::new();
        for (index, item) in from.iter().enumerate() {
            let left = from.len() - index;
            if left <= missing || self.chance(50) {
                chosen.push(item.clone());
                missing = missing.saturating_sub(1);
            }
        }
        chosen
    }
}
