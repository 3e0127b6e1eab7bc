//! Names are stable: a change in one part of a document does not rename the other parts.
//!
//! A test deletes or moves one part of a document, generates code before and after, and compares the public names. Adding
//! a part is the reverse of deleting it. [`check`] says what may change.

mod change;
mod check;
mod public_names;

use std::fmt;
use std::path::{Path, PathBuf};
use std::{env, fs};

use asyncapi_codegen::Perspective;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;
use serde_yaml::Value;

use self::change::{Change, changes};
use self::check::{Generated, becomes_alias, check};
use super::{case_count, fixture_directories};

/// The short test checks one of so many changes of the fixtures.
const SAMPLE: usize = 97;

/// Each of these documents has parts that determine the name of another part, so a change of one renames the other.
const INTERDEPENDENT: [&str; 7] = [
    // A field has the type that several conditions give it. The three fixtures are one document with different options.
    "conditions",
    "conditions-as-written",
    "conditions-validated",
    // Two schemas of an `allOf` declare the same property.
    "conjunctions",
    // A schema is the union of its subtypes.
    "hierarchies",
    // Each of several unions includes the alternatives of the others.
    "unions-round",
    // An overlay refers to the deleted part.
    "overlays-files",
];

/// A document.
#[derive(Clone)]
struct Document {
    /// Its path.
    name: String,
    root: Value,
    /// The files that the document may refer to: their names and texts.
    files: Vec<(String, String)>,
}

impl fmt::Debug for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

#[test]
fn a_sample_of_changes_of_the_fixtures_keeps_the_other_names() {
    check_fixtures(SAMPLE);
}

#[test]
#[ignore = "takes long; cargo xtask names"]
fn every_change_of_the_fixtures_keeps_the_other_names() {
    check_fixtures(1);
}

