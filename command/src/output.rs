//! Prints to standard output and standard error. A reader that has gone away is no error.

use std::fmt::Display;
use std::io::{self, Write};

use serde_json::Value;

use crate::error::Failure;

/// Prints a line to standard output. A closed pipe is not an error.
pub(crate) fn print_line(line: impl Display) -> Result<(), Failure> {
    print(&format!("{line}\n"))
}

/// Prints `value` as JSON if `json` is set, and `text` otherwise.
pub(crate) fn print_result(json: bool, value: &Value, text: impl Display) -> Result<(), Failure> {
    if json { print_line(value) } else { print_line(text) }
}

/// Prints `text` to standard output, without a line break. A closed pipe is not an error.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::output(&error)),
        _written_or_pipe_closed => Ok(()),
    }
}

/// Prints a line to standard error. An error is ignored, because there is no other place to report it.
pub(crate) fn eprint_line(line: impl Display) {
    let _ignored = io::stderr().lock().write_all(format!("{line}\n").as_bytes());
}
