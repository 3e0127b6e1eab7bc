//! `generate`: writes the code to a file or to standard output.

use std::io::{self, Write};
use std::path::PathBuf;

use asyncapi_codegen::Error;

use crate::arguments::Generate;
use crate::options;

pub(crate) fn run(call: &Generate) -> Result<(), Error> {
    let config = options::read(&call.document)?;
    let config = if call.types_only { config.types_only() } else { config };
    let output = config.generate(&config.read_source(&call.document.path)?)?;
    if !output.report().is_empty() {
        eprintln!("{}", output.report());
    }
    match call.output.as_deref().or_else(|| config.output_path()) {
        Some(path) => output.write(path),
        None => print(output.code()),
    }
}

/// A closed pipe is no failure: its reader has read enough.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::Write { path: PathBuf::from("standard output"), cause })
        }
        _ => Ok(()),
    }
}
