//! `spec/kustomer.yaml` has the facts of the vendor's document, and descriptions of its own; the bindings are up to date.
//!
//! The vendor's document is not in this repository. `cargo xtask document` compares the two.

use std::path::{Path, PathBuf};
use std::{env, fs};

use asyncapi_codegen::{Config, Source};
use serde_yaml::Value;

/// The keys of descriptions. Everything else in the document is a fact.
const PROSE: [&str; 3] = ["description", "summary", "title"];

#[test]
fn the_generated_bindings_are_up_to_date() {
    let read = |name: &str| fs::read_to_string(from_root(name)).expect("the file is readable");
    let source = Source::new("kustomer.yaml", read("spec/kustomer.yaml"))
        .with_overlay("kustomer.overlay.yaml", read("spec/kustomer.overlay.yaml"));
    let output = Config::new().generate(&source).expect("the document is valid");
    assert!(
        read("generated/kustomer.rs") == output.code(),
        "generated/kustomer.rs is out of date: cargo build writes it"
    );
}

#[test]
#[ignore = "needs the vendor's document; cargo xtask document"]
fn only_descriptions_differ_from_the_vendors_document() {
    let original = vendors_document();
    let facts = |document: &Value| {
        let mut leaves = leaves(document);
        leaves.retain(|leaf| !leaf.is_prose());
        leaves
    };
    let (ours, theirs) = (facts(&ours()), facts(&original));

    // A failure shows the first leaf that differs. The order of keys counts.
    for (our, their) in ours.iter().zip(&theirs) {
        assert_eq!(our, their);
    }
    assert_eq!(ours.len(), theirs.len(), "one document ends before the other");
}

#[test]
#[ignore = "needs the vendor's document; cargo xtask document"]
fn every_description_differs_from_the_vendors() {
    let original = vendors_document();
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
fn the_violation_and_the_channels_of_the_vendors_document_remain() {
    let document = ours();
    // AsyncAPI 2.6 has no such field. It remains, because an invalid document must give working bindings, too.
    assert!(document["info"]["externalDocs"].is_mapping());
    let channels = document["channels"].as_mapping().expect("channels");
    assert_eq!(channels.len(), 10);
}

/// A value that contains no other value, and the keys and indices that lead to it.
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

fn vendors_document() -> Value {
    let path = env::var_os("KUSTOMER_DOCUMENT").expect("KUSTOMER_DOCUMENT is set to the path of the vendor's document");
    parse(Path::new(&path))
}

fn from_root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn parse(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
