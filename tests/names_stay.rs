//! A name is a promise: whatever happens elsewhere in a document, what stays keeps its name.
//!
//! Parts of a document are taken out or moved, at random, and the public names of both outputs are compared. To put a
//! part in is to take it out, seen from the other side.
//!
//! - What stands at a place keeps its name, wherever the change moves the place; what has no name afterwards is gone.
//! - Whatever their places, after a move the names are the same, and after taking a part out there is no new one.
//!
//! Two things are related to a part that is gone, and may change with it: what met it may get the short name that this
//! frees (the warnings of the generator say who met); and an enum that lists just the names of the events is
//! `EventName`, so it becomes an enum of its own when an event of the list is gone, and the other way round.
//!
//! `PROPTEST_RNG_SEED=n PROPTEST_CASES=20000 cargo test --test names_stay` tries others than the 600 cases of every run.

#[path = "names_stay/document.rs"]
mod document;
#[path = "names_stay/public.rs"]
mod public;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use asyncapi_codegen::{Config, NameKind, Output, Perspective, Pointer, Report, Source};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;
use serde_yaml::Value;

use self::document::{Change, changes};

/// One document: what it is called in messages, what it says, and the files that it may refer to.
#[derive(Clone)]
struct Known {
    name: String,
    root: Value,
    files: Vec<(String, String)>,
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
    let mut known: Vec<Known> = Vec::new();
    let is_related = |path: &PathBuf| path.parent().is_some_and(|path| RELATED.iter().any(|name| path.ends_with(name)));
    for fixture in paths.iter().filter(|path| !is_related(path)).filter_map(|path| read(path)) {
        // Several fixtures are one document with other options.
        if known.iter().all(|other| other.root != fixture.root) {
            known.push(fixture);
        }
    }
    known
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
    let files = if refers_to_files(&root) { neighbours(path) } else { Vec::new() };
    let known = Known { name: path.display().to_string(), root, files };
    (!changes(&known.root).is_empty()).then_some(known)
}

/// The files beside a document and below, but for what is no part of one.
fn neighbours(path: &Path) -> Vec<(String, String)> {
    let Some(directory) = path.parent() else { return Vec::new() };
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let files = entries.flat_map(|entry| {
        let below = std::fs::read_dir(&entry).into_iter().flatten().flatten().map(|entry| entry.path());
        below.chain([entry.clone()]).collect::<Vec<_>>()
    });
    let is_part = |file: &Path| {
        let ending = file.extension().and_then(|ending| ending.to_str());
        file != path && file.is_file() && matches!(ending, Some("yaml" | "yml" | "json" | "avsc"))
    };
    let named = files.filter(|file| is_part(file)).filter_map(|file| {
        let name = file.strip_prefix(directory).ok()?.to_string_lossy().into_owned();
        Some((name, std::fs::read_to_string(&file).ok()?))
    });
    named.collect()
}

/// Whether a document refers to files.
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

/// What a document became.
struct Generated {
    public: BTreeSet<String>,
    output: Output,
}

fn generate(known: &Known, root: &Value, perspective: Perspective) -> Option<Generated> {
    let source = Source::new("document.yaml", serde_yaml::to_string(root).ok()?);
    let source = known.files.iter().fold(source, |source, (name, text)| source.with_file(name, text));
    let output = Config::new().perspective(perspective).generate(&source).ok()?;
    Some(Generated { public: public::names(output.code()), output })
}

/// What bears a name: its kind, its file where that is not the document, its place, and that of what it is a member of.
type Bearer = (NameKind, Option<String>, Pointer, Option<Pointer>);

impl Generated {
    /// How many names of Avro mean nothing: what is taken out may be the definition of what stays.
    fn lacks_definitions(&self) -> usize {
        self.output.report().iter().filter(|fault| fault.message().contains("is neither a type of Avro")).count()
    }

    /// The names by what bears them, with the places that these are moved to; what is moved nowhere is left out.
    fn names(&self, moved: impl Fn(&Pointer) -> Option<Pointer>) -> BTreeMap<Bearer, BTreeSet<&str>> {
        let mut names: BTreeMap<Bearer, BTreeSet<&str>> = BTreeMap::new();
        for named in self.output.names() {
            let at = if named.file().is_some() { Some(named.pointer().clone()) } else { moved(named.pointer()) };
            let owner = named.owner().map(&moved);
            let (Some(at), None | Some(Some(_))) = (at, &owner) else { continue };
            let bearer = (named.kind(), named.file().map(str::to_owned), at, owner.flatten());
            names.entry(bearer).or_default().insert(named.name());
        }
        names
    }
}