/// Checks every `step`-th change of the fixtures.
fn check_fixtures(step: usize) {
    let documents = fixtures();
    let changes = documents.iter().flat_map(|document| {
        let both = [Perspective::Client, Perspective::Application];
        changes(&document.root).into_iter().flat_map(move |change| both.map(|side| (document, change.clone(), side)))
    });
    let failed = changes.step_by(step).filter_map(|(document, change, side)| check(document, &change, side).err());
    let failed: Vec<String> = failed.map(|error| error.to_string()).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// `ASYNCAPI_CORPUS` is a directory with documents. `PROPTEST_RNG_SEED` chooses other cases.
#[test]
#[ignore = "needs documents of other authors; cargo xtask names"]
fn random_changes_of_a_corpus_keep_the_other_names() {
    let documents = corpus();
    assert!(documents.len() > 100, "only {} documents", documents.len());
    let seed = env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let config = ProptestConfig {
        cases: case_count(600),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let perspectives = select(vec![Perspective::Client, Perspective::Application]);
    proptest!(config, |(document in select(documents), at in any::<Index>(), perspective in perspectives)| {
        let changes = changes(&document.root);
        check(&document, &changes[at.index(changes.len())], perspective)?;
    });
}

/// `say` and `bye` receive the same message, so addresses route events. Without `say`, the property `event` does, and the
/// function `event_name` reads it.
const ONE_MESSAGE_TWICE: &str = "
asyncapi: 3.0.0
info: {title: Names, version: '1'}
channels:
  orders: {address: orders, messages: {gone: {$ref: '#/components/messages/gone'}}}
  plain: {address: plain, messages: {gone: {$ref: '#/components/messages/gone'}}}
operations:
  say: {action: receive, channel: {$ref: '#/channels/orders'}}
  bye: {action: receive, channel: {$ref: '#/channels/plain'}}
  tell: {action: send, channel: {$ref: '#/channels/plain'}}
components:
  messages:
    gone: {name: gone, payload: {$ref: '#/components/schemas/Gone'}}
  schemas:
    Gone: {type: object, required: [event], properties: {event: {enum: [gone]}, id: {type: string}}}
";

#[test]
fn without_one_of_two_operations_the_event_name_may_route() {
    let document = inline_document(ONE_MESSAGE_TWICE);
    let change = Change::Delete(vec!["operations".to_owned()], 0, "say".to_owned());
    assert!(changes(&document.root).contains(&change));
    let names = |root| Generated::new(&document, root, Perspective::Application).expect("it generates").public;
    let (before, after) = (names(&document.root), names(&change.apply(&document.root)));
    let added: Vec<&String> = after.difference(&before).collect();
    assert_eq!(added, ["fn event_name"]);
    for change in changes(&document.root) {
        for perspective in [Perspective::Client, Perspective::Application] {
            check(&document, &change, perspective).expect("every other name stays");
        }
    }
}

/// Without the integer, both other alternatives of `Amount` are `f64`.
const NUMBERS: &str = "
asyncapi: 2.6.0
info: {title: Numbers, version: '1'}
channels:
  amounts: {subscribe: {message: {name: amount, payload: {$ref: '#/components/schemas/Amount'}}}}
components:
  schemas:
    Amount: {oneOf: [{type: integer}, {type: number}, {type: number, format: double}]}
    Other: {oneOf: [{type: integer}, {type: string}, {type: boolean}]}
";

#[test]
fn a_union_becomes_an_alias_only_if_one_of_its_alternatives_is_deleted() {
    let document = inline_document(NUMBERS);
    let generate = |root: &Value| Generated::new(&document, root, Perspective::Client).expect("it generates");
    let before = generate(&document.root);
    assert!(before.public.contains("union Amount"), "{:?}", before.public);
    let mut deleted = Vec::new();
    for change in changes(&document.root) {
        check(&document, &change, Perspective::Client).expect("every other name stays");
        let is_alternative =
            change.deleted().is_some_and(|pointer| pointer.starts_with("/components/schemas/Amount/oneOf/"));
        assert_eq!(becomes_alias("type Amount", &change, &before), is_alternative, "{change:?}");
        let after = generate(&change.apply(&document.root));
        deleted.extend(after.public.contains("type Amount").then(|| change.deleted()));
    }
    assert_eq!(deleted, [Some("/components/schemas/Amount/oneOf/0".to_owned())]);
}

fn inline_document(text: &str) -> Document {
    let root = serde_yaml::from_str(text).expect("the text is YAML");
    Document { name: "inline".to_owned(), root, files: Vec::new() }
}

/// The documents of the fixtures. Several fixtures with one document count once.
fn fixtures() -> Vec<Document> {
    let mut documents: Vec<Document> = Vec::new();
    let directories = fixture_directories().into_iter();
    for directory in directories.filter(|path| INTERDEPENDENT.iter().all(|name| !path.ends_with(name))) {
        let read = read_document(&directory.join("input.yaml"));
        documents.extend(read.filter(|read| documents.iter().all(|document| document.root != read.root)));
    }
    documents
}

fn corpus() -> Vec<Document> {
    let directory = env::var_os("ASYNCAPI_CORPUS").expect("ASYNCAPI_CORPUS is set to a directory with documents");
    let mut paths = Vec::new();
    find_files(Path::new(&directory), &mut paths);
    paths.sort();
    paths.iter().filter_map(|path| read_document(path)).collect()
}

fn find_files(directory: &Path, paths: &mut Vec<PathBuf>) {
    for path in fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            find_files(&path, paths);
        } else if has_extension(&path, &["yaml", "yml", "json"]) {
            paths.push(path);
        }
    }
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().and_then(|extension| extension.to_str()).is_some_and(|it| extensions.contains(&it))
}

/// The document, if it has a part to change.
fn read_document(path: &Path) -> Option<Document> {
    let root: Value = serde_yaml::from_str(&fs::read_to_string(path).ok()?).ok()?;
    root.get("asyncapi")?;
    let files = if refers_to_files(&root) { neighbours(path) } else { Vec::new() };
    let document = Document { name: path.display().to_string(), root, files };
    (!changes(&document.root).is_empty()).then_some(document)
}

/// The other files in the directory of a document and in the directories of that, with their relative paths.
fn neighbours(document: &Path) -> Vec<(String, String)> {
    let Some(directory) = document.parent() else { return Vec::new() };
    let entries = |path: &Path| fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let files = entries(directory).flat_map(|entry| entries(&entry).chain([entry.clone()]).collect::<Vec<_>>());
    let is_referable =
        |file: &PathBuf| file != document && file.is_file() && has_extension(file, &["yaml", "yml", "json", "avsc"]);
    let named = files.filter(is_referable).filter_map(|file| {
        let name = file.strip_prefix(directory).ok()?.to_string_lossy().into_owned();
        Some((name, fs::read_to_string(&file).ok()?))
    });
    named.collect()
}

fn refers_to_files(root: &Value) -> bool {
    match root {
        Value::Mapping(entries) => entries.iter().any(|(key, value)| match value {
            Value::String(text) => key.as_str() == Some("$ref") && !text.starts_with('#'),
            value => refers_to_files(value),
        }),
        Value::Sequence(items) => items.iter().any(refers_to_files),
        _ => false,
    }
}
