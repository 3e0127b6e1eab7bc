//! The JSON Schema test suite, draft 7: what is valid is accepted and comes back as it was.
//!
//! Each schema becomes a component of a document of its own, the types of all of them are compiled into one program, and
//! that reads and writes every instance. What is refused although it is valid, or comes back as something else, is listed
//! with its reason in `tests/json-schema-suite.json`, which may only become shorter.
//!
//! The suite takes schemas at their word, so the types are made with options that do so too; the figures without them stand
//! beside.

mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use asyncapi_codegen::{Config, Untyped, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;

use self::program::{Check, Module, Outcome, Stands, same};

/// Set to write what is now as what is expected.
const UPDATE: &str = "UPDATE_EXPECTED";

/// One schema of the suite, and what it says of instances.
#[derive(Clone, Deserialize)]
struct Group {
    description: String,
    schema: Value,
    tests: Vec<Case>,
}

#[derive(Clone, Deserialize, Serialize)]
struct Case {
    description: String,
    data: Value,
    valid: bool,
}

/// What is expected: the figures, and what is not as it should be.
#[derive(Default, Deserialize, Eq, PartialEq, Serialize)]
struct Expected {
    valid: usize,
    invalid: usize,
    by_default: ByDefault,
    /// Valid instances that do not decode, by file and description, with the reason.
    refused: BTreeMap<String, String>,
    /// Valid instances that come back as something else.
    changed: BTreeMap<String, String>,
    validated: Validated,
    /// The same of the files that the suite lists as optional: formats, and what not every language can do.
    optional: Validated,
}

/// What becomes of instances without any option.
#[derive(Default, Deserialize, Eq, PartialEq, Serialize)]
struct ByDefault {
    /// How many valid instances decode, and how many of those come back as they were.
    decoded: usize,
    kept: usize,
    /// How many invalid instances do not decode; the rest needs validation.
    rejected: usize,
    /// Valid instances that do not decode, or come back as something else, by the reason.
    exceptions: BTreeMap<String, BTreeSet<String>>,
}

/// Why valid instances are refused by default, though not with `Untyped::AsWritten`.
const MEANT: &str =
    "what speaks of properties or items, and names no type, is taken for an object or a list, as authors mean it";

/// Why valid instances come back as something else by default, though not with `keep_unknown`.
const DROPPED: &str = "what no schema names is dropped, unless `Config::keep_unknown` asks for it";

/// What is expected of full validation: of decoding and `validate` together.
#[derive(Default, Deserialize, Eq, PartialEq, Serialize)]
struct Validated {
    /// How many invalid instances are rejected.
    rejected: usize,
    /// Invalid instances that are not.
    passed: BTreeSet<String>,
    /// Valid instances that decode, and are said to be invalid.
    contradicted: BTreeSet<String>,
    /// Schemas that the generator refuses, so that every instance counts as rejected.
    without_code: BTreeSet<String>,
}

#[test]
fn what_is_valid_is_accepted_and_comes_back() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/json-schema-test-suite/draft7");
    if !suite.is_dir() {
        eprintln!("skipped: the JSON Schema test suite is not at {}", suite.display());
        return;
    }
    let optional = ["optional", "optional/format"].map(|directory| groups(&suite.join(directory))).concat();
    let groups = groups(&suite);
    assert!(groups.len() > 200 && optional.len() > 50, "the suite is there, and most of it is missing");
    let mut found = run(&groups, &optional, &copies_of_remotes(&suite));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/json-schema-suite.json");
    let read = || -> Expected {
        serde_json::from_str(&fs::read_to_string(&path).expect("the figures are there")).expect("they are readable")
    };
    let expected = read();
    // Reasons are written by hand.
    for (found, expected) in [(&mut found.refused, &expected.refused), (&mut found.changed, &expected.changed)] {
        for (label, reason) in found {
            if let Some(known) = expected.get(label) {
                reason.clone_from(known);
            }
        }
    }
    if env::var_os(UPDATE).is_some() {
        let text = serde_json::to_string_pretty(&found).expect("figures are JSON") + "\n";
        fs::write(&path, text).expect("the figures can be written");
    }
    let expected = read();
    let kept = found.valid - found.refused.len() - found.changed.len();
    println!("{kept} of {} valid instances accepted and kept; by default {}", found.valid, found.by_default.kept);
    let news: Vec<&String> = found.refused.keys().filter(|label| !expected.refused.contains_key(*label)).collect();
    assert!(news.is_empty(), "valid, and refused now: {news:#?}");
    let news: Vec<&String> = found.changed.keys().filter(|label| !expected.changed.contains_key(*label)).collect();
    assert!(news.is_empty(), "valid, and changed now: {news:#?}");
    let reasons = expected.refused.iter().chain(&expected.changed);
    let without: Vec<&String> = reasons.filter(|(_, reason)| reason.is_empty()).map(|(label, _)| label).collect();
    assert!(without.is_empty(), "write the reason of each into {}: {without:#?}", path.display());
    for (found, expected) in [(&found.validated, &expected.validated), (&found.optional, &expected.optional)] {
        let news: Vec<&String> = found.passed.difference(&expected.passed).collect();
        assert!(news.is_empty(), "invalid, and passes validation now: {news:#?}");
        let news: Vec<&String> = found.contradicted.difference(&expected.contradicted).collect();
        assert!(news.is_empty(), "valid, and does not pass validation now: {news:#?}");
    }
    let rejected = found.by_default.rejected;
    assert!(rejected >= expected.by_default.rejected, "{rejected} invalid instances are rejected by decoding now");
    let kept = found.by_default.kept;
    assert!(kept >= expected.by_default.kept, "{kept} valid instances are accepted and kept by default now");
    assert!(found == expected, "the figures are better: {UPDATE}=1 cargo test --test json_schema_suite keeps them");
}

