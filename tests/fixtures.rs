//! Each directory under `tests/fixtures` is a document beside what it must become.
//!
//! `input.yaml` gives `expected.rs`, and `expected.err` holds every diagnostic as it is shown; a document without
//! `expected.rs` must be refused. Other documents, `.avsc` files and texts beside it are there to be
//! referred to. `asyncapi.toml`, where there is one, holds the options.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use asyncapi_codegen::{Config, Error, Source};

/// The options of a fixture, where there are any.
const OPTIONS: &str = "asyncapi.toml";

/// Set to write what came out as what is expected; the review is then yours.
const UPDATE: &str = "UPDATE_EXPECTED";

#[test]
fn every_document_becomes_what_is_expected() {
    let mut differences = String::new();
    for directory in fixtures() {
        let (code, report) = generate(&directory);
        compare(&directory.join("expected.rs"), code, &mut differences);
        compare(&directory.join("expected.err"), report, &mut differences);
    }
    assert!(
        differences.is_empty(),
        "{differences}\nif this is meant: {UPDATE}=1 cargo test --test fixtures, and read the diff"
    );
}

#[test]
fn every_document_that_generates_is_compiled() {
    let read = |file: &str| fs::read_to_string(root().join("tests").join(file)).expect("the tests are there");
    let compiled = read("compiled/main.rs") + &read("schema_formats.rs");
    for directory in fixtures().filter(|directory| directory.join("expected.rs").exists()) {
        let path = format!("fixtures/{}/expected.rs", name(&directory));
        assert!(compiled.contains(&path), "tests/compiled/main.rs does not compile {path}: add a module for it");
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixtures() -> impl Iterator<Item = PathBuf> {
    let directory = root().join("tests/fixtures");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(directory).expect("the fixtures are there").flatten().map(|entry| entry.path()).collect();
    assert!(paths.len() > 20, "some fixtures are missing");
    paths.sort();
    paths.into_iter()
}

fn name(directory: &Path) -> &str {
    directory.file_name().and_then(|name| name.to_str()).expect("fixtures have plain names")
}

/// The code, where there is any, and the report.
fn generate(directory: &Path) -> (Option<String>, Option<String>) {
    let text = fs::read_to_string(directory.join("input.yaml")).expect("every fixture has an input");
    let source = others(directory).into_iter().fold(Source::new("input.yaml", text), |source, path| {
        let text = fs::read_to_string(&path).expect("a text");
        source.with_file(name(&path), text)
    });
    let source = overlays(directory).into_iter().fold(source, |source, name| {
        let text = fs::read_to_string(directory.join(&name)).expect("the overlay is there");
        source.with_overlay(name, text)
    });
    let generated = Config::from_toml(OPTIONS, &options(directory)).and_then(|config| config.generate(&source));
    match generated {
        Ok(output) => (Some(output.code().to_owned()), shown(&output.report().to_string())),
        Err(Error::Refused(report)) => (None, shown(&report.to_string())),
        Err(other) => panic!("{}: {other}", name(directory)),
    }
}

/// The files that the document may refer to.
fn others(directory: &Path) -> Vec<PathBuf> {
    let is_document = |path: &Path| {
        matches!(path.extension().and_then(|ending| ending.to_str()), Some("yaml" | "json" | "avsc" | "md" | "proto"))
    };
    let entries = fs::read_dir(directory).expect("the fixture is there").flatten().map(|entry| entry.path());
    let is_overlay = |path: &Path| overlays(directory).iter().any(|overlay| overlay == name(path));
    let is_other = |path: &PathBuf| is_document(path) && name(path) != "input.yaml" && !is_overlay(path);
    let mut paths: Vec<PathBuf> = entries.filter(is_other).collect();
    paths.sort();
    paths
}

fn shown(report: &str) -> Option<String> {
    (!report.is_empty()).then(|| format!("{report}\n"))
}

/// The overlays that the options name, in their order.
fn overlays(directory: &Path) -> Vec<String> {
    let options: toml::Table = options(directory).parse().unwrap_or_default();
    match options.get("overlay") {
        Some(toml::Value::String(only)) => vec![only.clone()],
        Some(toml::Value::Array(several)) => {
            several.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

fn options(directory: &Path) -> String {
    assert!(!directory.join("options").exists(), "{}: options stand in {OPTIONS}", name(directory));
    fs::read_to_string(directory.join(OPTIONS)).unwrap_or_default()
}

fn compare(path: &Path, actual: Option<String>, differences: &mut String) {
    let expected = fs::read_to_string(path).ok();
    if expected == actual {
        return;
    }
    if env::var_os(UPDATE).is_some() {
        match actual {
            Some(text) => fs::write(path, text).expect("the fixture can be written"),
            None => fs::remove_file(path).expect("the fixture can be removed"),
        }
        return;
    }
    let shown = path.strip_prefix(root()).unwrap_or(path).display();
    let (expected, actual) = (expected.unwrap_or_default(), actual.unwrap_or_default());
    let line = expected.lines().zip(actual.lines()).position(|(expected, actual)| expected != actual);
    let line = line.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_owned();
    let _ = writeln!(differences, "{shown}:{}\n  expected: {}\n  actual:   {}", line + 1, at(&expected), at(&actual));
}
