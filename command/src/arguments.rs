//! What can be said at the prompt.

use clap::{Parser, Subcommand};

use crate::{inbox, serve, sim, verify};

const CODES: &str = "Exit codes: 0 all is well; 1 the answer is no (see each subcommand); 2 the call is wrong; \
3 a file, an address or the inbox does not do as it should.";

/// Receive Kustomer's outbound webhooks, simulate them, look into an inbox, verify a signature
#[derive(Debug, Parser)]
#[command(name = "kustomer-webhooks", version, about, after_help = CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Receive events, store them before they are acknowledged, and pass them on to a command or a URL
    #[command(after_help = serve::HELP)]
    Serve(Box<serve::Serve>),
    /// Play Kustomer's part against a receiver
    #[command(after_help = sim::HELP)]
    Sim(Box<sim::Sim>),
    /// Look into an inbox, and have dead letters handled again
    #[command(after_help = inbox::HELP)]
    Inbox(inbox::Call),
    /// Check the signature of a body
    #[command(after_help = verify::HELP)]
    Verify(verify::Verify),
}

impl Command {
    /// Whether what is said is to be JSON.
    pub(crate) fn wants_json(&self) -> bool {
        match self {
            Self::Serve(call) => call.json,
            Self::Sim(call) => call.json,
            Self::Inbox(call) => call.json,
            Self::Verify(call) => call.json,
        }
    }
}
