//! The same document gives the same bytes, in whatever order its unordered places are written.
//!
//! Ordered are the maps whose keys the author chose (channels, schemas, properties, …), since the output follows them.
//! Unordered are the keys that the specification fixes, and the list of required properties.

use asyncapi_codegen::{Config, Source};
use serde_yaml::{Mapping, Value};

/// Under these keys stand maps whose keys the author chose.
const AUTHORED: &[&str] = &["channels", "messages", "properties", "schemas", "servers", "variables"];

fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}/input.yaml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the fixture is there")
}

fn document() -> String {
    spec("kustomer.yaml")
}

fn spec(name: &str) -> String {
    let path = format!("{}/spec/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("the document and its overlay are there")
}

fn generate(text: String) -> String {
    let output = Config::new().generate(&Source::new("document.yaml", text)).expect("the document generates");
    output.code().to_owned()
}

/// Turns the order of every unordered place around, by `turn` steps.
fn turned(value: &Value, turn: usize, is_authored: bool) -> Value {
    match value {
        Value::Mapping(entries) => {
            let mut entries: Vec<(Value, Value)> = entries
                .iter()
                .map(|(key, value)| {
                    let name = key.as_str().unwrap_or_default();
                    let authored = !is_authored && AUTHORED.contains(&name);
                    let value = turned(value, turn, authored);
                    let value = if name == "required" && !is_authored { rotated(value, turn) } else { value };
                    (key.clone(), value)
                })
                .collect();
            if !is_authored {
                let length = entries.len();
                entries.rotate_left(turn % length.max(1));
            }
            Value::Mapping(entries.into_iter().collect::<Mapping>())
        }
        Value::Sequence(items) => Value::Sequence(items.iter().map(|item| turned(item, turn, false)).collect()),
        other => other.clone(),
    }
}

fn rotated(value: Value, turn: usize) -> Value {
    match value {
        Value::Sequence(mut items) => {
            let length = items.len();
            items.rotate_left(turn % length.max(1));
            Value::Sequence(items)
        }
        other => other,
    }
}

#[test]
fn unordered_places_do_not_reach_the_output() {
    for text in [document(), fixture("both-sides"), fixture("types-only")] {
        let value: Value = serde_yaml::from_str(&text).expect("the document parses");
        let straight = generate(text);
        for turn in 1..6 {
            let turned = serde_yaml::to_string(&turned(&value, turn, false)).expect("the document is written");
            assert!(generate(turned) == straight, "turned by {turn}, the document gives something else");
        }
    }
}

#[test]
fn what_is_checked_in_is_what_the_document_gives() {
    let source =
        Source::new("kustomer.yaml", document()).with_overlay("kustomer.overlay.yaml", spec("kustomer.overlay.yaml"));
    let output = Config::new().generate(&source).expect("the document generates");
    let held = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/generated/kustomer.rs"));
    assert!(
        held.is_ok_and(|held| held == output.code()),
        "generated/kustomer.rs is not what spec/kustomer.yaml and its overlay give; the cure is: cargo build"
    );
}
