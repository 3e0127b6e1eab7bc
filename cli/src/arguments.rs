//! The command-line arguments.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Rust from AsyncAPI documents
#[derive(Debug, Parser)]
#[command(name = "cargo-asyncapi", version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Generate Rust from a document
    Generate(Generate),
    /// Print the diagnostics of a document, and write nothing
    Check(Check),
}

#[derive(Args, Debug)]
pub(crate) struct Generate {
    #[command(flatten)]
    pub(crate) document: DocumentCall,
    /// The file to write if the code differs; the default is the file in the options, or else standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Generate only types, which need only serde and `serde_json`
    #[arg(long)]
    pub(crate) types_only: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) document: DocumentCall,
}

/// A document and its options.
#[derive(Args, Debug)]
pub(crate) struct DocumentCall {
    /// The document, in YAML or JSON
    #[arg(value_name = "SPEC")]
    pub(crate) path: PathBuf,
    /// The options in TOML, each a method of `asyncapi_codegen::Config`; the default is `asyncapi.toml` in the directory of the
    /// document, or else in the current directory. Arguments override options
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print where the options come from
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// The side that the code is for; the default is the client
    #[arg(long, value_enum)]
    pub(crate) perspective: Option<Side>,
    /// Apply an overlay (OpenAPI Overlay 1.0) to the document, after the overlays of the options. May be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) overlay: Vec<PathBuf>,
    /// Treat warnings as errors
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Side {
    /// You use the API: you handle the messages that it sends
    Client,
    /// You implement the application that the document describes
    Application,
}

/// Cargo calls `cargo asyncapi check x` as `cargo-asyncapi asyncapi check x`.
pub(crate) fn without_cargo(arguments: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    arguments
        .enumerate()
        .filter(|(index, argument)| *index != 1 || argument != "asyncapi")
        .map(|(_, argument)| argument)
}
