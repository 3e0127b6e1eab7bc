//! The command line arguments.

use clap::{Parser, Subcommand};

use crate::{inbox, serve, sim, verify};

const CODES: &str = "Exit codes: 0 success; 1 the answer is no (see each subcommand); 2 wrong arguments; 3 a file, an \
address or the inbox cannot be used.";

/// Receive Kustomer's outbound webhooks, simulate them, inspect an inbox, verify a signature
#[derive(Debug, Parser)]
#[command(name = "kustomer-webhooks", version, about, after_help = CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Receive events, store each one before it is acknowledged, and forward it to a command or a URL
    #[command(after_help = serve::HELP)]
    Serve(Box<serve::Serve>),
    /// Send simulated Kustomer events to a receiver
    #[command(after_help = sim::HELP)]
    Sim(Box<sim::Sim>),
    /// Inspect an inbox, and retry dead letters
    #[command(after_help = inbox::HELP)]
    Inbox(inbox::InboxArgs),
    /// Check the signature of a body
    #[command(after_help = verify::HELP)]
    Verify(verify::Verify),
}

impl Command {
    /// Whether the output is JSON.
    pub(crate) fn wants_json(&self) -> bool {
        match self {
            Self::Serve(args) => args.json,
            Self::Sim(args) => args.json,
            Self::Inbox(args) => args.json,
            Self::Verify(args) => args.json,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::Arguments;

    /// The subcommands without subcommands of their own, each with its full name.
    fn leaves(command: &Command, name: &str) -> Vec<(String, Command)> {
        let children = command.get_subcommands().filter(|child| child.get_name() != "help");
        let leaves: Vec<_> =
            children.flat_map(|child| leaves(child, &format!("{name} {}", child.get_name()))).collect();
        if leaves.is_empty() { vec![(name.to_owned(), command.clone())] } else { leaves }
    }

    #[test]
    fn every_subcommand_has_json_and_documents_its_exit_codes() {
        let mut root = Arguments::command();
        // This copies global arguments into each subcommand.
        root.build();
        let leaves = leaves(&root, "kustomer-webhooks");
        assert_eq!(leaves.len(), 10, "{leaves:?}");
        for (name, mut command) in leaves {
            let help = command.render_long_help().to_string();
            for expected in ["Exit codes: 0 ", "; 2 wrong arguments", "; 3 ", "--json"] {
                assert!(help.contains(expected), "{name} --help does not contain {expected:?}:\n{help}");
            }
            let is_long = ["sim", "retry", "discard", "export", "replay"].iter().any(|long| name.ends_with(long));
            assert!(!is_long || help.contains("--progress"), "{name}:\n{help}");
        }
    }
}
