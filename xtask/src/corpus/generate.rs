//! Generates every document for both perspectives, in several threads.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use asyncapi_codegen::{Config, Coverage, Error, Output, Perspective, Severity, Source};

use super::Failure;
use super::documents::Document;

/// Both perspectives, with their labels in names of modules.
const PERSPECTIVES: [(Perspective, &str); 2] =
    [(Perspective::Client, "client"), (Perspective::Application, "application")];

/// The stack size of the main thread of a build script, in bytes.
const STACK: usize = 8 << 20;

/// The results of a corpus.
pub(crate) struct Generated {
    /// In the order of the documents.
    pub(crate) documents: Vec<DocumentResult>,
    pub(crate) time: Duration,
}

/// The result of a document.
pub(crate) struct DocumentResult {
    /// The labels of the perspectives with their outcomes.
    pub(crate) outcomes: [(&'static str, Outcome); 2],
    pub(crate) time: Duration,
}

pub(crate) enum Outcome {
    Code {
        text: String,
        warnings: usize,
        coverage: Coverage,
    },
    /// The message of the first error.
    Refused(String),
    /// The location and the message of the panic.
    Panicked(String),
}

/// Generates all documents.
pub(crate) fn generate(documents: &[Document], config: &Config, jobs: usize) -> Result<Generated, Failure> {
    let started = Instant::now();
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|info| LAST_PANIC.set(info.to_string())));
    let next = AtomicUsize::new(0);
    let results = thread::scope(|scope| {
        let workers: Vec<_> =
            (0..jobs).map(|_| scope.spawn(|| generate_until_done(documents, config, &next))).collect();
        workers.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    panic::set_hook(hook);
    let mut all = Vec::with_capacity(documents.len());
    for result in results {
        let ended = result.unwrap_or_else(|_| Err("a thread ended early".to_owned()));
        all.extend(ended.map_err(|text| Failure::Broken(format!("cannot generate: {text}")))?);
    }
    all.sort_by_key(|(index, _)| *index);
    let documents = all.into_iter().map(|(_, result)| result).collect();
    Ok(Generated { documents, time: started.elapsed() })
}

thread_local! {
    /// The location and the message of the last panic of this thread.
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Takes the next document until none is left.
fn generate_until_done(
    documents: &[Document],
    config: &Config,
    next: &AtomicUsize,
) -> Result<Vec<(usize, DocumentResult)>, String> {
    let mut results = Vec::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(document) = documents.get(index) else { return Ok(results) };
        if index.is_multiple_of(100) {
            eprintln!("generating {index} of {}", documents.len());
        }
        results.push((index, on_large_stack(document, config)?));
    }
}

/// Generates a document in a thread with its path as the name. A stack overflow ends the process and prints that name.
fn on_large_stack(document: &Document, config: &Config) -> Result<DocumentResult, String> {
    let name = document.path.replace('\0', "");
    thread::scope(|scope| {
        let builder = thread::Builder::new().name(name).stack_size(STACK);
        let thread =
            builder.spawn_scoped(scope, || generate_both(document, config)).map_err(|cause| cause.to_string())?;
        thread.join().map_err(|_| format!("the thread of {} ended early", document.path))
    })
}

fn generate_both(document: &Document, config: &Config) -> DocumentResult {
    let started = Instant::now();
    let source = Source::read_within(&document.root, &document.file);
    let outcomes = PERSPECTIVES.map(|(perspective, label)| (label, generate_one(&source, config, perspective)));
    DocumentResult { outcomes, time: started.elapsed() }
}

fn generate_one(source: &Result<Source, Error>, config: &Config, perspective: Perspective) -> Outcome {
    let source = match source {
        Ok(source) => source,
        Err(Error::Read { cause, .. }) => return Outcome::Refused(format!("cannot read the file: {cause}")),
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    let config = config.clone().perspective(perspective);
    catch_panic(|| config.generate(source))
}

/// A panic is an outcome, so the next document is generated.
fn catch_panic(generate: impl FnOnce() -> Result<Output, Error>) -> Outcome {
    match panic::catch_unwind(AssertUnwindSafe(generate)) {
        Ok(Ok(output)) => Outcome::Code {
            warnings: output.report().iter().count(),
            coverage: output.coverage(),
            text: output.code().to_owned(),
        },
        Ok(Err(error)) => Outcome::Refused(first_error(&error)),
        Err(_) => Outcome::Panicked(LAST_PANIC.take().trim_start_matches("panicked at ").to_owned()),
    }
}

/// Whether the generator refuses a document. A panic is no refusal.
pub(crate) fn is_refused(source: &Source, config: &Config) -> bool {
    matches!(catch_panic(|| config.generate(source)), Outcome::Refused(_))
}

fn first_error(error: &Error) -> String {
    match error {
        Error::Refused(report) => report
            .iter()
            .find(|diagnostic| diagnostic.severity() == Severity::Error)
            .map_or_else(|| "refused without an error".to_owned(), |diagnostic| diagnostic.message().to_owned()),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, PERSPECTIVES, catch_panic, generate_one};
    use asyncapi_codegen::{Config, Source};

    #[test]
    fn a_refusal_gives_its_first_error() {
        let source = Ok(Source::new("a.yaml", "asyncapi: 9.0.0\n"));
        for (perspective, _) in PERSPECTIVES {
            assert!(
                matches!(generate_one(&source, &Config::new(), perspective), Outcome::Refused(text) if text.contains("9.0.0"))
            );
        }
    }

    #[test]
    fn a_panic_is_a_failed_attempt() {
        assert!(matches!(catch_panic(|| panic!("on purpose")), Outcome::Panicked(_)));
    }
}
