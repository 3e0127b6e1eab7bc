//! Summarizes a run in one line.

use std::time::Duration;

use crate::sender::Answer;
use crate::server::Kind;

pub(crate) const HEAD: &str = "
                                     2xx   other       p50       p99    p99 to bare   resident
------------------------------  --------  ------  --------  --------    -----------  ---------";

pub(crate) struct Summary {
    accepted: usize,
    other: usize,
    p50: Duration,
    p99: Duration,
    resident: Option<u64>,
}

impl Summary {
    pub(crate) fn of(answers: &[Answer], resident: Option<u64>) -> Self {
        let accepted = answers.iter().filter(|answer| (200..300).contains(&answer.status)).count();
        let mut after: Vec<_> = answers.iter().map(|answer| answer.after).collect();
        after.sort_unstable();
        let percentile =
            |percent| after.get(after.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default();
        Self { accepted, other: answers.len() - accepted, p50: percentile(50), p99: percentile(99), resident }
    }

    pub(crate) fn p99_to(&self, other: &Self) -> f64 {
        self.p99.as_secs_f64() / other.p99.as_secs_f64()
    }

    /// The missed targets, as texts.
    pub(crate) fn missed(&self, p99: Duration, resident: u64) -> Vec<String> {
        let mut missed = Vec::new();
        if self.other > 0 {
            missed.push(format!("{} answers other than 2xx", self.other));
        }
        if self.p99 > p99 {
            missed.push(format!("p99 of {:?}", self.p99));
        }
        if self.resident.is_some_and(|bytes| bytes > resident) {
            missed.push(format!("{} MiB resident", self.resident.unwrap_or_default() >> 20));
        }
        missed
    }

    pub(crate) fn line(&self, kind: Kind, bare: Option<&Self>) -> String {
        let millis = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1_000.0);
        let ratio = bare.map_or(String::new(), |bare| format!("× {:.1}", self.p99_to(bare)));
        let resident = self.resident.map_or("unknown".to_owned(), |bytes| format!("{} MiB", bytes >> 20));
        let (name, p50, p99) = (kind.as_str(), millis(self.p50), millis(self.p99));
        format!("{name:<30}  {:>8}  {:>6}  {p50:>8}  {p99:>8}    {ratio:>11}  {resident:>9}", self.accepted, self.other)
    }
}
