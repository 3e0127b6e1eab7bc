//! `corpus`: every document below a directory, generated for both perspectives, compiled, and counted.
//!
//! Documents that other people wrote are the only proof that the generator makes code that compiles; this command says
//! what it makes of them, and holds the result against figures that may only improve.
//!
//! With `--mutate` the documents are changed at random first; with `--config` they are generated with other options.
//!
//! Exit codes: 0 when all is well; 1 when the generator panicked, a figure is worse or, without figures, a module fails or
//! warns, or when the compiler could not be asked; 2 when the call is wrong.

mod cargo;
mod compile;
mod crates;
mod documents;
mod figures;
mod generate;
mod groups;
mod manifest;
mod modules;
mod mutate;
mod recognise;
mod summary;
mod table;

use std::path::Path;
use std::process::ExitCode;
use std::thread;

use asyncapi_codegen::Config;

use self::crates::Dependencies;
use crate::arguments::Corpus;

/// Why there is no result.
pub(crate) enum Failure {
    /// What was asked for cannot be done.
    Call(String),
    /// Something on the way broke.
    Broken(String),
}

impl Failure {
    /// For what is done with files: `Failure::at("read", path)` makes the rest from the cause.
    fn at(verb: &str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |cause| Self::Broken(format!("cannot {verb} {}: {cause}", path.display()))
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

/// The stages; whether all is well.
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
    let dependencies = if call.config.is_some() { Dependencies::OfOptions } else { Dependencies::Usual };
    let crates = crates::Crates::write(&call.out, &call.runtime, dependencies, &modules)?;
    let compiled = if call.no_compile { None } else { Some(compile::compile(&crates, &modules, jobs)?) };

    let summary = summary::Summary::new(&documents, &generated, &modules, compiled.as_ref());
    let text = if call.json { table::json(&summary)? + "\n" } else { table::table(&summary) };
    crate::generate::print(&text).map_err(|error| Failure::Broken(error.to_string()))?;
    let is_well = match figures {
        Some(figures) => figures.hold(&summary)?,
        None => summary.compiled.as_ref().is_none_or(summary::Compilation::is_clean),
    };
    Ok(is_well && summary.panicked.all() == 0)
}

fn config(call: &Corpus) -> Result<Config, Failure> {
    let read = call.config.as_ref().map(Config::from_file);
    read.unwrap_or_else(|| Ok(Config::new())).map_err(|error| Failure::Call(error.to_string()))
}
