//! Types of the documents of a corpus that have valid examples, for `src/examples.rs`.
//!
//! Each document gets a component `Root` with a property for the payload of each message that has examples.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use asyncapi_codegen::{Config, Source};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::program::{self, Check, Module, Position};
use super::write_cases;

/// An example of a message.
#[derive(Deserialize, Serialize)]
struct Example {
    /// The path of the document in the corpus.
    doc: String,
    /// The key of the message; several channels may have a message with this key.
    message: String,
    name: Option<String>,
    index: usize,
    payload: Value,
    /// Whether a validator accepts the example; `None` if it could not read the schema.
    valid: Option<bool>,
}

impl Example {
    fn message_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.message)
    }
}

/// A case: the module of its document, a label, and the example as a value of `Root`.
#[derive(Serialize)]
struct Case {
    module: usize,
    label: String,
    value: Value,
}

/// Without a corpus there are no cases.
pub(crate) fn generate(corpus: Option<PathBuf>) {
    let corpus = corpus.unwrap_or_default();
    let text = fs::read_to_string(corpus.join("examples.jsonl")).unwrap_or_default();
    let examples: Vec<Example> =
        text.lines().map(|line| serde_json::from_str(line).expect("each line is an example")).collect();
    let mut by_document: BTreeMap<&str, Vec<&Example>> = BTreeMap::new();
    for example in examples.iter().filter(|example| example.valid == Some(true)) {
        by_document.entry(&example.doc).or_default().push(example);
    }
    let (mut modules, mut cases) = (Vec::new(), Vec::new());
    for (module, (document, examples)) in by_document.iter().enumerate() {
        let messages = examples.iter().map(|example| example.message_name()).collect();
        let code = code(&corpus, document, messages);
        modules.push(Module { code, position: Position::Root, check: Check::Nothing });
        cases.extend(examples.iter().map(|example| Case {
            module,
            label: format!("{} {} {}", example.doc, example.message_name(), example.index),
            value: json!({example.message_name(): example.payload}),
        }));
    }
    program::write("examples", &modules);
    write_cases("examples", &cases);
}

/// The types of a document, with the payloads of these messages in the component `Root`.
fn code(corpus: &Path, document: &str, messages: BTreeSet<&str>) -> Result<String, String> {
    let source = Source::read_within(corpus, corpus.join(document)).map_err(|error| error.to_string())?;
    let tree: serde_yaml::Value = serde_yaml::from_str(source.text()).map_err(|error| error.to_string())?;
    let mut properties = serde_json::Map::new();
    for message in messages {
        let mut pointers = Vec::new();
        find_message(&tree, message, "", &mut pointers);
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
    let config = Config::new().types_only().keep_additional_properties("/components/schemas/**");
    let output = config.generate(&source).map_err(|error| error.to_string())?;
    Ok(output.code().to_owned())
}

/// Collects the pointers of the messages with a name. A name that begins with `<` is that of an unnamed message.
fn find_message(value: &serde_yaml::Value, message: &str, pointer: &str, found: &mut Vec<String>) {
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
        let string = |key: &str| value.get(key).and_then(serde_yaml::Value::as_str);
        let has_payload = value.get("payload").is_some();
        let is_match = key == message && (has_payload || string("$ref").is_some())
            || has_payload && (string("name") == Some(message) || string("messageId") == Some(message))
            || has_payload && key == "message" && message.starts_with('<');
        if is_match {
            found.push(pointer.clone());
        }
        find_message(value, message, &pointer, found);
    }
}
