//! What is printed, where whoever reads it may be gone.

use std::fmt::Display;
use std::io::{self, Write};

use serde_json::Value;

use crate::error::Failure;

/// Prints a line. Where nobody reads any more, they have seen enough.
pub(crate) fn line(line: impl Display) -> Result<(), Failure> {
    text(&format!("{line}\n"))
}

/// Prints the one for programs, the other for people.
pub(crate) fn result(json: bool, value: &Value, text: impl Display) -> Result<(), Failure> {
    if json { line(value) } else { line(text) }
}

/// Prints this as it is.
pub(crate) fn text(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::output(&error)),
        _written_or_unread => Ok(()),
    }
}

/// Tells a line on standard error, if that takes it: there is nowhere else to say that it does not.
pub(crate) fn eprint_line(line: impl Display) {
    let _untold = io::stderr().lock().write_all(format!("{line}\n").as_bytes());
}
