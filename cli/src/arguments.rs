//! What can be said at the prompt.

use std::ffi::OsString;
use std::num::NonZero;
use std::path::PathBuf;

use asyncapi_codegen::{Config, Perspective};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Rust from `AsyncAPI` documents
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
    /// The file to write, only where it differs; standard output without it
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
    /// Figures (JSON) that may only improve
    #[arg(long, value_name = "FILE")]
    pub(crate) figures: Option<PathBuf>,
    /// Write the figures anew where they are better
    #[arg(long, requires = "figures")]
    pub(crate) update: bool,
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
    /// Which side the code is for
    #[arg(long, value_enum, default_value_t = Side::Client)]
    pub(crate) perspective: Side,
    /// Lay an overlay (`OpenAPI` Overlay 1.0) over the document first; may be given several times, in their order
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

impl DocumentCall {
    /// The options as the generator takes them.
    pub(crate) fn config(&self) -> Config {
        let config = Config::new().perspective(match self.perspective {
            Side::Client => Perspective::Client,
            Side::Application => Perspective::Application,
        });
        let config = self.overlay.iter().fold(config, Config::overlay);
        if self.strict { config.strict() } else { config }
    }
}

/// Cargo calls `cargo asyncapi check x` as `cargo-asyncapi asyncapi check x`.
pub(crate) fn without_cargo(arguments: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    arguments
        .enumerate()
        .filter(|(index, argument)| *index != 1 || argument != "asyncapi")
        .map(|(_, argument)| argument)
}
