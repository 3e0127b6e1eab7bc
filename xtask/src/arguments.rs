//! The command-line arguments.

use std::num::NonZero;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Checks of this repository that take longer than `cargo test`
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Generate every document below a directory, compile the code, and count errors and warnings
    Corpus(Corpus),
    /// Run `corpus` with every file of options, and with documents changed at random
    CorpusLong(CorpusLong),
    /// Check that names stay, for every change of the fixtures and for random changes of a corpus
    Names(Names),
    /// Generate documents and options with random mistakes
    Random(Cases),
    /// Generate very long chains of references, very deep nesting and very large unions
    Deep,
    /// Check types of random schemas against a JSON Schema validator
    Schemas(Schemas),
    /// Check types of the JSON Schema test suite
    JsonSchemaSuite(Directory),
    /// Check types of a corpus against the examples in it, and read its schemas with the runtime
    Examples(Directory),
    /// Compare spec/kustomer.yaml with the vendor's document
    Document(File),
    /// Change the runtime so that it breaks a promise, and check that a test fails, for each promise
    Mutations,
    /// Check in a copy of the workspace that `cargo build` keeps the bindings up to date
    Workspace,
    /// Check that no dependency needs a newer compiler than this workspace
    RustVersion,
    /// Run the long fault tests of the receiver and its benchmark
    Faults,
    /// Package each crate, and run the tests of each package outside of the workspace
    Package,
    /// Run the test command of the README on a clone in an empty directory
    PlainClone,
}

#[derive(Args, Debug)]
pub(crate) struct Directory {
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct File {
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct Names {
    /// The directory of the corpus; without it, only the fixtures are changed
    #[arg(long, value_name = "DIR")]
    pub(crate) corpus: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) cases: Cases,
}

#[derive(Args, Debug)]
pub(crate) struct Cases {
    /// The number of random cases
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pub(crate) cases: u32,
    /// The seed of the random cases
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Args, Debug)]
pub(crate) struct Schemas {
    /// The number of schemas of each seed
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) count: usize,
    /// Further seeds: a number or a range such as 1..20
    #[arg(long, value_name = "SEEDS")]
    pub(crate) seed: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct CorpusLong {
    /// The directory of the documents
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    /// The seed of the first changed document
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Args, Debug)]
pub(crate) struct Corpus {
    /// The directory of the documents; its `manifest.tsv` (columns `path` and `validity`) lists the valid ones
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    /// The directory of the crate `asyncapi-runtime`
    #[arg(long, value_name = "DIR", default_value = "runtime")]
    pub(crate) runtime: PathBuf,
    /// The directory for the crates; it remains, so the next run is fast
    #[arg(long, value_name = "DIR", default_value = "target/corpus")]
    pub(crate) out: PathBuf,
    /// The options for every document, in TOML. Patterns must match something in each document, as `/**` does
    #[arg(long, value_name = "FILE", conflicts_with = "figures")]
    pub(crate) config: Option<PathBuf>,
    /// Take only every N-th document
    #[arg(long, value_name = "N", conflicts_with = "figures")]
    pub(crate) every: Option<NonZero<usize>>,
    /// Figures (JSON) that may only improve; without them, everything that generates must compile without a warning
    #[arg(long, value_name = "FILE")]
    pub(crate) figures: Option<PathBuf>,
    /// Write the figures that are better
    #[arg(long, requires = "figures")]
    pub(crate) update: bool,
    /// Take N documents with random changes instead of the documents; the path in an error begins with the seed, which gives
    /// the document again
    #[arg(long, value_name = "N", conflicts_with = "figures")]
    pub(crate) mutate: Option<NonZero<usize>>,
    /// The seed of the first changed document; the others have the following numbers
    #[arg(long, value_name = "S", default_value_t = 1, requires = "mutate")]
    pub(crate) seed: u64,
    /// Print JSON, with every path, instead of a table
    #[arg(long)]
    pub(crate) json: bool,
    /// The number of documents to generate, and of crates to compile, at once; the default is the number of processors
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZero<usize>>,
    /// Write the crates without compiling them
    #[arg(long)]
    pub(crate) no_compile: bool,
}
