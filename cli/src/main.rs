//! The generator at a prompt: `cargo asyncapi …`.
//!
//! Exit codes: 0 when there is code (warnings or not), 1 when the document is refused or a file cannot be read or
//! written, 2 when the call is wrong. `corpus` has its own; see there.

mod arguments;
mod check;
mod corpus;
mod generate;
mod options;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse_from(arguments::without_cargo(std::env::args_os()));
    let outcome = match arguments.command {
        Command::Generate(call) => generate::run(&call),
        Command::Check(call) => check::run(&call),
        Command::Corpus(call) => return corpus::run(&call),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
