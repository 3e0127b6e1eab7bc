//! Each directory under `tests/fixtures` holds a document and the code and diagnostics that the generator gives for it.
//!
//! `input.yaml` gives `expected.rs`. `expected.err` holds every diagnostic as it is displayed. A document without
//! `expected.rs` is refused. Other documents, `.avsc` files and texts in the directory are files that `input.yaml` refers
//! to. `asyncapi.toml`, if it exists, holds the options.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use asyncapi_codegen::{Config, Error, Source};

use super::fixture_directories;

/// The options of a fixture.
const OPTIONS: &str = "asyncapi.toml";

/// If this variable is set, the test writes the output into the fixtures. Review the diff.
const UPDATE: &str = "UPDATE_EXPECTED";

#[test]
fn every_document_gives_the_expected_code_and_diagnostics() {
    let mut differences = String::new();
    for directory in fixture_directories() {
        let (code, report) = generate(&directory);
        compare(&directory.join("expected.rs"), code, &mut differences);
        compare(&directory.join("expected.err"), report, &mut differences);
    }
    assert!(
        differences.is_empty(),
        "{differences}\nif the change is intended: {UPDATE}=1 cargo test -p asyncapi-codegen --all-features fixtures, \
         and review the diff"
    );
}

/// The code, unless the document is refused, and the displayed diagnostics, unless there are none.
fn generate(directory: &Path) -> (Option<String>, Option<String>) {
    let text = fs::read_to_string(directory.join("input.yaml")).expect("every fixture has an input");
    let overlays = overlays(directory);
    let referenced = referenced_files(directory, &overlays).into_iter();
    let source = referenced.fold(Source::new("input.yaml", text), |source, path| {
        let text = fs::read_to_string(&path).expect("the file is text");
        source.with_file(file_name(&path), text)
    });
    let source = overlays.into_iter().fold(source, |source, name| {
        let text = fs::read_to_string(directory.join(&name)).expect("the overlay is readable");
        source.with_overlay(name, text)
    });
    let generated = Config::from_toml(OPTIONS, &options(directory)).and_then(|config| config.generate(&source));
    match generated {
        Ok(output) => (Some(output.code().to_owned()), display_report(&output.report().to_string())),
        Err(Error::Refused(report)) => (None, display_report(&report.to_string())),
        Err(other) => panic!("{}: {other}", directory.display()),
    }
}

/// The files that the document may refer to.
fn referenced_files(directory: &Path, overlays: &[String]) -> Vec<PathBuf> {
    let is_referable = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let name = file_name(path);
        matches!(extension, Some("yaml" | "json" | "avsc" | "md" | "proto"))
            && name != "input.yaml"
            && overlays.iter().all(|overlay| overlay != name)
    };
    let entries = fs::read_dir(directory).expect("the fixture is readable").flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = entries.filter(is_referable).collect();
    paths.sort();
    paths
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("file names of fixtures are Unicode")
}

fn display_report(report: &str) -> Option<String> {
    (!report.is_empty()).then(|| format!("{report}\n"))
}

/// The names of the overlays in the options, in their order.
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
    fs::read_to_string(directory.join(OPTIONS)).unwrap_or_default()
}

fn compare(path: &Path, actual: Option<String>, differences: &mut String) {
    let expected = fs::read_to_string(path).ok();
    if expected == actual {
        return;
    }
    if env::var_os(UPDATE).is_some() {
        match actual {
            Some(text) => fs::write(path, text).expect("the fixture is writable"),
            None => fs::remove_file(path).expect("the fixture is removable"),
        }
        return;
    }
    let (expected, actual) = (expected.unwrap_or_default(), actual.unwrap_or_default());
    let line = expected.lines().zip(actual.lines()).position(|(expected, actual)| expected != actual);
    let line = line.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or("(end of file)").to_owned();
    let _ = writeln!(
        differences,
        "{}:{}\n  expected: {}\n  actual:   {}",
        path.display(),
        line + 1,
        at(&expected),
        at(&actual)
    );
}
