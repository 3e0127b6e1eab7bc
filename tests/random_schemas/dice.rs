//! Chance that repeats itself: the same seed gives the same throws (`SplitMix64`, Steele and others 2014).

/// Throws of a die with any number of sides.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice that throw the same for the same seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `sides - 1`.
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        usize::try_from(self.next() % sides.max(1) as u64).unwrap_or_default()
    }

    /// A number from `least` to `greatest`.
    pub(crate) fn between(&mut self, least: i64, greatest: i64) -> i64 {
        let span = usize::try_from(greatest - least + 1).unwrap_or(1);
        least + i64::try_from(self.below(span)).unwrap_or_default()
    }

    /// True in so many of a hundred throws.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Some of several, in their order, at least `least`.
    pub(crate) fn some<T: Clone>(&mut self, from: &[T], least: usize) -> Vec<T> {
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