/// Where the suite expects its remote schemas; here, those are files that the team keeps.
const SERVER: &str = "http://localhost:1234/";

/// A directory with what a team would have: copies of the remote schemas of draft 7, by their names on the server.
fn copies_of_remotes(suite: &Path) -> TempDir {
    let root = suite.join("../remotes");
    let copies = tempfile::tempdir().expect("a directory");
    let mut pending = vec![root.clone()];
    while let Some(directory) = pending.pop() {
        for path in fs::read_dir(&directory).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let name = path.strip_prefix(&root).expect("below");
            let copy = copies.path().join("remotes").join(name);
            if path.is_dir() {
                let name = name.to_string_lossy();
                let is_other_draft = name != "draft7" && (name.starts_with("draft") || name.starts_with('v'));
                pending.extend((!is_other_draft).then_some(path));
            } else if path.extension().is_some_and(|ending| ending == "json") {
                fs::create_dir_all(copy.parent().expect("it has one")).expect("a directory");
                fs::copy(&path, &copy).expect("the suite can be read");
            }
        }
    }
    copies
}

/// Every schema of the files in a directory, by file and description.
fn groups(suite: &Path) -> Vec<(String, Group)> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(suite).expect("the suite can be read").flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut groups = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "json")) {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("plain names");
        let text = fs::read_to_string(file).expect("the suite can be read");
        let listed: Vec<Group> = serde_json::from_str(&text).expect("the suite is JSON");
        groups.extend(listed.into_iter().map(|group| (format!("{name}: {}", group.description), group)));
    }
    groups
}

/// The types of a schema as a component, from files as a team has them.
fn code(schema: &Value, config: &Config, copies: &TempDir) -> Result<String, String> {
    let document = json!({
        "asyncapi": "2.6.0",
        "info": {"title": "Suite", "version": "1"},
        "channels": {},
        "components": {"schemas": program::held("schema.json")},
    });
    let directory = tempfile::tempdir_in(copies).expect("a directory");
    let write = |name: &str, value: &Value| {
        let path = directory.path().join(name);
        fs::write(&path, value.to_string()).expect("a file");
        path
    };
    write("schema.json", schema);
    let path = write("suite.json", &document);
    let config = config.clone().root(copies.path()).map_url(SERVER, copies.path().join("remotes"));
    let output = config.read(path).and_then(|source| config.generate(&source)).map_err(|error| error.to_string())?;
    Ok(output.code().to_owned())
}

