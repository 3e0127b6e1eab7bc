//! The project's document says what the document it was carried over from says, in words of its own.
//!
//! The bindings are generated from `spec/kustomer.yaml`, so a slip in it would become wrong code. The
//! original lies outside the project; where it is not at hand, the comparisons are skipped.

use std::fs;
use std::path::{Path, PathBuf};

use serde_yaml::Value;

/// The keys whose text is prose: free to be reworded, unlike everything else in the document.
const PROSE: [&str; 3] = ["description", "summary", "title"];

#[test]
fn only_prose_differs_from_the_original() {
    let Some(original) = original() else { return };
    let facts = |document: &Value| {
        let mut leaves = leaves(document);
        leaves.retain(|leaf| !leaf.is_prose());
        leaves
    };
    let (ours, theirs) = (facts(&ours()), facts(&original));

    // Leaf by leaf, so that a failure shows the first place that differs, order of keys included.
    for (our, their) in ours.iter().zip(&theirs) {
        assert_eq!(our, their);
    }
    assert_eq!(ours.len(), theirs.len(), "one document ends before the other");
}

#[test]
fn every_description_and_summary_is_reworded() {
    let Some(original) = original() else { return };
    let ours = leaves(&ours());
    let theirs = leaves(&original);

    for their in theirs.iter().filter(|leaf| leaf.is_prose() && leaf.key() != "title") {
        let path = &their.path;
        let our = ours.iter().find(|our| our.path == *path);
        let text = our.and_then(|our| our.value.as_str()).unwrap_or_default();
        assert!(!text.trim().is_empty(), "{path:?} has no text");
        assert_ne!(our, Some(their), "{path:?} is copied");
    }
}

#[test]
fn the_flaw_and_the_channels_are_kept() {
    let document = ours();
    // AsyncAPI 2.6 has no such field. It stays: a flawed document must still give working bindings.
    assert!(document["info"]["externalDocs"].is_mapping());
    let channels = document["channels"].as_mapping().expect("channels");
    assert_eq!(channels.len(), 10);
}

/// A value that holds no other, and the keys and indices that lead to it.
#[derive(Debug, PartialEq)]
struct Leaf {
    path: Vec<String>,
    value: Value,
}

impl Leaf {
    fn key(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    fn is_prose(&self) -> bool {
        self.value.is_string() && PROSE.contains(&self.key())
    }
}

/// The leaves of `document`, in its order.
fn leaves(document: &Value) -> Vec<Leaf> {
    fn walk(value: &Value, path: &[String], leaves: &mut Vec<Leaf>) {
        let under = |key: String| [path, &[key]].concat();
        match value {
            Value::Mapping(map) if !map.is_empty() => {
                for (key, value) in map {
                    let key = key.as_str().expect("a key is a string");
                    walk(value, &under(key.to_owned()), leaves);
                }
            }
            Value::Sequence(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &under(format!("[{index}]")), leaves);
                }
            }
            _ => leaves.push(Leaf { path: path.to_vec(), value: value.clone() }),
        }
    }

    let mut found = Vec::new();
    walk(document, &[], &mut found);
    found
}

fn ours() -> Value {
    parse(&from_root("spec/kustomer.yaml"))
}

/// The document that ours was carried over from, which is kept outside the project and may be absent.
fn original() -> Option<Value> {
    let path = from_root("../shared/spec/kustomer.asyncapi.yaml");
    if !path.exists() {
        eprintln!("skipped: no original to compare with at {}", path.display());
        return None;
    }
    Some(parse(&path))
}

fn from_root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn parse(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
