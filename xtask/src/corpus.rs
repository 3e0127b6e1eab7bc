//! `corpus`: generates every document below a directory for both perspectives, compiles the code, and counts.
//!
//! `--figures` compares the result with figures that may only improve. `--mutate` changes the documents at random first.
//! `--config` generates them with other options.
//!
//! Exit codes: 0 for success; 1 if the generator panicked, a figure is worse, a module fails or has a warning (without
//! figures), or the compiler does not run; 2 for a wrong call.

mod cargo;
mod compile;
mod crates;
mod detect;
mod documents;
mod error_groups;
mod figures;
mod generate;
mod manifest;
mod modules;
mod mutate;
mod summary;
mod table;

use std::io::{self, Write as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use asyncapi_codegen::Config;

use self::crates::Dependencies;
use crate::arguments::{Corpus, CorpusLong};
use crate::process::{target_directory, workspace_root};

/// Why there is no result.
pub(crate) enum Failure {
    /// The call is wrong.
    Call(String),
    /// A step failed.
    Broken(String),
}

impl Failure {
    /// Makes a failure from an I/O error: `Failure::at("read", path)`.
    fn at(verb: &str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |cause| Self::Broken(format!("cannot {verb} {}: {cause}", path.display()))
    }
}

/// Runs `corpus` with every file of options, and with documents changed at random. Ends with the first failure.
pub(crate) fn run_long(call: &CorpusLong) -> ExitCode {
    const CHANGED: usize = 150;
    let options = |name: &str| Some(workspace_root().join("xtask/corpus-options").join(name));
    let whole = || Corpus::new(call.directory.clone());
    let runs = [
        Corpus { config: options("full.toml"), ..whole() },
        Corpus { config: options("exact.toml"), every: NonZero::new(5), ..whole() },
        Corpus { config: options("closed.toml"), every: NonZero::new(5), ..whole() },
        Corpus { config: options("types-only.toml"), every: NonZero::new(5), ..whole() },
        Corpus { mutate: NonZero::new(CHANGED), seed: call.seed, ..whole() },
        Corpus { mutate: NonZero::new(CHANGED), seed: call.seed, config: options("exact.toml"), ..whole() },
    ];
    for call in runs {
        eprintln!("\noptions: {:?}, every: {:?}, changed: {:?}", call.config, call.every, call.mutate);
        let code = run(&call);
        if code != ExitCode::SUCCESS {
            return code;
        }
    }
    ExitCode::SUCCESS
}

impl Corpus {
    /// The call with default arguments, apart from the directory for the crates: another one than that of the figures.
    fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            runtime: workspace_root().join("runtime"),
            out: target_directory().join("corpus-sample"),
            config: None,
            every: None,
            figures: None,
            update: false,
            mutate: None,
            seed: 1,
            json: false,
            jobs: None,
            no_compile: false,
        }
    }
}

pub(crate) fn run(call: &Corpus) -> ExitCode {
    let (text, code) = match measure(call) {
        Ok(true) => return ExitCode::SUCCESS,
        Ok(false) => return ExitCode::FAILURE,
        Err(Failure::Call(text)) => (text, ExitCode::from(2)),
        Err(Failure::Broken(text)) => (text, ExitCode::FAILURE),
    };
    eprintln!("{text}");
    code
}

/// Runs the stages. False if a check fails.
fn measure(call: &Corpus) -> Result<bool, Failure> {
    let figures = call.figures.as_deref().map(|path| figures::Figures::read(path, call.update)).transpose()?;
    let jobs = call.jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, usize::from);
    let config = config(call)?;
    let documents = documents::find(&call.directory)?;
    let documents: Vec<_> = documents.into_iter().step_by(call.every.map_or(1, usize::from)).collect();
    let documents = match call.mutate {
        Some(count) => mutate::mutate(&documents, &config, count.get(), call.seed, &call.out.join("mutants"))?,
        None => documents,
    };
    let generated = generate::generate(&documents, &config, jobs)?;
    let modules = modules::modules(&documents, &generated.documents);
    let dependencies = if call.config.is_some() { Dependencies::AllOptions } else { Dependencies::Default };
    let crates = crates::Crates::write(&call.out, &call.runtime, dependencies, &modules)?;
    let compiled = if call.no_compile { None } else { Some(compile::compile(&crates, &modules, jobs)?) };

    let summary = summary::Summary::new(&documents, &generated, &modules, compiled.as_ref());
    let text = if call.json { table::json(&summary)? + "\n" } else { table::table(&summary) };
    print(&text)?;
    let is_success = match figures {
        Some(figures) => figures.compare(&summary)?,
        None => summary.compiled.as_ref().is_none_or(summary::Compilation::is_clean),
    };
    Ok(is_success && summary.panicked.all() == 0)
}

/// A closed pipe is no failure: its reader has read enough.
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Broken(format!("cannot write to standard output: {cause}")))
        }
        _ => Ok(()),
    }
}

fn config(call: &Corpus) -> Result<Config, Failure> {
    let read = call.config.as_ref().map(Config::from_file);
    read.unwrap_or_else(|| Ok(Config::new())).map_err(|error| Failure::Call(error.to_string()))
}
