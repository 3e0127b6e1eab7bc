//! Counts what the simulation sent and which responses it got.

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
    acknowledged_ids: Option<File>,
}

#[derive(Default)]
struct Counts {
    events: u64,
    acknowledged: u64,
    deliveries: u64,
    retries: u64,
    responses: BTreeMap<String, u64>,
    latencies: Vec<Duration>,
    disabled_by: Option<String>,
    /// Whether the reason of a missing response was printed.
    warned: bool,
}

/// The result of one delivery.
#[derive(Clone, Copy)]
pub(super) enum ResponseKind {
    Status(u16),
    NoResponse,
    TimedOut,
    /// The sender closed the connection before the response.
    Dropped,
}

impl SimStats {
    pub(super) fn new(acknowledged: Option<&Path>) -> Result<Self, Failure> {
        let create = |file: &Path| {
            File::create(file)
                .map_err(|error| Failure::environment(file.display(), &error, "name a file that can be written"))
        };
        let acknowledged_ids = acknowledged.map(create).transpose()?;
        Ok(Self { started: Instant::now(), counts: Mutex::default(), acknowledged_ids })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn record_event(&self) {
        self.counts().events += 1;
    }

    pub(super) fn record_retry(&self) {
        self.counts().retries += 1;
    }

    pub(super) fn record_response(&self, response: ResponseKind, latency: Option<Duration>) {
        let mut counts = self.counts();
        counts.deliveries += 1;
        counts.latencies.extend(latency);
        let key = match response {
            ResponseKind::Status(status) => status.to_string(),
            ResponseKind::NoResponse => "no_answer".to_owned(),
            ResponseKind::TimedOut => "too_late".to_owned(),
            ResponseKind::Dropped => "dropped".to_owned(),
        };
        *counts.responses.entry(key).or_default() += 1;
    }

    /// Prints the reason of the first missing response. The others are only counted.
    pub(super) fn warn_no_response(&self, reason: &str) {
        if !mem::replace(&mut self.counts().warned, true) {
            output::eprint_line(format!("warning: no response: {reason} (further ones are only counted)"));
        }
    }

    pub(super) fn record_acknowledged(&self, event: &Event) {
        self.counts().acknowledged += 1;
        if let Some(mut file) = self.acknowledged_ids.as_ref() {
            let line = format!("{}\t{}\n", event.id, event.kind.as_str());
            if let Err(error) = file.write_all(line.as_bytes()) {
                output::eprint_line(format!("warning: the acknowledged id {} cannot be written: {error}", event.id));
            }
        }
    }

    pub(super) fn record_disabled(&self, event: &Event) {
        self.counts().disabled_by = Some(event.id.clone());
    }

    pub(super) fn progress(&self) -> String {
        let counts = self.counts();
        format!(
            "{:>6.1}s  {} events, {} acknowledged, {} retries, responses {:?}",
            self.started.elapsed().as_secs_f64(),
            counts.events,
            counts.acknowledged,
            counts.retries,
            counts.responses
        )
    }

    /// The counts so far, as JSON.
    pub(super) fn report(&self) -> Value {
        let mut counts = self.counts();
        let (p50, p99) = counts.latency_percentiles();
        json!({
            "events": counts.events, "acknowledged": counts.acknowledged, "deliveries": counts.deliveries,
            "retries": counts.retries, "answers": counts.responses, "answer_ms_p50": p50, "answer_ms_p99": p99,
            "seconds": self.started.elapsed().as_secs_f64(), "disabled_by": counts.disabled_by,
        })
    }

    /// Prints the final counts.
    pub(super) fn print_report(&self, json: bool) -> Result<(), Failure> {
        if json {
            return output::print_line(self.report());
        }
        let mut lines = vec![self.progress()];
        let mut counts = self.counts();
        let (p50, p99) = counts.latency_percentiles();
        if !counts.latencies.is_empty() {
            lines.push(format!("latency: {p50:.1} ms (median), {p99:.1} ms (99th percentile)"));
        }
        if counts.responses.contains_key("401") {
            lines.push("401: the receiver does not accept the token".to_owned());
        }
        if let Some(event) = &counts.disabled_by {
            lines.push(format!("the webhook is disabled: the last attempt of {event} failed"));
        }
        output::print_line(lines.join("\n"))
    }
}

impl Counts {
    /// The 50th and the 99th percentile of the latencies, in milliseconds.
    fn latency_percentiles(&mut self) -> (f64, f64) {
        self.latencies.sort_unstable();
        (self.percentile(50), self.percentile(99))
    }

    /// A percentile in milliseconds. The latencies must be sorted.
    fn percentile(&self, percent: usize) -> f64 {
        let index = self.latencies.len().saturating_sub(1) * percent / 100;
        self.latencies.get(index).map_or(0.0, |latency| latency.as_secs_f64() * 1_000.0)
    }
}
