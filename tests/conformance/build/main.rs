//! Generates types from schemas, for the tests of this crate.
//!
//! Each program is a Rust file in `OUT_DIR` with a module for each schema and a function that reads a JSON value with the
//! type of a module and writes it again. A JSON file beside it holds the cases. Environment variables ask for more schemas
//! than an ordinary `cargo test` needs; `cargo xtask` sets them.

mod examples;
mod json_schema_suite;
mod program;
mod random;
mod random_schemas;

use std::path::PathBuf;
use std::{env, fs};

use serde::Serialize;

/// A directory with documents of other authors and the list `examples.jsonl` of their examples.
const CORPUS: &str = "ASYNCAPI_CORPUS";
/// The directory of the JSON Schema test suite.
const SUITE: &str = "JSON_SCHEMA_SUITE";

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=sample");
    random::generate();
    json_schema_suite::generate("sample", &json_schema_suite::Suite::sample());
    let suite = directory(SUITE).map(|directory| json_schema_suite::Suite::read(&directory));
    json_schema_suite::generate("suite", &suite.unwrap_or_default());
    examples::generate(directory(CORPUS));
}

/// The directory in an environment variable, if that is set.
fn directory(variable: &str) -> Option<PathBuf> {
    println!("cargo::rerun-if-env-changed={variable}");
    let directory = PathBuf::from(env::var_os(variable)?);
    println!("cargo::rerun-if-changed={}", directory.display());
    Some(directory)
}

fn out_directory() -> PathBuf {
    PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"))
}

/// Writes the cases of a program into `<name>.json`.
fn write_cases(name: &str, cases: &impl Serialize) {
    let text = serde_json::to_string(cases).expect("cases are JSON");
    fs::write(out_directory().join(format!("{name}.json")), text).expect("OUT_DIR is writable");
}
