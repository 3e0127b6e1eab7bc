//! What can be said at the prompt.

use std::ffi::OsString;
use std::num::NonZero;
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
    /// Show what is wrong with a document, and write nothing
    Check(Check),
    /// Generate every document below a directory, compile what comes of it, and count what is wrong
    Corpus(Corpus),
}

#[derive(Args, Debug)]
pub(crate) struct Generate {
    #[command(flatten)]
    pub(crate) document: DocumentCall,
    /// The file to write, only where it differs; without it that of the options, or else standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Leave out the handler, its dispatch and the publisher: needs only serde and `serde_json`
    #[arg(long)]
    pub(crate) types_only: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) document: DocumentCall,
}

#[derive(Args, Debug)]
pub(crate) struct Corpus {
    /// Where the documents are; a `manifest.tsv` in it (columns `path` and `validity`) tells which of them are valid
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    /// The crate `asyncapi-runtime` that the code is compiled with
    #[arg(long, value_name = "DIR", default_value = "runtime")]
    pub(crate) runtime: PathBuf,
    /// Where the crates are written and compiled; kept, so that the next run is fast
    #[arg(long, value_name = "DIR", default_value = "target/corpus")]
    pub(crate) out: PathBuf,
    /// The options that every document is generated with, in TOML; the default ones without it. Patterns have to meet
    /// something in each, as `/**` does
    #[arg(long, value_name = "FILE", conflicts_with = "figures")]
    pub(crate) config: Option<PathBuf>,
    /// Take every N-th document alone
    #[arg(long, value_name = "N", conflicts_with = "figures")]
    pub(crate) every: Option<NonZero<usize>>,
    /// Figures (JSON) that may only improve; without them, everything that generates must compile without a warning
    #[arg(long, value_name = "FILE")]
    pub(crate) figures: Option<PathBuf>,
    /// Write the figures anew where they are better
    #[arg(long, requires = "figures")]
    pub(crate) update: bool,
    /// Instead of the documents, take as many that are made of them by changes at random; a fault's path begins with the
    /// seed that makes its document again
    #[arg(long, value_name = "N", conflicts_with = "figures")]
    pub(crate) mutate: Option<NonZero<usize>>,
    /// The seed of the first of these documents; the others have the numbers after it
    #[arg(long, value_name = "S", default_value_t = 1, requires = "mutate")]
    pub(crate) seed: u64,
    /// Print JSON, with every path, instead of a table
    #[arg(long)]
    pub(crate) json: bool,
    /// How many documents are generated, and crates compiled, at once; as many as there are processors without it
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZero<usize>>,
    /// Write the crates, and do not compile them
    #[arg(long)]
    pub(crate) no_compile: bool,
}

/// A document and how it is looked at.
#[derive(Args, Debug)]
pub(crate) struct DocumentCall {
    /// The document, in YAML or JSON
    #[arg(value_name = "SPEC")]
    pub(crate) path: PathBuf,
    /// The options, in TOML, each a method of `asyncapi_codegen::Config`; without it, `asyncapi.toml` beside the document,
    /// or else in the current directory. What is said at the prompt counts for more
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Say where the options come from
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Which side the code is for; the client's without it
    #[arg(long, value_enum)]
    pub(crate) perspective: Option<Side>,
    /// Lay an overlay (OpenAPI Overlay 1.0) over the document first, after those of the options; may be given several
    /// times, in their order
    #[arg(long, value_name = "FILE")]
    pub(crate) overlay: Vec<PathBuf>,
    /// Refuse documents with warnings, too
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Side {
    /// You use the API: you handle what it sends
    Client,
    /// You are the application that the document describes
    Application,
}

/// Cargo calls `cargo asyncapi check x` as `cargo-asyncapi asyncapi check x`.
pub(crate) fn without_cargo(arguments: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    arguments
        .enumerate()
        .filter(|(index, argument)| *index != 1 || argument != "asyncapi")
        .map(|(_, argument)| argument)
}
