//! Documents that nobody meant: whatever is in them, the generator neither panics nor makes what does not parse.

use asyncapi_codegen::{Config, Perspective, Source};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

/// What may stand where something else was meant.
const ODDITIES: &[&str] = &[
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

/// Options that may all be chosen at once, for whatever is in a document.
const OPTIONS: &[&str] = &[
    "closed-enums = true",
    "keep-unknown = true",
    "non-exhaustive = true",
    "with-methods = true",
    "provided-methods = true",
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

/// One slip of the hand.
#[derive(Clone, Debug)]
enum Slip {
    Delete(Index),
    Repeat(Index, Index),
    Indent(Index),
    Replace(Index, &'static str),
    Rename(Index, &'static str),
}

fn slip() -> impl Strategy<Value = Slip> {
    prop_oneof![
        any::<Index>().prop_map(Slip::Delete),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Slip::Repeat(from, to)),
        any::<Index>().prop_map(Slip::Indent),
        (any::<Index>(), select(ODDITIES)).prop_map(|(at, text)| Slip::Replace(at, text)),
        (any::<Index>(), select(ODDITIES)).prop_map(|(at, text)| Slip::Rename(at, text)),
    ]
}

/// A fixture with some slips in it.
fn document() -> impl Strategy<Value = String> {
    let fixtures = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures")).expect("fixtures");
    let mut texts: Vec<String> = fixtures
        .flatten()
        .filter_map(|fixture| std::fs::read_to_string(fixture.path().join("input.yaml")).ok())
        .collect();
    texts.sort();
    (select(texts), proptest::collection::vec(slip(), 1..6)).prop_map(|(text, slips)| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for slip in slips {
            apply(&mut lines, &slip);
        }
        lines.join("\n")
    })
}

/// Some options, and perhaps a slip in them.
fn options() -> impl Strategy<Value = String> {
    let slip = proptest::option::of((any::<Index>(), select(ODDITIES)));
    (subsequence(OPTIONS, 0..=OPTIONS.len()), slip).prop_map(|(lines, slip)| {
        let mut text = lines.join("\n");
        if let Some((at, oddity)) = slip.filter(|_| !text.is_empty()) {
            let at = at.index(text.len());
            text.replace_range(at..=at, oddity);
        }
        text
    })
}

fn apply(lines: &mut Vec<String>, slip: &Slip) {
    if lines.is_empty() {
        return;
    }
    let length = lines.len();
    match slip {
        Slip::Delete(at) => {
            lines.remove(at.index(length));
        }
        Slip::Repeat(from, to) => {
            let line = lines[from.index(length)].clone();
            lines.insert(to.index(length), line);
        }
        Slip::Indent(at) => lines[at.index(length)].insert_str(0, "  "),
        Slip::Replace(at, text) => {
            let line = &mut lines[at.index(length)];
            let start = line.find(": ").map_or(line.len(), |colon| colon + 2);
            line.replace_range(start.., text);
        }
        Slip::Rename(at, text) => {
            let line = &mut lines[at.index(length)];
            let start = line.len() - line.trim_start().len();
            let end = line.find(':').unwrap_or(line.len()).max(start);
            line.replace_range(start..end, text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_is_refused_or_gives_rust(text in document()) {
        let source = Source::new("document.yaml", text);
        for perspective in [Perspective::Client, Perspective::Application] {
            match Config::new().perspective(perspective).generate(&source) {
                Ok(output) => {
                    let parsed = syn::parse_file(output.code());
                    prop_assert!(parsed.is_ok(), "{:?}\n{}", parsed.err(), output.code());
                    prop_assert!(!output.code().contains("compile_error!"), "{}", output.code());
                }
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }
    #[test]
    fn any_options_are_refused_or_give_rust(text in document(), options in options()) {
        let source = Source::new("document.yaml", text);
        match Config::from_toml("asyncapi.toml", &options).and_then(|config| config.generate(&source)) {
            Ok(output) => {
                let parsed = syn::parse_file(output.code());
                prop_assert!(parsed.is_ok(), "{options}\n{:?}\n{}", parsed.err(), output.code());
                prop_assert!(!output.code().contains("compile_error!"), "{options}\n{}", output.code());
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
