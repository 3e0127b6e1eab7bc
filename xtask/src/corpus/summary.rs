//! Counts the results of a run.

use std::cmp::Reverse;
use std::time::Duration;

use asyncapi_codegen::Coverage;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::compile::Compiled;
use super::documents::Document;
use super::error_groups::{Group, Occurrence, group};
use super::generate::{DocumentResult, Generated, Outcome};
use super::manifest::Validity;
use super::modules::Modules;

/// A number of documents by their validity in the manifest.
#[derive(Clone, Copy, Default)]
pub(crate) struct Count {
    pub(crate) valid: usize,
    pub(crate) invalid: usize,
    pub(crate) unknown: usize,
}

/// Everything that is displayed and compared with figures.
#[derive(serde::Serialize)]
pub(crate) struct Summary {
    pub(crate) documents: Count,
    /// Documents that generate for both perspectives.
    pub(crate) generated: Count,
    pub(crate) with_warnings: Count,
    /// Documents that are refused for at least one perspective.
    pub(crate) refused: Count,
    pub(crate) panicked: Count,
    pub(crate) refusals: Vec<Group>,
    pub(crate) panics: Vec<Group>,
    /// The number of different modules.
    pub(crate) modules: usize,
    pub(crate) module_bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) compiled: Option<Compilation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) schema_nodes: Option<SchemaNodes>,
    pub(crate) generation_seconds: f64,
    pub(crate) slowest: Vec<Slow>,
}

/// The messages of the compiler.
#[derive(serde::Serialize)]
pub(crate) struct Compilation {
    pub(crate) failing_modules: usize,
    pub(crate) failures: Vec<Group>,
    pub(crate) rustc_warnings: Vec<Group>,
    pub(crate) clippy_warnings: Vec<Group>,
    pub(crate) seconds: f64,
}

/// The schemas with a keyword, for both perspectives.
#[derive(serde::Serialize)]
pub(crate) struct SchemaNodes {
    pub(crate) typed: u64,
    pub(crate) all: u64,
}

/// A document that took long.
#[derive(serde::Serialize)]
pub(crate) struct Slow {
    pub(crate) path: String,
    pub(crate) seconds: f64,
}

/// The number of slowest documents to display.
const SLOWEST: usize = 3;

impl Summary {
    pub(crate) fn new(
        documents: &[Document],
        generated: &Generated,
        modules: &Modules<'_>,
        compiled: Option<&Compiled>,
    ) -> Self {
        let results = &generated.documents;
        let count = |holds: &dyn Fn(&DocumentResult) -> bool| {
            let counted = documents.iter().zip(results).filter(|(_, result)| holds(result));
            Count::of_validities(counted.map(|(document, _)| document.validity))
        };
        // The message for the first perspective counts for both: they are almost always equal.
        let occurrences = |message: fn(&Outcome) -> Option<&str>| {
            let found = documents.iter().zip(results).filter_map(|(document, result)| {
                let text = outcomes(result).find_map(message)?;
                Some(Occurrence { text, path: document.path.clone(), valid: document.validity == Validity::Valid })
            });
            group(found)
        };
        Self {
            documents: count(&|_| true),
            generated: count(&|result| outcomes(result).all(|outcome| matches!(outcome, Outcome::Code { .. }))),
            with_warnings: count(&|result| outcomes(result).any(has_warnings)),
            refused: count(&|result| outcomes(result).any(|outcome| refusal(outcome).is_some())),
            panicked: count(&|result| outcomes(result).any(|outcome| panic(outcome).is_some())),
            refusals: occurrences(refusal),
            panics: occurrences(panic),
            modules: modules.all.len(),
            module_bytes: modules.all.iter().map(|module| module.text.len()).sum(),
            compiled: compiled.map(|compiled| Compilation::new(documents, modules, compiled)),
            schema_nodes: schema_nodes(results),
            generation_seconds: generated.time.as_secs_f64(),
            slowest: slowest(documents, results),
        }
    }
}

