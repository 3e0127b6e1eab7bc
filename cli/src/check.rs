//! `check`: prints the diagnostics of a document, and the operations that the code handles and sends.

use asyncapi_codegen::Error;

use crate::arguments::Check;
use crate::generate::print;
use crate::options;

pub(crate) fn run(call: &Check) -> Result<(), Error> {
    let config = options::read(&call.document)?;
    let output = config.generate(&config.read_source(&call.document.path)?)?;
    if !output.report().is_empty() {
        eprintln!("{}", output.report());
    }
    let listed = |methods: &[String]| if methods.is_empty() { "nothing".to_owned() } else { methods.join(", ") };
    let (handled, sent) = (listed(output.handler_methods()), listed(output.publisher_methods()));
    print(&format!("{}: handles {handled}; sends {sent}\n", call.document.path.display()))
}
