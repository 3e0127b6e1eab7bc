//! Documents and options with random mistakes: the generator does not panic, and what it generates parses.
//!
//! `PROPTEST_CASES` sets the number of cases of each test, `PROPTEST_RNG_SEED` the seed. `cargo xtask random` runs many more
//! cases than the default.

use asyncapi_codegen::{Config, Perspective, Source};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use super::{case_count, fixture_directories};

/// The cases of each test, if `PROPTEST_CASES` is not set.
const CASES: u32 = 200;

/// Texts to put in the place of a value, a key or a character.
const ODD_TEXTS: &[&str] = &[
    "",
    "null",
    "true",
    "-1",
    "99999999999999999999999999999999999999999",
    "1e400",
    "[]",
    "{}",
    "[[[]]]",
    "{$ref: '#'}",
    "{$ref: '#/components/schemas'}",
    "{$ref: '#/%zz'}",
    "'\\u0000'",
    "\"\\\"#{}\"",
    "'*/ // \\'",
    "&anchor x",
    "*anchor",
    "!tag x",
    "<<: *anchor",
    "? complex",
    "日本 😀",
    "r#type",
    "{type: object, properties: {a: {$ref: '#/components/schemas/Job'}}}",
];

/// Options that can be combined, and that fit any document.
const OPTIONS: &[&str] = &[
    "closed-enums = true",
    "keep-additional-properties = true",
    "non-exhaustive = true",
    "setters = true",
    "default-methods = true",
    "types-only = true",
    "validation = \"full\"",
    "map-type = \"std::collections::HashMap\"",
    "integer-type = \"i32\"",
    "number-type = \"serde_json::Number\"",
    "module = \"wrapped\"",
    "replace = { \"/**/items\" = \"crate::Item\", \"/**\" = \"serde_json::Value\" }",
    "derive = { \"/**\" = [\"Eq, Hash, Default\", \"crate::Trait\"] }",
    "type-attribute = { \"/**\" = [\"#[must_use]\", \"#[rustfmt::skip]\"] }",
    "field-attribute = { \"/**\" = \"#[doc(hidden)]\" }",
    "rename = { \"/**\" = [\"Name\", \"name\"] }",
];

/// Begins the message of the `compile_error!` that replaces an item that does not parse. Descriptions of fixtures may contain
/// `compile_error!` themselves.
const UNPARSED_ITEM: &str = "asyncapi-codegen generated an item that does not parse";

/// A typing mistake.
#[derive(Clone, Debug)]
enum Mistake {
    Delete(Index),
    Repeat(Index, Index),
    Indent(Index),
    Replace(Index, &'static str),
    Rename(Index, &'static str),
}

fn mistake() -> impl Strategy<Value = Mistake> {
    prop_oneof![
        any::<Index>().prop_map(Mistake::Delete),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Mistake::Repeat(from, to)),
        any::<Index>().prop_map(Mistake::Indent),
        (any::<Index>(), select(ODD_TEXTS)).prop_map(|(at, text)| Mistake::Replace(at, text)),
        (any::<Index>(), select(ODD_TEXTS)).prop_map(|(at, text)| Mistake::Rename(at, text)),
    ]
}

/// The document of a fixture with some mistakes in it.
fn document() -> impl Strategy<Value = String> {
    let inputs = fixture_directories().into_iter().map(|directory| directory.join("input.yaml"));
    let texts: Vec<String> = inputs.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    (select(texts), proptest::collection::vec(mistake(), 1..6)).prop_map(|(text, mistakes)| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for mistake in mistakes {
            apply(&mut lines, &mistake);
        }
        lines.join("\n")
    })
}

/// Some options, and perhaps a mistake in them.
fn options() -> impl Strategy<Value = String> {
    let mistake = proptest::option::of((any::<Index>(), select(ODD_TEXTS)));
    (subsequence(OPTIONS, 0..=OPTIONS.len()), mistake).prop_map(|(lines, mistake)| {
        let mut text = lines.join("\n");
        if let Some((at, odd_text)) = mistake.filter(|_| !text.is_empty()) {
            let at = at.index(text.len());
            text.replace_range(at..=at, odd_text);
        }
        text
    })
}

fn apply(lines: &mut Vec<String>, mistake: &Mistake) {
    if lines.is_empty() {
        return;
    }
    let length = lines.len();
    match mistake {
        Mistake::Delete(at) => {
            lines.remove(at.index(length));
        }
        Mistake::Repeat(from, to) => {
            let line = lines[from.index(length)].clone();
            lines.insert(to.index(length), line);
        }
        Mistake::Indent(at) => lines[at.index(length)].insert_str(0, "  "),
        Mistake::Replace(at, text) => {
            let line = &mut lines[at.index(length)];
            let start = line.find(": ").map_or(line.len(), |colon| colon + 2);
            line.replace_range(start.., text);
        }
        Mistake::Rename(at, text) => {
            let line = &mut lines[at.index(length)];
            let start = line.len() - line.trim_start().len();
            let end = line.find(':').unwrap_or(line.len()).max(start);
            line.replace_range(start..end, text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: case_count(CASES), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_is_refused_or_gives_code_that_parses(text in document()) {
        let source = Source::new("document.yaml", text);
        for perspective in [Perspective::Client, Perspective::Application] {
            match Config::new().perspective(perspective).generate(&source) {
                Ok(output) => {
                    let parsed = syn::parse_file(output.code());
                    prop_assert!(parsed.is_ok(), "{:?}\n{}", parsed.err(), output.code());
                    prop_assert!(!output.code().contains(UNPARSED_ITEM), "{}", output.code());
                }
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }

    #[test]
    fn any_options_are_refused_or_give_code_that_parses(text in document(), options in options()) {
        let source = Source::new("document.yaml", text);
        match Config::from_toml("asyncapi.toml", &options).and_then(|config| config.generate(&source)) {
            Ok(output) => {
                let parsed = syn::parse_file(output.code());
                prop_assert!(parsed.is_ok(), "{options}\n{:?}\n{}", parsed.err(), output.code());
                prop_assert!(!output.code().contains(UNPARSED_ITEM), "{options}\n{}", output.code());
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
