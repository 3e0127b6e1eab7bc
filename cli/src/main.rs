//! `cargo asyncapi …`: the generator on the command line.
//!
//! Exit codes: 0 if the document gives code, with or without warnings; 1 if it is refused, or a file cannot be read or written;
//! 2 for a wrong call.

mod arguments;
mod check;
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
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
