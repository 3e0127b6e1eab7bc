//! The JSON Schema test suite, draft 7: what is valid is accepted and comes back as it was.
//!
//! Each schema becomes a component of a document of its own, the types of all of them are compiled into one program, and
//! that reads and writes every instance. What is refused although it is valid, or comes back as something else, is listed
//! in `tests/json-schema-suite.json`, which may only become shorter.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use asyncapi_codegen::{Config, Source};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Set to write what is now as what is expected.
const UPDATE: &str = "UPDATE_EXPECTED";

/// One schema of the suite, and what it says of instances.
#[derive(Deserialize)]
struct Group {
    description: String,
    schema: Value,
    tests: Vec<Case>,
}

#[derive(Deserialize, Serialize)]
struct Case {
    description: String,
    data: Value,
    valid: bool,
}

/// What is expected: the figures, and what is not as it should be.
#[derive(Deserialize, Eq, PartialEq, Serialize)]
struct Expected {
    valid: usize,
    invalid: usize,
    /// Valid instances that do not decode, by file and description.
    refused: BTreeSet<String>,
    /// Valid instances that come back as something else.
    changed: BTreeSet<String>,
    /// How many invalid instances do not decode; the rest needs validation.
    rejected: usize,
}

#[test]
fn what_is_valid_is_accepted_and_comes_back() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/json-schema-test-suite/draft7");
    if !suite.is_dir() {
        eprintln!("skipped: the JSON Schema test suite is not at {}", suite.display());
        return;
    }
    let groups = groups(&suite);
    assert!(groups.len() > 200, "the suite is there, and most of it is missing");
    let found = run(&groups);
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
    assert!(found == expected, "the figures are better: {UPDATE}=1 cargo test --test json_schema_suite keeps them");
}

/// Every schema of the required files, by file and description.
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

/// The types of a schema as a component; `None` where it is refused.
fn code(schema: &Value) -> Option<String> {
    let document = json!({
        "asyncapi": "2.6.0",
        "info": {"title": "Suite", "version": "1"},
        "channels": {},
        "components": {"schemas": {"Root": moved(schema)}},
    });
    let output = Config::new().types_only().generate(&Source::new("suite.json", document.to_string())).ok()?;
    Some(output.code().to_owned())
}

/// References to the schema's own root lead to where it stands in the document.
fn moved(schema: &Value) -> Value {
    match schema {
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| match (key.as_str(), value.as_str()) {
                ("$ref", Some(text)) if text.starts_with('#') => {
                    (key.clone(), json!(format!("#/components/schemas/Root{}", &text[1..])))
                }
                _ => (key.clone(), moved(value)),
            });
            Value::Object(entries.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(moved).collect()),
        other => other.clone(),
    }
}

/// Compiles the types of every schema into one program and runs every instance through it.
fn run(groups: &[(String, Group)]) -> Expected {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suite");
    fs::create_dir_all(directory.join("src")).expect("a directory can be made");
    fs::write(directory.join("Cargo.toml"), MANIFEST).expect("the program can be written");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"), directory.join("Cargo.lock")).expect("copied");
    let mut main = String::from(MAIN);
    let mut arms = String::new();
    for (index, (_, group)) in groups.iter().enumerate() {
        if let Some(code) = code(&group.schema) {
            let _ = writeln!(main, "mod m{index} {{ #![allow(warnings)]\n{}}}", code.replace("// @generated", "//"));
            let _ = writeln!(arms, "        {index} => round_trip::<m{index}::Root>(data),");
        }
    }
    let _ =
        writeln!(main, "fn one(index: usize, data: Value) -> Option<Value> {{ match index {{\n{arms}_ => None }} }}");
    fs::write(directory.join("src/main.rs"), main).expect("the program can be written");
    let cases: Vec<&Vec<Case>> = groups.iter().map(|(_, group)| &group.tests).collect();
    fs::write(directory.join("cases.json"), serde_json::to_vec(&cases).expect("JSON")).expect("written");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--", "cases.json"])
        .current_dir(&directory)
        .env("CARGO_TARGET_DIR", directory.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let results: Vec<Vec<Vec<Value>>> = serde_json::from_slice(&output.stdout).expect("the results are JSON");
    count(groups, &results)
}

/// Each result is a list of the value that came back, or of nothing.
fn count(groups: &[(String, Group)], results: &[Vec<Vec<Value>>]) -> Expected {
    let mut found = Expected { valid: 0, invalid: 0, refused: BTreeSet::new(), changed: BTreeSet::new(), rejected: 0 };
    let mut twice: BTreeMap<String, usize> = BTreeMap::new();
    for ((name, group), results) in groups.iter().zip(results) {
        for (case, result) in group.tests.iter().zip(results) {
            let mut label = format!("{name}: {}", case.description);
            let times = twice.entry(label.clone()).or_default();
            *times += 1;
            if *times > 1 {
                let _ = write!(label, " ({times})");
            }
            match (case.valid, result.first()) {
                (true, Some(back)) if same(&case.data, back) => found.valid += 1,
                (true, Some(_)) => {
                    found.valid += 1;
                    found.changed.insert(label);
                }
                (true, None) => {
                    found.valid += 1;
                    found.refused.insert(label);
                }
                (false, result) => {
                    found.invalid += 1;
                    found.rejected += usize::from(result.is_none());
                }
            }
        }
    }
    found
}

/// Equality of JSON, numbers by value.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

const MANIFEST: &str = r#"[package]
name = "suite"
version = "0.0.0"
edition = "2024"

[dependencies]
serde = { version = "1", features = ["derive"] }
serde_json = "1"

[workspace]
"#;

const MAIN: &str = r#"
use serde_json::Value;

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let groups: Vec<Vec<Value>> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let results: Vec<Vec<Option<Value>>> = groups
        .into_iter()
        .enumerate()
        .map(|(index, cases)| cases.into_iter().map(|case| one(index, case["data"].clone())).collect())
        .collect();
    println!("{}", serde_json::to_string(&Results(results)).unwrap());
}

/// `null` that came back is not the absence of a result.
struct Results(Vec<Vec<Option<Value>>>);

impl serde::Serialize for Results {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let wrapped: Vec<Vec<Vec<&Value>>> =
            self.0.iter().map(|group| group.iter().map(|result| result.iter().collect()).collect()).collect();
        serde::Serialize::serialize(&wrapped, serializer)
    }
}

fn round_trip<T: serde::de::DeserializeOwned + serde::Serialize>(data: Value) -> Option<Value> {
    serde_json::to_value(serde_json::from_value::<T>(data).ok()?).ok()
}
"#;