/// The names that may come free: of those who met a part that is gone.
fn freed(report: &Report, reached: &[Pointer], root: &Value) -> BTreeSet<String> {
    let texts = Change::texts(root, reached);
    let mut freed = BTreeSet::new();
    for diagnostic in report.iter() {
        let quoted: Vec<&str> = diagnostic.message().split('`').skip(1).step_by(2).collect();
        let pointer = diagnostic.pointer().map(|pointer| pointer.as_str().to_owned()).unwrap_or_default();
        if diagnostic.message().contains("would both be") {
            // `a` and `b` would both be `plain`, so this one is called `name`.
            let named = &quoted[..quoted.len().saturating_sub(2)];
            let is_above = |gone: &Pointer| {
                pointer.strip_prefix(gone.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let below = reached.iter().any(is_above);
            let meets = below || named.iter().any(|name| texts.iter().any(|text| text == name));
            if let (true, Some(plain)) = (meets, quoted.iter().rev().nth(1)) {
                freed.insert((*plain).to_owned());
            }
        } else if diagnostic.message().starts_with("several types are called") {
            freed.extend(
                quoted.first().filter(|plain| texts.iter().any(|text| text == *plain)).map(|plain| (*plain).to_owned()),
            );
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
    let Some(owner) = owner(name).filter(|owner| owner != "EventName") else { return false };
    // The part that is gone may be one of the enum's own values.
    let is_list = |names, events| {
        let (values, events) = (values(names, &owner), values(events, "EventName"));
        !values.is_empty() && values.is_subset(&events) && values.len() + 1 >= events.len()
    };
    is_list(after, before) || is_list(before, after)
}

/// The events that a part that is gone was a message of too: messages that share a name go by that, and one alone by its
/// key.
fn shared(after: &BTreeSet<String>, texts: &[String]) -> Vec<String> {
    let events = after.iter().filter_map(|name| name.strip_prefix("EventName: Self::")?.split_once(" = "));
    let shared = events.filter(|(_, value)| texts.iter().any(|text| *value == format!("{text:?}")));
    shared.map(|(event, _)| letters(event)).collect()
}

/// What is the same in every case of a name.
fn letters(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// Names without the marks that tell apart what is called the same: who had a mark has met somebody.
fn unmarked(names: &BTreeSet<String>) -> BTreeSet<String> {
    names.iter().map(|name| without_mark(name)).collect()
}

fn without_mark(name: &str) -> String {
    let mut plain = name.to_owned();
    while let Some(start) = plain.match_indices(['x', 'X']).map(|(start, _)| start).find(|start| {
        let digits = plain.get(start + 1..start + 5).unwrap_or_default();
        digits.len() == 4 && digits.chars().all(|sign| sign.is_ascii_hexdigit())
    }) {
        plain.replace_range(start..start + 5, "");
    }
    plain.replace([' ', '_'], "")
}

/// Whether a name belongs to the union of an operation's messages, of which one is gone: of a single one
/// there is no union.
fn joins_messages(name: &str, change: &Change) -> bool {
    let is_message = change.gone().is_some_and(|gone| gone.contains("/message/oneOf/") || gone.contains("/messages/"));
    is_message && name.split([' ', ':', '.']).any(|word| word.ends_with("Message"))
}

/// Whether a union, with an alternative of its own less, is the one type that the others are, under its name: two kinds of
/// number are one to Rust.
fn is_left_alone(name: &str, change: &Change, before: &Generated) -> bool {
    let (Some(gone), Some(alias)) = (change.gone(), name.strip_prefix("type ")) else { return false };
    let is_alternative_of = |union: &Pointer| {
        let rest = gone.strip_prefix(union.as_str()).unwrap_or_default();
        let index = rest.strip_prefix("/oneOf/").or_else(|| rest.strip_prefix("/anyOf/"));
        index.is_some_and(|index| !index.contains('/'))
    };
    let types = before.output.names().iter().filter(|named| named.kind() == NameKind::Type && named.file().is_none());
    let mut unions = types.filter(|named| named.name() == alias);
    before.public.contains(&format!("union {alias}")) && unions.any(|named| is_alternative_of(named.pointer()))
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
    let Some(before) = generate(known, &known.root, perspective) else { return Ok(()) };
    // What something else refers to cannot be taken out.
    let Some(after) = generate(known, &change.apply(&known.root), perspective) else { return Ok(()) };
    if after.lacks_definitions() > before.lacks_definitions() {
        return Ok(());
    }
    let reached = change.reached(&known.root);
    let freed = freed(before.output.report(), &reached, &known.root);
    let shared = shared(&after.public, &Change::texts(&known.root, &reached));
    let met = if change.gone().is_some() { unmarked(&before.public) } else { BTreeSet::new() };
    let is_related = |name: &str| {
        is_freed(name, &freed)
            || name.split([' ', ':', '.']).any(|word| shared.contains(&letters(word)))
            || lists_the_events(name, &before.public, &after.public)
            || joins_messages(name, change)
            || is_left_alone(name, change, &before)
            || met.contains(&name.replace([' ', '_'], ""))
    };
    let appeared = after.public.difference(&before.public).filter(|name| !is_related(name));
    // Whether there is anything to give to `new` is a matter of what is required, not of names.
    let appeared: Vec<&String> = appeared.filter(|name| name.rsplit('.').next() != Some("new")).collect();
    prop_assert!(appeared.is_empty(), "{}: {change:?}: these appeared: {appeared:#?}", known.name);
    if change.gone().is_none() {
        let lost: Vec<&String> = before.public.difference(&after.public).collect();
        prop_assert!(lost.is_empty(), "{}: {change:?}: these are lost: {lost:#?}", known.name);
    }
    let was = before.names(|pointer| change.moved(&known.root, pointer));
    let is = after.names(|pointer| Some(pointer.clone()));
    for (bearer, names) in &was {
        let now = is.get(bearer);
        let has_lost_its_mark = |name: &str| {
            change.gone().is_some() && names.iter().any(|was| without_mark(was) == name.replace([' ', '_'], ""))
        };
        let is_fine = match now {
            Some(now) => now.iter().all(|name| names.contains(name) || is_related(name) || has_lost_its_mark(name)),
            // Of what stands twice, another may bear the name after a move.
            None if change.gone().is_none() => true,
            None => belonged(bearer, &reached) || type_names(bearer, &was).iter().any(|name| is_related(name)),
        };
        prop_assert!(is_fine, "{}: {change:?}: {bearer:?} was called {names:?} and is called {now:?}", known.name);
    }
    Ok(())
}

/// The names of the type that bears a name or has the member that does.
fn type_names<'a>((_, file, at, owner): &Bearer, names: &BTreeMap<Bearer, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let owner = (NameKind::Type, file.clone(), owner.as_ref().unwrap_or(at).clone(), None);
    names.get(&owner).cloned().unwrap_or_default()
}

/// Whether what has no name any more belonged to what was taken out: it stands where that leads to, or around it.
fn belonged((_, file, at, _): &Bearer, reached: &[Pointer]) -> bool {
    let is_below = |at: &Pointer, above: &Pointer| {
        at.as_str().strip_prefix(above.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let surrounds = reached.first().is_some_and(|gone| is_below(gone, at));
    // What stands in a file is read only where something refers to it.
    surrounds || file.is_some() || reached.iter().any(|above| is_below(at, above))
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

/// Fixtures whose parts make one another: a change of one is a change of the other, and nothing in them is unrelated.
const RELATED: [&str; 8] = [
    // A field is what several conditions say of it. The three are one document, with other options.
    "conditions",
    "conditions-as-written",
    "conditions-validated",
    // A property is what two parts of an `allOf` say of it.
    "conjunctions",
    // A schema stands for those that build on it.
    "hierarchies",
    // Each of several unions has the alternatives of the others.
    "unions-round",
    // An overlay describes what is taken out.
    "overlays-files",
    // A property whose values are the events' names tells events apart, and one with others does not.
    "routing-names",
];

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

/// Of these, a number is left where the whole one is taken out.
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
fn a_union_is_left_alone_by_its_own_alternative_and_by_no_other() {
    let root: Value = serde_yaml::from_str(NUMBERS).expect("it is YAML");
    let known = Known { name: "numbers".to_owned(), root, files: Vec::new() };
    let before = generate(&known, &known.root, Perspective::Client).expect("it generates");
    assert!(before.public.contains("union Amount"), "{:?}", before.public);
    let mut left = Vec::new();
    for change in changes(&known.root) {
        let after = generate(&known, &change.apply(&known.root), Perspective::Client).expect("it generates");
        check(&known, &change, Perspective::Client).expect("every name stays");
        let is_alternative = change.gone().is_some_and(|gone| gone.starts_with("/components/schemas/Amount/oneOf/"));
        assert_eq!(is_left_alone("type Amount", &change, &before), is_alternative, "{change:?}");
        left.extend(after.public.contains("type Amount").then(|| change.gone()));
    }
    assert_eq!(left, [Some("/components/schemas/Amount/oneOf/0".to_owned())]);
}
