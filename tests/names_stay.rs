//! A name is a promise: whatever happens elsewhere in a document, what stays keeps its name.
//!
//! Parts of a document are taken out or moved, at random, and the public names of both outputs are compared. To put a
//! part in is to take it out, seen from the other side.
//!
//! - After a move, the names are the same.
//! - After taking a part out, there is no name that was not there before: what is left has been renamed otherwise.
//!
//! Two things are related to a part that is gone, and may change with it: what met it may get the short name that this
//! frees (the warnings of the generator say who met); and an enum that lists just the names of the events is
//! `EventName`, so it becomes an enum of its own when an event of the list is gone, and the other way round.

#[path = "names_stay/document.rs"]
mod document;
#[path = "names_stay/public.rs"]
mod public;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use asyncapi_codegen::{Config, Perspective, Report, Source};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;
use serde_yaml::Value;

use self::document::{Change, changes};

/// One document: what it is called in messages, and what it says.
#[derive(Clone)]
struct Known {
    name: String,
    root: Value,
}

impl fmt::Debug for Known {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The inputs of the fixtures.
fn fixtures() -> Vec<Known> {
    let fixtures = std::fs::read_dir(root().join("tests/fixtures")).expect("the fixtures are there").flatten();
    let mut paths: Vec<PathBuf> = fixtures.map(|fixture| fixture.path().join("input.yaml")).collect();
    paths.sort();
    // Two types of Avro with one short name go by their full names, and one that remains has its short name back.
    let is_avro = |path: &&PathBuf| path.to_string_lossy().contains("avro");
    paths.iter().filter(|path| !is_avro(path)).filter_map(|path| read(path)).collect()
}

/// The documents of other people, where they are at hand.
fn corpus() -> Vec<Known> {
    let corpus = root().join("../shared/corpus");
    if !corpus.is_dir() {
        eprintln!("skipped: the documents of other people, since there is no {}", corpus.display());
    }
    let mut paths = Vec::new();
    find(&corpus, &mut paths);
    paths.sort();
    paths.iter().filter_map(|path| read(path)).collect()
}

fn find(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() {
            find(&path, paths);
        } else if matches!(ending, "yaml" | "yml" | "json") {
            paths.push(path);
        }
    }
}

/// A document that has parts to change.
fn read(path: &Path) -> Option<Known> {
    let root: Value = serde_yaml::from_str(&std::fs::read_to_string(path).ok()?).ok()?;
    root.get("asyncapi")?;
    let known = Known { name: path.display().to_string(), root };
    (!changes(&known.root).is_empty()).then_some(known)
}

fn generate(root: &Value, perspective: Perspective) -> Option<(BTreeSet<String>, Report)> {
    let text = serde_yaml::to_string(root).ok()?;
    let output = Config::new().perspective(perspective).generate(&Source::new("document.yaml", text)).ok()?;
    Some((public::names(output.code()), output.report().clone()))
}

/// The names that may come free: of those who met a part that is gone.
fn freed(report: &Report, change: &Change, root: &Value) -> BTreeSet<String> {
    let texts = change.texts(root);
    let gone = change.gone().unwrap_or_default();
    let letters = |text: &str| text.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>().to_lowercase();
    let mut freed = BTreeSet::new();
    for diagnostic in report.iter() {
        let quoted: Vec<&str> = diagnostic.message().split('`').skip(1).step_by(2).collect();
        let pointer = diagnostic.pointer().map(|pointer| pointer.as_str().to_owned()).unwrap_or_default();
        if diagnostic.message().contains("would both be") {
            // `a` and `b` would both be `plain`, so this one is called `name`.
            let named = &quoted[..quoted.len().saturating_sub(2)];
            let below = pointer == gone || pointer.starts_with(&format!("{gone}/"));
            let meets = below || named.iter().any(|name| texts.iter().any(|text| text == name));
            if let (true, Some(plain)) = (meets, quoted.iter().rev().nth(1)) {
                freed.insert((*plain).to_owned());
            }
        } else if diagnostic.message().contains("is taken, so") {
            let plain = quoted.iter().take(1).filter(|plain| texts.iter().any(|text| letters(text) == letters(plain)));
            freed.extend(plain.map(|plain| (*plain).to_owned()));
        }
    }
    freed
}

