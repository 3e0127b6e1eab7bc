//! What was sent and what was heard.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::mem;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::events::Event;
use crate::error::Failure;
use crate::output;

pub(super) struct SimStats {
    started: Instant,
    counts: Mutex<Counts>,
    ids: Option<File>,
}

#[derive(Default)]
struct Counts {
    events: u64,
    acknowledged: u64,
    deliveries: u64,
    retries: u64,
    heard: BTreeMap<String, u64>,
    answered_after: Vec<Duration>,
    disabled_by: Option<String>,
    /// Whether it was said why there was no answer.
    warned: bool,
}

/// What came back of a delivery.
#[derive(Clone, Copy)]
pub(super) enum ResponseKind {
    Status(u16),
    NoAnswer,
    TooLate,
    /// It may have been answered; nobody listened.
    Dropped,
}

impl SimStats {
    pub(super) fn new(ids: Option<&Path>) -> Result<Self, Failure> {
        let create = |file: &Path| {
            File::create(file)
                .map_err(|error| Failure::environment(file.display(), &error, "name a file that can be written"))
        };
        let ids = ids.map(create).transpose()?;
        Ok(Self { started: Instant::now(), counts: Mutex::default(), ids })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn made(&self) {
        self.counts().events += 1;
    }

    pub(super) fn retried(&self) {
        self.counts().retries += 1;
    }

    pub(super) fn record_response(&self, heard: ResponseKind, after: Option<Duration>) {
        let mut counts = self.counts();
        counts.deliveries += 1;
        counts.answered_after.extend(after);
        let word = match heard {
            ResponseKind::Status(status) => status.to_string(),
            ResponseKind::NoAnswer => "no_answer".to_owned(),
            ResponseKind::TooLate => "too_late".to_owned(),
            ResponseKind::Dropped => "dropped".to_owned(),
        };
        *counts.heard.entry(word).or_default() += 1;
    }

    /// Says why the first time; the others are counted.
    pub(super) fn no_answer(&self, reason: &str) {
        if !mem::replace(&mut self.counts().warned, true) {
            output::eprint_line(format!("warning: no answer: {reason} (others are only counted)"));
        }
    }

    pub(super) fn acknowledged(&self, event: &Event) {
        self.counts().acknowledged += 1;
        if let Some(mut file) = self.ids.as_ref() {
            let line = format!("{}\t{}\n", event.id, event.kind.as_str());
            if let Err(error) = file.write_all(line.as_bytes()) {
                output::eprint_line(format!("warning: {} is not written down as acknowledged: {error}", event.id));
            }
        }
    }

    pub(super) fn disabled(&self, event: &Event) {
        self.counts().disabled_by = Some(event.id.clone());
    }

    pub(super) fn progress(&self) -> String {
        let counts = self.counts();
        format!(
            "{:>6.1}s  {} events, {} acknowledged, {} retries, answers {:?}",
            self.started.elapsed().as_secs_f64(),
            counts.events,
            counts.acknowledged,
            counts.retries,
            counts.heard
        )
    }

    /// What has come of it by now.
    pub(super) fn report(&self) -> Value {
        let mut counts = self.counts();
        let (half, most) = counts.answered_within();
        json!({
            "events": counts.events, "acknowledged": counts.acknowledged, "deliveries": counts.deliveries,
            "retries": counts.retries, "answers": counts.heard, "answer_ms_p50": half, "answer_ms_p99": most,
            "seconds": self.started.elapsed().as_secs_f64(), "disabled_by": counts.disabled_by,
        })
    }

    /// Prints what came of it all.
    pub(super) fn conclude(&self, json: bool) -> Result<(), Failure> {
        if json {
            return output::line(self.report());
        }
        let mut lines = vec![self.progress()];
        let mut counts = self.counts();
        let (half, most) = counts.answered_within();
        if !counts.answered_after.is_empty() {
            lines.push(format!("answered within {half:.1} ms (half of them), {most:.1} ms (99 of 100)"));
        }
        if counts.heard.contains_key("401") {
            lines.push("401: not signed with a token that the receiver knows".to_owned());
        }
        if let Some(event) = &counts.disabled_by {
            lines.push(format!("the webhook is disabled: the last try of {event} failed"));
        }
        output::line(lines.join("\n"))
    }
}

impl Counts {
    /// Half of the answers, and 99 of 100, in milliseconds.
    fn answered_within(&mut self) -> (f64, f64) {
        self.answered_after.sort_unstable();
        (self.percentile(50), self.percentile(99))
    }

    /// In milliseconds; the answers must be sorted.
    fn percentile(&self, percent: usize) -> f64 {
        let index = self.answered_after.len().saturating_sub(1) * percent / 100;
        self.answered_after.get(index).map_or(0.0, |after| after.as_secs_f64() * 1_000.0)
    }
}
