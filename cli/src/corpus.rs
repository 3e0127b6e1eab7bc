//! `corpus`: every document below a directory, generated for both perspectives, compiled, and counted.
//!
//! Documents that other people wrote are the only proof that the generator makes code that compiles; this command says
//! what it makes of them, and holds the result against figures that may only improve.
//!
//! With `--mutate` the documents are changed at random first, and everything that generates must compile without a warning.
//!
//! Exit codes: 0 when all is well, 1 when a figure is worse, the generator panicked, a changed document's module fails or
//! warns, or the compiler could not be asked, 2 when the call is wrong.

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
    let documents = documents::find(&call.directory)?;
    let documents = match call.mutate {
        Some(count) => mutate::mutate(&documents, count.get(), call.seed, &call.out.join("mutants"))?,
        None => documents,
    };
    let generated = generate::generate(&documents, jobs)?;
    let modules = modules::modules(&documents, &generated.documents);
    let crates = crates::Crates::write(&call.out, &call.runtime, &modules)?;
    let compiled = if call.no_compile { None } else { Some(compile::compile(&crates, &modules, jobs)?) };

    let summary = summary::Summary::new(&documents, &generated, &modules, compiled.as_ref());
    let text = if call.json { table::json(&summary)? + "\n" } else { table::table(&summary) };
    crate::generate::print(&text).map_err(|error| Failure::Broken(error.to_string()))?;
    let held = figures.map_or(Ok(true), |figures| figures.hold(&summary))?;
    let is_clean = call.mutate.is_none() || summary.compiled.as_ref().is_none_or(summary::Compilation::is_clean);
    Ok(held && is_clean && summary.panicked.all() == 0)
}
