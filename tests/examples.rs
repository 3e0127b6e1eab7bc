//! The examples in other people's documents: those that are valid decode, and come back as they were.
//!
//! Each document gets a component `Root` with a property for the payload of each message that has examples; the types of
//! all documents are compiled into one program, which reads and writes every example. What is not as it should be is listed
//! with its reason in `tests/examples.json`, which may only become shorter. None of the valid ones is warned of.

mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use asyncapi_codegen::{Config, Error, Source};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::program::{Check, Module, Outcome, Stands, same};

/// Set to write what is now as what is expected.
const UPDATE: &str = "UPDATE_EXPECTED";

/// An example of a message, and what a validator says of it; nothing where it could not be asked.
#[derive(Deserialize)]
struct Example {
    doc: String,
    /// The message's key, which in several channels may be the same.
    message: String,
    name: Option<String>,
    index: usize,
    payload: Value,
    valid: Option<bool>,
}

impl Example {
    fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.message)
    }
}

/// What is expected.
#[derive(Deserialize, Eq, PartialEq, Serialize)]
struct Expected {
    valid: usize,
    /// By document, message and index, with the reason.
    exceptions: BTreeMap<String, String>,
}

#[test]
fn every_valid_example_decodes_and_comes_back() {
    let Some((corpus, examples)) = collected() else { return };
    let mut by_document: BTreeMap<&str, Vec<&Example>> = BTreeMap::new();
    for example in examples.iter().filter(|example| example.valid == Some(true)) {
        by_document.entry(&example.doc).or_default().push(example);
    }
    let wrapped = |example: &&Example| json!({example.called(): example.payload});
    let values: Vec<Vec<Value>> = by_document.values().map(|examples| examples.iter().map(wrapped).collect()).collect();
    let modules: Vec<Module<'_>> = by_document
        .iter()
        .zip(&values)
        .map(|((document, examples), values)| Module {
            code: code(&corpus, document, examples.iter().map(|example| example.called()).collect()),
            values: values.iter().collect(),
            stands: Stands::Alone,
            check: Check::Nothing,
        })
        .collect();
    let outcomes = program::run("documents", &modules);
    let mut faults: BTreeMap<String, String> = BTreeMap::new();
    let examples = by_document.values().flatten().zip(values.iter().flatten());
    for ((example, value), outcome) in examples.zip(outcomes.iter().flatten()) {
        let fault = match outcome {
            Outcome::Back(back) if same(value, back) => continue,
            Outcome::Back(back) => format!("{value} came back as {back}"),
            Outcome::Refused(why) | Outcome::Invalid(why) => why.clone(),
        };
        faults.insert(format!("{} {} {}", example.doc, example.called(), example.index), fault);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples.json");
    let known: Expected = serde_json::from_str(&fs::read_to_string(&path).expect("the figures are there"))
        .expect("the figures are readable");
    let reason = |label: &String| known.exceptions.get(label).cloned().unwrap_or_default();
    let exceptions = faults.keys().map(|label| (label.clone(), reason(label))).collect();
    let found = Expected { valid: by_document.values().map(Vec::len).sum(), exceptions };
    if env::var_os(UPDATE).is_some() {
        let text = serde_json::to_string_pretty(&found).expect("figures are JSON") + "\n";
        fs::write(&path, text).expect("the figures can be written");
    }
    println!("{} of {} valid examples decode and come back", found.valid - faults.len(), found.valid);
    faults.retain(|label, _| known.exceptions.get(label).is_none_or(String::is_empty));
    assert!(faults.is_empty(), "not as they should be, and without a reason in tests/examples.json: {faults:#?}");
    assert!(found == known, "the figures are better: {UPDATE}=1 cargo test --test examples keeps them");
}

#[test]
fn no_valid_example_is_warned_of_and_others_are() {
    let Some((corpus, examples)) = collected() else { return };
    let mut by_document: BTreeMap<&str, Vec<&Example>> = BTreeMap::new();
    for example in &examples {
        by_document.entry(&example.doc).or_default().push(example);
    }
    let (mut wrong, mut warned) = (Vec::new(), 0);
    for (document, examples) in by_document {
        let source = Source::read_within(&corpus, corpus.join(document)).expect("it is there");
        let report = match Config::new().generate(&source) {
            Ok(output) => output.report().clone(),
            Err(Error::Refused(report)) => report,
            Err(other) => panic!("{document}: {other}"),
        };
        for diagnostic in report.iter() {
            let Some(pointer) = diagnostic.pointer() else { continue };
            let Some((_, place)) = pointer.as_str().split_once("/examples/") else { continue };
            let Some((index, _)) = place.split_once("/payload") else { continue };
            let held = || examples.iter().filter(|example| example.index.to_string() == index);
            warned += 1;
            if held().all(|example| example.valid == Some(true)) {
                wrong.push(format!("{document}{pointer}: {}", diagnostic.message()));
            }
        }
    }
    println!("{warned} warnings of examples");
    assert!(wrong.is_empty(), "of examples that are valid: {wrong:#?}");
    assert!(warned > 0, "some examples are invalid");
}

/// The examples in other people's documents, and where these are; nothing where there are none.
fn collected() -> Option<(PathBuf, Vec<Example>)> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(text) = fs::read_to_string(corpus.join("examples.jsonl")) else {
        eprintln!("skipped: the collection of documents is not at {}", corpus.display());
        return None;
    };
    let examples = text.lines().map(|line| serde_json::from_str(line).expect("an example a line"));
    Some((corpus, examples.collect()))
}

