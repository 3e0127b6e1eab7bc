//! The retry schedules of Kustomer.

use std::time::Duration;

use clap::ValueEnum;

/// Kustomer's documentation gives two schedules, in different places.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Schedule {
    /// After 1, 1, 2, 5, 10, 15 and 30 minutes
    Newer,
    /// Ten attempts within 80 minutes
    Older,
}

impl Schedule {
    /// The delay after each failed attempt. After the last delay there is one more attempt.
    pub(super) fn delays(self, compress: f64) -> Vec<Duration> {
        let minutes: &[u64] = match self {
            Self::Newer => &[1, 1, 2, 5, 10, 15, 30],
            // The document gives only the number of attempts and the total time.
            Self::Older => &[1, 1, 2, 4, 8, 12, 15, 17, 20],
        };
        minutes.iter().map(|minutes| Duration::from_secs(minutes * 60).div_f64(compress)).collect()
    }
}
