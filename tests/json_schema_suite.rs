//! The JSON Schema test suite, draft 7: what is valid is accepted and comes back as it was.
//!
//! Each schema becomes a component of a document of its own, the types of all of them are compiled into one program, and
//! that reads and writes every instance. What is refused although it is valid, or comes back as something else, is listed
//! in `tests/json-schema-suite.json`, which may only become shorter.

mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use asyncapi_codegen::{Config, Source, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::program::{Check, Module, Outcome, same};

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
    /// Valid instances that do not decode, by file and description.
    refused: BTreeSet<String>,
    /// Valid instances that come back as something else.
    changed: BTreeSet<String>,
    /// How many invalid instances do not decode; the rest needs validation.
    rejected: usize,
    validated: Validated,
    /// The same of the files that the suite lists as optional: formats, and what not every language can do.
    optional: Validated,
}

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
    let found = run(&groups, &optional);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/json-schema-suite.json");
    if env::var_os(UPDATE).is_some() {
        let text = serde_json::to_string_pretty(&found).expect("figures are JSON") + "\n";
        fs::write(&path, text).expect("the figures can be written");
    }
    let text = fs::read_to_string(&path).expect("the figures are there");
    let expected: Expected = serde_json::from_str(&text).expect("the figures are readable");
    let news: Vec<&String> = found.refused.difference(&expected.refused).collect();
    assert!(news.is_empty(), "valid, and refused now: {news:#?}");
    let news: Vec<&String> = found.changed.difference(&expected.changed).collect();
    assert!(news.is_empty(), "valid, and changed now: {news:#?}");
    assert!(found.rejected >= expected.rejected, "{} invalid instances are rejected now", found.rejected);
    for (found, expected) in [(&found.validated, &expected.validated), (&found.optional, &expected.optional)] {
        let news: Vec<&String> = found.passed.difference(&expected.passed).collect();
        assert!(news.is_empty(), "invalid, and passes validation now: {news:#?}");
        let news: Vec<&String> = found.contradicted.difference(&expected.contradicted).collect();
        assert!(news.is_empty(), "valid, and does not pass validation now: {news:#?}");
    }
    assert!(found == expected, "the figures are better: {UPDATE}=1 cargo test --test json_schema_suite keeps them");
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

/// The types of a schema as a component. It stands in a file of its own, so that its references mean what they say.
fn code(schema: &Value, validation: Validation) -> Result<String, String> {
    let document = json!({
        "asyncapi": "2.6.0",
        "info": {"title": "Suite", "version": "1"},
        "channels": {},
        "components": {"schemas": {"Root": {"$ref": "schema.json"}}},
    });
    let source = Source::new("suite.json", document.to_string()).with_file("schema.json", schema.to_string());
    let config = Config::new().types_only().validation(validation);
    let output = config.generate(&source).map_err(|error| error.to_string())?;
    Ok(output.code().to_owned())
}

/// Compiles the types of every schema into one program, once for each kind of validation, and runs every instance through
/// it.
fn run(groups: &[(String, Group)], optional: &[(String, Group)]) -> Expected {
    let decoding = modules(groups, Validation::Types, Check::Nothing);
    let validating = modules(groups, Validation::Full, Check::Validity);
    let further = modules(optional, Validation::Full, Check::Validity);
    let modules: Vec<Module<'_>> = decoding.chain(validating).chain(further).collect();
    let outcomes = program::run("suite", &modules);
    let (decoded, rest) = outcomes.split_at(groups.len());
    let (validated, further) = rest.split_at(groups.len());
    let without_code = |groups: &[(String, Group)], modules: &[Module<'_>]| {
        let refused = groups.iter().zip(modules).filter(|(_, module)| module.code.is_err());
        refused.map(|((name, _), _)| name.clone()).collect()
    };
    let (of_groups, of_optional) = modules[groups.len()..].split_at(groups.len());
    let mut found = count(groups, decoded);
    found.validated = count_validated(groups, validated);
    found.validated.without_code = without_code(groups, of_groups);
    found.optional = count_validated(optional, further);
    found.optional.without_code = without_code(optional, of_optional);
    found
}

fn modules(groups: &[(String, Group)], validation: Validation, check: Check) -> impl Iterator<Item = Module<'_>> {
    groups.iter().map(move |(_, group)| Module {
        code: code(&group.schema, validation),
        values: group.tests.iter().map(|case| &case.data).collect(),
        check,
    })
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
            found.rejected += usize::from(matches!(outcome, Outcome::Refused(_)));
            continue;
        }
        found.valid += 1;
        match outcome {
            Outcome::Back(back) if same(&case.data, back) => {}
            Outcome::Back(_) => {
                found.changed.insert(label);
            }
            Outcome::Refused(_) | Outcome::Invalid(_) => {
                found.refused.insert(label);
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
