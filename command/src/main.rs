//! Kustomer's outbound webhooks at a prompt: `kustomer-webhooks serve`, `sim`, `inbox`, `verify`.
//!
//! Exit codes: 0 when all is well, 1 when the answer is no, 2 when the call is wrong, 3 when a file, an address or the
//! inbox does not do as it should. What 1 means stands in the help of each subcommand.

mod arguments;
mod client;
mod error;
mod inbox;
mod output;
mod progress;
mod serve;
mod sim;
mod size;
mod span;
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
    if env::args_os().nth(1).is_some_and(|word| word == serve::orphan_reaper::CALL) {
        return serve::orphan_reaper::run();
    }
    run()
}

#[tokio::main]
async fn run() -> ExitCode {
    let command = Arguments::parse().command;
    let wants_json = command.wants_json();
    let outcome = match command {
        Command::Serve(call) => serve::run(call).await,
        Command::Sim(call) => sim::run(call).await,
        Command::Inbox(call) => inbox::run(call).await,
        Command::Verify(call) => verify::run(&call),
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
