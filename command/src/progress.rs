//! `--progress`: prints the progress of a long call to standard error, at most once a second.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;

use crate::output;

/// The time between two reports. A call that is shorter reports nothing on its own.
const INTERVAL: Duration = Duration::from_secs(1);

/// Whether progress is printed.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ProgressArg {
    /// Print progress to standard error. This is the default if standard error is a terminal
    #[arg(long, global = true)]
    progress: bool,
}

/// Prints a growing count.
pub(crate) struct Progress {
    verb: &'static str,
    format: Format,
    next_report: Mutex<Option<Instant>>,
}

#[derive(Clone, Copy)]
enum Format {
    Text,
    Json,
}

impl ProgressArg {
    pub(crate) fn is_wanted(self) -> bool {
        self.progress || io::stderr().is_terminal()
    }

    /// Starts to report. `verb` says what happens to each counted item, for example `exported`.
    pub(crate) fn start(self, verb: &'static str, json: bool) -> Progress {
        // With --progress, the first item is reported at once.
        let delay = if self.progress { Duration::ZERO } else { INTERVAL };
        let next_report = Mutex::new(self.is_wanted().then(|| Instant::now() + delay));
        Progress { verb, format: if json { Format::Json } else { Format::Text }, next_report }
    }
}

impl Progress {
    /// Prints the count, unless progress is off or the last report is less than a second ago.
    pub(crate) fn report(&self, count: u64) {
        let mut next_report = self.next_report.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if next_report.is_none_or(|next_report| now < next_report) {
            return;
        }
        *next_report = Some(now + INTERVAL);
        match self.format {
            Format::Text => output::eprint_line(format!("{count} {} so far", self.verb)),
            Format::Json => output::eprint_line(json!({"progress": {self.verb: count}})),
        }
    }
}