fn outcomes(result: &DocumentResult) -> impl Iterator<Item = &Outcome> {
    result.outcomes.iter().map(|(_, outcome)| outcome)
}

fn has_warnings(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Code { warnings: 1.., .. })
}

fn refusal(outcome: &Outcome) -> Option<&str> {
    if let Outcome::Refused(text) = outcome { Some(text) } else { None }
}

fn panic(outcome: &Outcome) -> Option<&str> {
    if let Outcome::Panicked(text) = outcome { Some(text) } else { None }
}

/// `None` if no schema has a keyword.
fn schema_nodes(results: &[DocumentResult]) -> Option<SchemaNodes> {
    let covered = results.iter().flat_map(outcomes).filter_map(|outcome| match outcome {
        Outcome::Code { coverage, .. } => Some(*coverage),
        _ => None,
    });
    let sum = |sum: SchemaNodes, coverage: Coverage| SchemaNodes {
        typed: sum.typed + coverage.typed,
        all: sum.all + coverage.all,
    };
    Some(covered.fold(SchemaNodes { typed: 0, all: 0 }, sum)).filter(|sum| sum.all > 0)
}

fn slowest(documents: &[Document], results: &[DocumentResult]) -> Vec<Slow> {
    let mut times: Vec<(Duration, &Document)> =
        results.iter().zip(documents).map(|(result, document)| (result.time, document)).collect();
    times.sort_by_key(|(time, _)| Reverse(*time));
    let slow =
        |(time, document): (Duration, &Document)| Slow { path: document.path.clone(), seconds: time.as_secs_f64() };
    times.into_iter().take(SLOWEST).map(slow).collect()
}

impl Compilation {
    /// Whether there is no message of rustc or clippy.
    pub(crate) fn is_clean(&self) -> bool {
        [&self.failures, &self.rustc_warnings, &self.clippy_warnings].into_iter().all(Vec::is_empty)
    }

    fn new(documents: &[Document], modules: &Modules<'_>, compiled: &Compiled) -> Self {
        let occurrences = |index: usize, text| occurrence(documents, modules, index, text);
        let warnings = |select: fn(&Compiled) -> &Vec<(usize, String)>| {
            group(select(compiled).iter().filter_map(|(index, text)| occurrences(*index, text)))
        };
        Self {
            failing_modules: compiled.failing.len(),
            failures: group(compiled.failing.iter().filter_map(|(index, text)| occurrences(*index, text))),
            rustc_warnings: warnings(|compiled| &compiled.rustc_warnings),
            clippy_warnings: warnings(|compiled| &compiled.clippy_warnings),
            seconds: compiled.time.as_secs_f64(),
        }
    }
}

/// A message about a module is about its documents. The path is that of the first one.
fn occurrence<'a>(
    documents: &[Document],
    modules: &Modules<'_>,
    index: usize,
    text: &'a str,
) -> Option<Occurrence<'a>> {
    let module = modules.all.get(index)?;
    let path = &documents.get(*module.documents.first()?)?.path;
    let valid = |document: &usize| documents.get(*document).is_some_and(|it| it.validity == Validity::Valid);
    let valid = module.documents.iter().any(valid);
    Some(Occurrence { text, path: format!("{path} ({})", module.label), valid })
}

impl Count {
    fn of_validities(validities: impl Iterator<Item = Validity>) -> Self {
        let mut count = Self::default();
        for validity in validities {
            *match validity {
                Validity::Valid => &mut count.valid,
                Validity::Invalid => &mut count.invalid,
                Validity::Unknown => &mut count.unknown,
            } += 1;
        }
        count
    }

    pub(crate) fn all(self) -> usize {
        self.valid + self.invalid + self.unknown
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        let counts = [("all", self.all()), ("valid", self.valid), ("invalid", self.invalid), ("unknown", self.unknown)];
        for (name, count) in counts {
            map.serialize_entry(name, &count)?;
        }
        map.end()
    }
}

/// The number of occurrences in all groups.
pub(crate) fn total(groups: &[Group]) -> usize {
    groups.iter().map(|group| group.count).sum()
}