/// Whether a name belongs to an enum that listed the events before the change, or lists them since.
fn lists_the_events(name: &str, before: &BTreeSet<String>, after: &BTreeSet<String>) -> bool {
    let owner = |name: &str| {
        name.split([' ', ':', '.', '=']).find(|word| word.starts_with(char::is_uppercase)).map(str::to_owned)
    };
    let values = |names: &BTreeSet<String>, owner: &str| -> BTreeSet<String> {
        let start = format!("{owner}: ");
        names
            .iter()
            .filter_map(|name| name.strip_prefix(&start)?.split_once(" = "))
            .map(|(_, value)| value.to_owned())
            .collect()
    };
    let Some(owner) = owner(name) else { return false };
    // The part that is gone may be one of the enum's own values.
    let is_list = |names, events| {
        let (values, events) = (values(names, &owner), values(events, "EventName"));
        !values.is_empty() && values.is_subset(&events) && values.len() + 1 >= events.len()
    };
    is_list(after, before) || is_list(before, after)
}

/// Names without the marks that tell apart what is called the same: who had a mark has met somebody.
fn unmarked(names: &BTreeSet<String>) -> BTreeSet<String> {
    let plain = |name: &String| {
        let mut plain = name.clone();
        while let Some(start) = plain.match_indices(['x', 'X']).map(|(start, _)| start).find(|start| {
            let digits = plain.get(start + 1..start + 5).unwrap_or_default();
            digits.len() == 4 && digits.chars().all(|sign| sign.is_ascii_hexdigit())
        }) {
            plain.replace_range(start..start + 5, "");
        }
        plain.replace([' ', '_'], "")
    };
    names.iter().map(plain).collect()
}

/// Whether a name belongs to the union of an operation's messages, of which one is gone: where one of them has no
/// payload there is no union.
fn joins_messages(name: &str, change: &Change) -> bool {
    let is_message = change.gone().is_some_and(|gone| gone.contains("/message/oneOf/") || gone.contains("/messages/"));
    is_message && name.split([' ', ':', '.']).any(|word| word.ends_with("Message"))
}

/// Whether a name is one that came free, perhaps with a mark of its case, or of something inside what got it.
fn is_freed(name: &str, freed: &BTreeSet<String>) -> bool {
    let words: Vec<&str> = name.split([' ', ':', '.', '=']).collect();
    let plain = |word: &str| {
        ["Upper", "Lower", "upper_", "lower_"]
            .iter()
            .find_map(|mark| word.strip_prefix(mark))
            .is_some_and(|rest| freed.contains(rest))
    };
    words.iter().any(|word| plain(word))
        || freed
            .iter()
            .any(|free| words.iter().any(|word| word == free || word.starts_with(free.as_str()) && free.len() > 3))
}

fn check(known: &Known, change: &Change, perspective: Perspective) -> Result<(), TestCaseError> {
    let Some((before, report)) = generate(&known.root, perspective) else { return Ok(()) };
    // What something else refers to cannot be taken out.
    let Some((after, _)) = generate(&change.apply(&known.root), perspective) else { return Ok(()) };
    let freed = freed(&report, change, &known.root);
    let appeared = after.difference(&before).filter(|name| !is_freed(name, &freed));
    let appeared = appeared.filter(|name| !lists_the_events(name, &before, &after));
    // Whether there is anything to give to `new` is a matter of what is required, not of names.
    let appeared = appeared.filter(|name| name.rsplit('.').next() != Some("new"));
    let appeared: Vec<&String> = appeared.filter(|name| !joins_messages(name, change)).collect();
    let met = if change.gone().is_some() { unmarked(&before) } else { BTreeSet::new() };
    let appeared: Vec<&String> =
        appeared.into_iter().filter(|name| !met.contains(&name.replace([' ', '_'], ""))).collect();
    prop_assert!(appeared.is_empty(), "{}: {change:?}: these appeared: {appeared:#?}", known.name);
    if change.gone().is_none() {
        let lost: Vec<&String> = before.difference(&after).collect();
        prop_assert!(lost.is_empty(), "{}: {change:?}: these are lost: {lost:#?}", known.name);
    }
    Ok(())
}

#[test]
fn what_stays_keeps_its_name() {
    let documents: Vec<Known> = fixtures().into_iter().chain(corpus()).collect();
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(600);
    // The same cases every time, so that a change is to blame for what fails; `PROPTEST_RNG_SEED` chooses others.
    let seed = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let rng_seed = RngSeed::Fixed(seed);
    let config = ProptestConfig { cases, rng_seed, failure_persistence: None, ..ProptestConfig::default() };
    let perspectives = select(vec![Perspective::Client, Perspective::Application]);
    proptest!(config, |(known in select(documents), at in any::<Index>(), perspective in perspectives)| {
        let changes = changes(&known.root);
        check(&known, &changes[at.index(changes.len())], perspective)?;
    });
}

/// Every change of every fixture: what chance might miss.
#[test]
fn what_stays_in_the_fixtures_keeps_its_name() {
    let mut faults = Vec::new();
    for known in fixtures() {
        for change in changes(&known.root) {
            faults.extend(check(&known, &change, Perspective::Client).err().map(|fault| fault.to_string()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
