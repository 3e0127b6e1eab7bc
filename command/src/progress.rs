//! How far a long run is, told now and then on standard error.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;

use crate::output;

/// What is soon over needs no telling.
const EVERY: Duration = Duration::from_secs(1);

/// Whether it is told.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ProgressArg {
    /// Tell on standard error how far it is, as it does anyhow where that is a terminal
    #[arg(long, global = true)]
    progress: bool,
}

/// A count that grows.
pub(crate) struct Progress {
    doing: &'static str,
    form: Form,
    due: Mutex<Option<Instant>>,
}

#[derive(Clone, Copy)]
enum Form {
    Text,
    Json,
}

impl ProgressArg {
    pub(crate) fn is_wanted(self) -> bool {
        self.progress || io::stderr().is_terminal()
    }

    /// Of what is done to so many, in a word such as `exported`.
    pub(crate) fn of(self, doing: &'static str, json: bool) -> Progress {
        // Who asks for it is told from the first on.
        let first = if self.progress { Duration::ZERO } else { EVERY };
        let due = self.is_wanted().then(|| Instant::now() + first);
        Progress { doing, form: if json { Form::Json } else { Form::Text }, due: Mutex::new(due) }
    }
}

impl Progress {
    /// So many by now.
    pub(crate) fn tell(&self, count: u64) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if due.is_none_or(|due| now < due) {
            return;
        }
        *due = Some(now + EVERY);
        match self.form {
            Form::Text => output::eprint_line(format!("{count} {} so far", self.doing)),
            Form::Json => output::eprint_line(json!({"progress": {self.doing: count}})),
        }
    }
}
