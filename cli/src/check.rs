//! `check`: diagnostics and nothing else.

use asyncapi_codegen::Error;

use crate::arguments::Check;
use crate::options;

pub(crate) fn run(call: &Check) -> Result<(), Error> {
    let config = options::read(&call.document)?;
    let output = config.generate(&config.read(&call.document.path)?)?;
    if !output.report().is_empty() {
        eprintln!("{}", output.report());
    }
    Ok(())
}
