//! `cargo xtask …`: the checks of this repository that take longer than `cargo test`.
//!
//! CONTRIBUTING.md lists them with their durations.

mod arguments;
mod corpus;
mod long_tests;
mod mutations;
mod package;
mod plain_clone;
mod process;
mod rust_version;
mod workspace;
mod workspace_copy;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Corpus(call) => return corpus::run(&call),
        Command::CorpusLong(call) => return corpus::run_long(&call),
        Command::Names(call) => long_tests::names(&call),
        Command::Random(call) => long_tests::random(&call),
        Command::Deep => long_tests::deep(),
        Command::Schemas(call) => long_tests::schemas(&call),
        Command::JsonSchemaSuite(call) => long_tests::json_schema_suite(&call),
        Command::Examples(call) => long_tests::examples(&call),
        Command::Document(call) => long_tests::document(&call),
        Command::Mutations => mutations::check(),
        Command::Workspace => workspace::check(),
        Command::RustVersion => rust_version::check(),
        Command::Faults => process::run(&mut std::process::Command::new(process::workspace_root().join(".ci/faults"))),
        Command::Package => package::run_package_tests(),
        Command::PlainClone => plain_clone::run_readme_commands(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