/// The types of a document, with the payloads of these messages in the component `Root`.
fn code(corpus: &Path, document: &str, messages: BTreeSet<&str>) -> Result<String, String> {
    let source = Source::read_within(corpus, corpus.join(document)).map_err(|error| error.to_string())?;
    let tree: serde_yaml::Value = serde_yaml::from_str(source.text()).map_err(|error| error.to_string())?;
    let mut properties = serde_json::Map::new();
    for message in messages {
        let mut pointers = Vec::new();
        find(&tree, message, "", &mut pointers);
        let pointer = pointers.first().ok_or_else(|| format!("no message is called `{message}`"))?;
        properties.insert(message.to_owned(), json!({"$ref": format!("#{pointer}/payload")}));
    }
    let root = json!({"type": "object", "additionalProperties": false, "properties": properties});
    let overlay = json!({
        "overlay": "1.0.0",
        "info": {"title": "Root", "version": "1"},
        "actions": [{"target": "$", "update": {"components": {"schemas": {"Root": root}}}}],
    });
    let source = source.with_overlay("root.json", overlay.to_string());
    let config = Config::new().types_only().keep_unknown("/components/schemas/**");
    let output = config.generate(&source).map_err(|error| error.to_string())?;
    Ok(output.code().to_owned())
}

/// The pointers of the messages of this name, those in examples apart; `<…>` stands for the one that has none.
fn find(value: &serde_yaml::Value, message: &str, pointer: &str, found: &mut Vec<String>) {
    let entries: Vec<(String, &serde_yaml::Value)> = match value {
        serde_yaml::Value::Mapping(entries) => {
            entries.iter().filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value))).collect()
        }
        serde_yaml::Value::Sequence(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        _ => return,
    };
    for (key, value) in entries.into_iter().filter(|(key, _)| key != "examples") {
        let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
        let says = |key: &str| value.get(key).and_then(serde_yaml::Value::as_str);
        let has_payload = value.get("payload").is_some();
        let is_meant = key == message && (has_payload || says("$ref").is_some())
            || has_payload && (says("name") == Some(message) || says("messageId") == Some(message))
            || has_payload && key == "message" && message.starts_with('<');
        if is_meant {
            found.push(pointer.clone());
        }
        find(value, message, &pointer, found);
    }
}
