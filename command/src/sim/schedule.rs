//! When Kustomer tries again.

use std::time::Duration;

use clap::ValueEnum;

/// The schedules that Kustomer's documentation gives, in different places.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Schedule {
    /// After 1, 1, 2, 5, 10, 15 and 30 minutes
    Newer,
    /// Ten tries over eighty minutes
    Older,
}

impl Schedule {
    /// How long after each failure; after the last one there is no other try.
    pub(super) fn delays(self, compress: f64) -> Vec<Duration> {
        let minutes: &[u64] = match self {
            Self::Newer => &[1, 1, 2, 5, 10, 15, 30],
            // The document tells the number and the whole only.
            Self::Older => &[1, 1, 2, 4, 8, 12, 15, 17, 20],
        };
        minutes.iter().map(|minutes| Duration::from_secs(minutes * 60).div_f64(compress)).collect()
    }
}
