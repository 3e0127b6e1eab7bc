//! The examples in the documents of a corpus: a valid example is accepted and comes back unchanged, without a warning.
//!
//! `examples.json` lists the exceptions with their reasons. It may only become shorter.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use asyncapi_codegen::{Config, Error, Source};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[allow(unused_imports, reason = "without a corpus there are no modules that use it")]
use crate::outcome::read_root;
use crate::outcome::{Outcome, is_equal};

include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// If this variable is set, the test writes the figures.
const UPDATE: &str = "UPDATE_EXPECTED";

/// A case of the build script.
#[derive(Deserialize)]
struct Case {
    module: usize,
    label: String,
    value: Value,
}

/// An example in the list of the corpus.
#[derive(Deserialize)]
struct Example {
    doc: String,
    index: usize,
    valid: Option<bool>,
}

#[derive(Deserialize, Eq, PartialEq, Serialize)]
struct Expected {
    valid: usize,
    /// The reasons by document, message and index.
    exceptions: BTreeMap<String, String>,
}

#[test]
#[ignore = "needs documents of other authors; cargo xtask examples"]
fn valid_examples_come_back_unchanged() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/examples.json"))).expect("cases are JSON");
    let mut faults: BTreeMap<String, String> = BTreeMap::new();
    for case in &cases {
        let fault = match read(case.module, &case.value.to_string()) {
            Outcome::Written(written) if is_equal(&case.value, &written) => continue,
            Outcome::Written(written) => format!("{} came back as {written}", case.value),
            Outcome::Refused(why) | Outcome::Invalid(why) => why,
        };
        faults.insert(case.label.clone(), fault);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples.json");
    let text = fs::read_to_string(&path).expect("the figures are readable");
    let known: Expected = serde_json::from_str(&text).expect("the figures are JSON");
    let reason = |label: &String| known.exceptions.get(label).cloned().unwrap_or_default();
    let exceptions = faults.keys().map(|label| (label.clone(), reason(label))).collect();
    let found = Expected { valid: cases.len(), exceptions };
    if env::var_os(UPDATE).is_some() {
        let text = serde_json::to_string_pretty(&found).expect("figures are JSON") + "\n";
        fs::write(&path, text).expect("the figures are writable");
    }
    println!("{} of {} valid examples come back unchanged", found.valid - faults.len(), found.valid);
    faults.retain(|label, _| known.exceptions.get(label).is_none_or(String::is_empty));
    assert!(faults.is_empty(), "faults without a reason in {}: {faults:#?}", path.display());
    assert!(found == known, "the figures are better; {UPDATE}=1 writes them");
}

#[test]
#[ignore = "needs documents of other authors; cargo xtask examples"]
fn only_invalid_examples_give_warnings() {
    let corpus = PathBuf::from(env::var_os("ASYNCAPI_CORPUS").expect("ASYNCAPI_CORPUS is set"));
    let text = fs::read_to_string(corpus.join("examples.jsonl")).expect("the corpus has a list of examples");
    let examples: Vec<Example> =
        text.lines().map(|line| serde_json::from_str(line).expect("each line is an example")).collect();
    let mut by_document: BTreeMap<&str, Vec<&Example>> = BTreeMap::new();
    for example in &examples {
        by_document.entry(&example.doc).or_default().push(example);
    }
    let (mut wrong, mut warnings) = (Vec::new(), 0);
    for (document, examples) in by_document {
        let source = Source::read_within(&corpus, corpus.join(document)).expect("the document is readable");
        let report = match Config::new().generate(&source) {
            Ok(output) => output.report().clone(),
            Err(Error::Refused(report)) => report,
            Err(other) => panic!("{document}: {other}"),
        };
        for diagnostic in report.iter() {
            let Some(pointer) = diagnostic.pointer() else { continue };
            let Some((_, rest)) = pointer.as_str().split_once("/examples/") else { continue };
            let Some((index, _)) = rest.split_once("/payload") else { continue };
            warnings += 1;
            let mut with_index = examples.iter().filter(|example| example.index.to_string() == index);
            if with_index.all(|example| example.valid == Some(true)) {
                wrong.push(format!("{document}{pointer}: {}", diagnostic.message()));
            }
        }
    }
    println!("{warnings} warnings about examples");
    assert!(wrong.is_empty(), "warnings about valid examples: {wrong:#?}");
    assert!(warnings > 0, "some examples of a corpus are invalid");
}
