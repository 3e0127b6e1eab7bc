//! `check`: diagnostics and nothing else.

use asyncapi_codegen::{Error, Source};

use crate::arguments::Check;

pub(crate) fn run(call: &Check) -> Result<(), Error> {
    let output = call.document.config().generate(&Source::read(&call.document.path)?)?;
    if !output.report().is_empty() {
        eprintln!("{}", output.report());
    }
    Ok(())
}
