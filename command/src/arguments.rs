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
    Inbox(inbox::InboxArgs),
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

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::Arguments;

    /// Those that do something, each by its whole name.
    fn leaves(command: &Command, name: &str) -> Vec<(String, Command)> {
        let below = command.get_subcommands().filter(|below| below.get_name() != "help");
        let leaves: Vec<_> = below.flat_map(|below| leaves(below, &format!("{name} {}", below.get_name()))).collect();
        if leaves.is_empty() { vec![(name.to_owned(), command.clone())] } else { leaves }
    }

    #[test]
    fn every_subcommand_has_json_and_says_its_exit_codes() {
        let mut root = Arguments::command();
        // So that what is global is everywhere.
        root.build();
        let leaves = leaves(&root, "kustomer-webhooks");
        assert_eq!(leaves.len(), 10, "{leaves:?}");
        for (name, mut command) in leaves {
            let help = command.render_long_help().to_string();
            for said in ["Exit codes: 0 ", "; 2 the call is", "; 3 ", "--json"] {
                assert!(help.contains(said), "{name} --help does not say {said:?}:\n{help}");
            }
            let is_long = ["sim", "retry", "discard", "export", "replay"].iter().any(|long| name.ends_with(long));
            assert!(!is_long || help.contains("--progress"), "{name}:\n{help}");
        }
    }
}