/// Compiles the types of every schema into one program, once for each set of options, and runs every instance through it.
fn run(groups: &[(String, Group)], optional: &[(String, Group)], copies: &TempDir) -> Expected {
    let by_default = Config::new().types_only();
    let exact = by_default.clone().untyped_schemas(Untyped::AsWritten).keep_unknown("/**");
    let full = by_default.clone().validation(Validation::Full);
    let modules: Vec<Module<'_>> = modules(groups, by_default, copies, Check::Nothing)
        .chain(modules(groups, exact, copies, Check::Nothing))
        .chain(modules(groups, full.clone(), copies, Check::Validity))
        .chain(modules(optional, full, copies, Check::Validity))
        .collect();
    let outcomes = program::run("suite", &modules);
    let (by_default, rest) = outcomes.split_at(groups.len());
    let (exact, rest) = rest.split_at(groups.len());
    let (validated, further) = rest.split_at(groups.len());
    let without_code = |groups: &[(String, Group)], modules: &[Module<'_>]| {
        let refused = groups.iter().zip(modules).filter(|(_, module)| module.code.is_err());
        refused.map(|((name, _), _)| name.clone()).collect()
    };
    let (of_groups, of_optional) = modules[2 * groups.len()..].split_at(groups.len());
    let mut found = count(groups, exact);
    found.by_default = count_by_default(groups, by_default);
    // What is refused with every option has its own reason.
    for labels in found.by_default.exceptions.values_mut() {
        labels.retain(|label| !found.refused.contains_key(label) && !found.changed.contains_key(label));
    }
    found.validated = count_validated(groups, validated);
    found.validated.without_code = without_code(groups, of_groups);
    found.optional = count_validated(optional, further);
    found.optional.without_code = without_code(optional, of_optional);
    found
}

fn modules<'a>(
    groups: &'a [(String, Group)],
    config: Config,
    copies: &'a TempDir,
    check: Check,
) -> impl Iterator<Item = Module<'a>> {
    groups.iter().map(move |(_, group)| Module {
        code: code(&group.schema, &config, copies),
        values: group.tests.iter().map(|case| &case.data).collect(),
        stands: Stands::Held,
        check,
    })
}

/// The figures without any option.
fn count_by_default(groups: &[(String, Group)], outcomes: &[Vec<Outcome>]) -> ByDefault {
    let mut found = ByDefault::default();
    for (label, case, outcome) in labelled(groups, outcomes) {
        match (case.valid, outcome) {
            (true, Outcome::Back(back)) => {
                found.decoded += 1;
                if same(&case.data, back) {
                    found.kept += 1;
                } else {
                    found.exceptions.entry(DROPPED.to_owned()).or_default().insert(label);
                }
            }
            (true, _) => {
                found.exceptions.entry(MEANT.to_owned()).or_default().insert(label);
            }
            (false, Outcome::Refused(_)) => found.rejected += 1,
            (false, _) => {}
        }
    }
    found
}

/// What full validation says of each instance, held against what it should.
fn count_validated(groups: &[(String, Group)], outcomes: &[Vec<Outcome>]) -> Validated {
    let mut found = Validated::default();
    for (label, case, outcome) in labelled(groups, outcomes) {
        match (case.valid, outcome) {
            (true, Outcome::Invalid(_)) => {
                found.contradicted.insert(label);
            }
            (false, Outcome::Back(_)) => {
                found.passed.insert(label);
            }
            (false, _) => found.rejected += 1,
            (true, _) => {}
        }
    }
    found
}

/// What became of each instance, held against what should.
fn count(groups: &[(String, Group)], outcomes: &[Vec<Outcome>]) -> Expected {
    let mut found = Expected::default();
    for (label, case, outcome) in labelled(groups, outcomes) {
        if !case.valid {
            found.invalid += 1;
            continue;
        }
        found.valid += 1;
        match outcome {
            Outcome::Back(back) if same(&case.data, back) => {}
            Outcome::Back(_) => {
                found.changed.insert(label, String::new());
            }
            Outcome::Refused(_) | Outcome::Invalid(_) => {
                found.refused.insert(label, String::new());
            }
        }
    }
    found
}

/// Each instance by file and description, with what became of it.
fn labelled<'a>(groups: &'a [(String, Group)], outcomes: &'a [Vec<Outcome>]) -> Vec<(String, &'a Case, &'a Outcome)> {
    let mut twice: BTreeMap<String, usize> = BTreeMap::new();
    let mut labelled = Vec::new();
    for ((name, group), outcomes) in groups.iter().zip(outcomes) {
        for (case, outcome) in group.tests.iter().zip(outcomes) {
            let mut label = format!("{name}: {}", case.description);
            let times = twice.entry(label.clone()).or_default();
            *times += 1;
            if *times > 1 {
                let _ = write!(label, " ({times})");
            }
            labelled.push((label, case, outcome));
        }
    }
    labelled
}
