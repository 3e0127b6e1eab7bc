//! Tests that `cargo test` ignores because they take long or need files of other authors.

use std::path::Path;
use std::process::Command;

use crate::arguments::{Cases, Directory, File, Names, Schemas};
use crate::process::{cargo, run};

/// The ignored tests of the generator with a name. Optimised, because there are thousands of cases.
fn generator_tests(filter: &str) -> Command {
    let mut command = cargo(&["test", "--release", "-p", "asyncapi-codegen", "--all-features", "--test", "generator"]);
    command.args(["--", "--ignored", "--nocapture", filter]);
    command
}

/// The tests of the crate `conformance` with a name.
fn conformance_tests(filter: &str, extent: &str) -> Command {
    cargo(&["test", "-p", "conformance", "--", extent, "--nocapture", filter])
}

/// Tests have their own current directory, so paths in variables are absolute.
fn absolute(path: &Path) -> Result<std::path::PathBuf, String> {
    path.canonicalize().map_err(|cause| format!("{}: {cause}", path.display()))
}

pub(crate) fn names(call: &Names) -> Result<(), String> {
    run(&mut generator_tests("names::every_change_of_the_fixtures"))?;
    let Some(corpus) = &call.corpus else { return Ok(()) };
    let mut command = generator_tests("names::random_changes_of_a_corpus");
    command.env("ASYNCAPI_CORPUS", absolute(corpus)?);
    set_cases(&mut command, &call.cases);
    run(&mut command)
}

pub(crate) fn random(call: &Cases) -> Result<(), String> {
    let mut command = cargo(&["test", "--release", "-p", "asyncapi-codegen", "--all-features", "--test", "generator"]);
    command.args(["--", "--nocapture", "random_documents"]);
    set_cases(&mut command, call);
    run(&mut command)
}

fn set_cases(command: &mut Command, call: &Cases) {
    command.env("PROPTEST_CASES", call.cases.to_string()).env("PROPTEST_RNG_SEED", call.seed.to_string());
}

/// Not optimised, because optimised code uses less of the stack.
pub(crate) fn deep() -> Result<(), String> {
    let command = ["test", "-p", "asyncapi-codegen", "--all-features", "--test", "generator"];
    run(cargo(&command).args(["--", "--ignored", "--nocapture", "deep"]))
}

pub(crate) fn schemas(call: &Schemas) -> Result<(), String> {
    let mut command = conformance_tests("random_schemas", "--include-ignored");
    command.env("RANDOM_SCHEMAS", call.count.to_string());
    if let Some(seed) = &call.seed {
        command.env("RANDOM_SCHEMAS_SEED", seed);
    }
    run(&mut command)
}

pub(crate) fn json_schema_suite(call: &Directory) -> Result<(), String> {
    let mut command = conformance_tests("json_schema_suite", "--ignored");
    run(command.env("JSON_SCHEMA_SUITE", absolute(&call.directory)?))
}

pub(crate) fn examples(call: &Directory) -> Result<(), String> {
    let corpus = absolute(&call.directory)?;
    run(conformance_tests("examples", "--ignored").env("ASYNCAPI_CORPUS", &corpus))?;
    run(conformance_tests("corpus_schemas", "--ignored").env("ASYNCAPI_CORPUS", &corpus))
}

pub(crate) fn document(call: &File) -> Result<(), String> {
    let command = ["test", "-p", "kustomer-webhooks", "--test", "bindings", "--", "--ignored", "document"];
    run(cargo(&command).env("KUSTOMER_DOCUMENT", absolute(&call.file)?))
}
