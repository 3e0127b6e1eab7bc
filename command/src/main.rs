//! The command for Kustomer's outbound webhooks: `kustomer-webhooks serve`, `sim`, `inbox`, `verify`.
//!
//! Exit codes: 0 success, 1 the answer is no, 2 wrong arguments, 3 a file, an address or the inbox cannot be used.
//! The help of each subcommand says what 1 means.

mod arguments;
mod client;
mod duration;
mod error;
mod inbox;
mod log_writer;
mod output;
mod progress;
mod serve;
mod sim;
mod size;
mod store;
mod tokens;
mod verify;

use std::env;
use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};
use crate::error::Outcome;

fn main() -> ExitCode {
    #[cfg(unix)]
    if env::args_os().nth(1).is_some_and(|argument| argument == serve::orphan_reaper::SUBCOMMAND) {
        return serve::orphan_reaper::run();
    }
    run()
}

#[tokio::main]
async fn run() -> ExitCode {
    let command = Arguments::parse().command;
    let wants_json = command.wants_json();
    let outcome = match command {
        Command::Serve(args) => serve::run(args).await,
        Command::Sim(args) => sim::run(args).await,
        Command::Inbox(args) => inbox::run(args).await,
        Command::Verify(args) => verify::run(&args),
    };
    match outcome {
        Ok(Outcome::Yes) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(1),
        Err(failure) => {
            output::eprint_line(if wants_json { failure.json().to_string() } else { failure.to_string() });
            ExitCode::from(failure.code())
        }
    }
}
