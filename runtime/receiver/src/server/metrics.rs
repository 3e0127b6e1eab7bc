//! Metrics in the text format of Prometheus, version 0.0.4.

use std::fmt::{self, Display, Write};
use std::time::Duration;

use crate::http::ResponseCounts;
use crate::inbox::Stats;
use crate::worker::WorkerHealth;

/// The known metrics as text. Unknown values are omitted.
pub(super) fn render(
    is_up: Option<bool>,
    stats: Option<Stats>,
    health: Option<&WorkerHealth>,
    response_counts: Option<&ResponseCounts>,
) -> String {
    let mut text = Text(String::new());
    text.gauge("asyncapi_inbox_up", "Whether the inbox could store an event now.", is_up.map(u8::from));
    if let Some(stats) = stats {
        text.inbox(&stats);
    }
    if let Some(health) = health {
        text.worker(health);
    }
    if let Some(response_counts) = response_counts {
        text.head("asyncapi_answers_total", "counter", "Answers given to senders.");
        for (answer, status, count) in response_counts.iter() {
            text.line(format_args!("asyncapi_answers_total{{answer=\"{answer}\",status=\"{status}\"}} {count}"));
        }
    }
    text.0
}

struct Text(String);

impl Text {
    fn inbox(&mut self, stats: &Stats) {
        self.gauge("asyncapi_inbox_pending", "Events still to be handled.", Some(stats.pending));
        self.gauge("asyncapi_inbox_dead", "Events set aside.", Some(stats.dead));
        let oldest = stats.oldest_pending.unwrap_or_default();
        let help = "Age of the oldest event still to be handled; 0 if there is none.";
        self.gauge("asyncapi_inbox_oldest_pending_seconds", help, Some(oldest.as_secs_f64()));
        let help = "Time since the last event was stored; since the monitor was made where none ever was.";
        let last = stats.last_event.map(|age| age.as_secs_f64());
        self.gauge("asyncapi_inbox_last_event_seconds", help, last);
    }

    fn worker(&mut self, health: &WorkerHealth) {
        let seconds = |age: Duration| age.as_secs_f64();
        let help = "Time since the worker last looked for work.";
        self.gauge("asyncapi_worker_heartbeat_seconds", help, Some(seconds(health.heartbeat_age())));
        let help = "Time since a canary last came out, or since the first went in.";
        self.gauge("asyncapi_canary_seconds", help, health.since_last_canary().map(seconds));
        let counts = health.counts();
        for (name, help, count) in [
            ("asyncapi_worker_attempts_total", "Attempts begun.", counts.begun),
            ("asyncapi_worker_done_total", "Events done.", counts.done),
            ("asyncapi_worker_retries_total", "Attempts that will be followed by another.", counts.retried),
            ("asyncapi_worker_dead_total", "Events that became dead letters in its hands.", counts.dead),
            ("asyncapi_worker_panics_total", "Attempts that ended in a panic.", counts.panicked),
            ("asyncapi_worker_timeouts_total", "Attempts that took too long.", counts.timed_out),
        ] {
            self.head(name, "counter", help);
            self.line(format_args!("{name} {count}"));
        }
    }

    fn gauge(&mut self, name: &str, help: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.head(name, "gauge", help);
            self.line(format_args!("{name} {value}"));
        }
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _always = writeln!(self.0, "{line}");
    }
}
