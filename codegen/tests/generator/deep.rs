//! Long chains of references, cycles and deep nesting give code or diagnostics, on the stack of an ordinary thread.
//!
//! Each test of a chain has a short form, which always runs, and a long one, which `cargo xtask deep` runs.

use std::fmt::Write as _;

use asyncapi_codegen::{Config, Error, Perspective, Source};

const HEAD: &str = "asyncapi: 2.6.0\ninfo: {title: Deep, version: '1'}\nchannels: {}\n";

/// A document with these component schemas.
fn schemas(schemas: impl Iterator<Item = (String, String)>) -> String {
    entries(&format!("{HEAD}components:\n  schemas:\n"), schemas)
}

fn entries(head: &str, entries: impl Iterator<Item = (String, String)>) -> String {
    let mut text = head.to_owned();
    for (name, schema) in entries {
        let _ = writeln!(text, "    {name}: {schema}");
    }
    text
}

/// Schemas `A0` to `A<length>`. `link` writes each one from the name of the next; the last one is a string.
fn chain(length: usize, link: impl Fn(&str) -> String) -> impl Iterator<Item = (String, String)> {
    chain_to("{type: string}", length, link)
}

fn chain_to(last: &str, length: usize, link: impl Fn(&str) -> String) -> impl Iterator<Item = (String, String)> {
    (0..=length).map(move |index| {
        let next = format!("A{}", index + 1);
        (format!("A{index}"), if index == length { last.to_owned() } else { link(&next) })
    })
}

/// The code for the client, or the diagnostics.
fn generate(text: &str) -> Result<String, String> {
    let source = Source::new("document.yaml", text);
    let generate = |perspective| match Config::new().perspective(perspective).generate(&source) {
        Ok(output) => Ok(output.code().to_owned()),
        Err(Error::Refused(report)) => Err(report.to_string()),
        Err(other) => panic!("{other}"),
    };
    generate(Perspective::Application).and_then(|_| generate(Perspective::Client))
}

fn component(name: &str) -> String {
    format!("{{$ref: '#/components/schemas/{name}'}}")
}

#[test]
fn long_chains_of_references_give_code() {
    check_chains_of_references(200);
}

#[test]
#[ignore = "takes long; cargo xtask deep"]
fn very_long_chains_of_references_give_code() {
    check_chains_of_references(1000);
}

fn check_chains_of_references(length: usize) {
    let code = generate(&schemas(chain(2 * length, component))).unwrap();
    assert!(code.contains("pub type A0 = A1;") && code.contains(&format!("pub type A{} = String;", 2 * length)));
    let holding = |next: &str| format!("{{type: object, properties: {{next: {}}}}}", component(next));
    let code = generate(&schemas(chain(length, holding))).unwrap();
    assert!(code.contains(&format!("pub struct A{} {{", length - 1)));
}

#[test]
fn long_chains_outside_the_components_give_code() {
    check_chains_outside_the_components(160);
}

#[test]
#[ignore = "takes long; cargo xtask deep"]
fn very_long_chains_outside_the_components_give_code() {
    check_chains_outside_the_components(800);
}

/// The generator visits the components first, so only schemas elsewhere are visited through references.
fn check_chains_outside_the_components(length: usize) {
    let holding = |next: &str| format!("{{type: object, properties: {{next: {{$ref: '#/x-definitions/{next}'}}}}}}");
    let text = entries(
        &format!("{HEAD}components: {{schemas: {{Start: {{$ref: '#/x-definitions/A0'}}}}}}\nx-definitions:\n"),
        chain(length, holding),
    );
    assert!(generate(&text).unwrap().contains(&format!("pub struct A{} {{", length - 1)));
}

#[test]
fn long_chains_of_all_of_and_one_of_give_code() {
    check_chains_of_all_of_and_one_of(80);
}

#[test]
#[ignore = "takes long; cargo xtask deep"]
fn very_long_chains_of_all_of_and_one_of_give_code() {
    check_chains_of_all_of_and_one_of(400);
}

fn check_chains_of_all_of_and_one_of(length: usize) {
    let part = |next: &str| format!("{{allOf: [{}]}}", component(next));
    let code = generate(&schemas(chain(2 * length, part))).unwrap();
    assert!(code.contains("pub type A0 = "), "the alias of the first schema is missing");
    let adding = |next: &str| format!("{{allOf: [{}, {{type: object, properties: {{a: {{}}}}}}]}}", component(next));
    let code = generate(&schemas(chain_to("{type: object}", length / 2, adding))).unwrap();
    assert!(code.contains("pub struct A0 {"), "the first object is missing");
    let alternative =
        |next: &str| format!("{{oneOf: [{}, {{type: object, properties: {{a: {{}}}}}}]}}", component(next));
    let code = generate(&schemas(chain(length, alternative))).unwrap();
    assert!(code.contains("pub enum A0 {"), "the first union is missing");
}

#[test]
fn schemas_on_many_paths_are_visited_once() {
    check_schemas_on_many_paths(30, 5);
}

#[test]
#[ignore = "takes long; cargo xtask deep"]
fn schemas_on_very_many_paths_are_visited_once() {
    check_schemas_on_many_paths(60, 12);
}

/// Each schema refers to the next one twice, so the number of paths doubles with each schema.
fn check_schemas_on_many_paths(parts: usize, alternatives: usize) {
    let twice = |next: &str| {
        let next = component(next);
        format!("{{allOf: [{next}, {next}, {{type: object, properties: {{own: {{type: string}}}}}}]}}")
    };
    let code = generate(&schemas(chain_to("{type: object}", parts, twice))).unwrap();
    assert!(code.contains("pub own: Option<String>"));
    let either = |next: &str| {
        let next = component(next);
        let with = |kind: &str| format!("{{allOf: [{next}], properties: {{kind: {{const: {kind}}}}}}}");
        format!("{{type: object, properties: {{own: {{}}}}, oneOf: [{}, {}]}}", with("a"), with("b"))
    };
    let code = generate(&schemas(chain_to("{type: object}", alternatives, either))).unwrap();
    assert!(code.contains("pub enum A0 {"), "the first union is missing");
}

#[test]
fn cycles_give_code_or_diagnostics() {
    let rows = [
        ("a schema through itself", "A: {$ref: '#/components/schemas/A/properties/x'}"),
        ("a schema", "A: {$ref: '#/components/schemas/A'}"),
        ("two schemas", "A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}"),
    ];
    for (what, schemas) in rows {
        let report = generate(&format!("{HEAD}components:\n  schemas:\n    {schemas}\n")).expect_err(what);
        assert!(report.contains("part of a cycle") || report.contains("does not exist"), "{report}");
    }
    let rows = [
        ("a part of itself", "A: {allOf: [{$ref: '#/components/schemas/A'}, {type: object, properties: {a: {}}}]}"),
        (
            "an alternative to itself",
            "A: {type: object, properties: {a: {type: string}}, oneOf: [{$ref: '#/components/schemas/A'}, {properties: {b: {type: string}}}]}",
        ),
        ("nothing but itself", "A: {oneOf: [{$ref: '#/components/schemas/A'}]}"),
        ("nothing but parts of itself", "A: {allOf: [{$ref: '#/components/schemas/A'}]}"),
        ("a list of itself", "A: {type: array, items: {$ref: '#/components/schemas/A'}}"),
        (
            "a later one that holds it",
            "A: {$ref: '#/components/schemas/B'}\n    B: {type: object, properties: {a: {$ref: '#/components/schemas/A'}}}",
        ),
    ];
    for (what, schemas) in rows {
        let code = generate(&format!("{HEAD}components:\n  schemas:\n    {schemas}\n"));
        assert!(code.is_ok(), "{what}: {}", code.unwrap_err());
    }
    for kind in ["messages", "parameters", "correlationIds", "messageTraits", "servers"] {
        let text = format!(
            "{HEAD}components:\n  {kind}:\n    A: {{$ref: '#/components/{kind}/B'}}\n    B: {{$ref: '#/components/{kind}/A'}}\n"
        );
        let _ = generate(&text);
    }
}

#[test]
fn deep_nesting_is_refused_or_fits_on_the_stack() {
    check_deep_nesting(&[20, 40, 600]);
}

#[test]
#[ignore = "takes long; cargo xtask deep"]
fn very_deep_nesting_is_refused_or_fits_on_the_stack() {
    check_deep_nesting(&[60, 120]);
}

/// The parser of YAML refuses more than 128 levels. Fewer levels fit on the stack.
fn check_deep_nesting(depths: &[usize]) {
    let nests = [
        ("{type: object, properties: {a: ", "}}"),
        ("{type: array, items: ", "}"),
        ("{type: object, additionalProperties: ", "}"),
        ("{oneOf: [{type: object, properties: {b: {}}}, ", "]}"),
        ("{type: object, properties: {p: {}}, anyOf: [{type: object, properties: {b: {}}}, ", "]}"),
        ("{allOf: [{type: object, properties: {b: {}}}, ", "]}"),
        ("{type: array, minItems: 2, additionalItems: false, items: [{type: string}, ", "]}"),
        ("{not: ", "}"),
        ("{definitions: {a: ", "}}"),
    ];
    for (open, close) in nests {
        for &depth in depths {
            // The schemas of an `allOf` with an object are objects.
            let last = if open.contains("allOf") { "{type: object}" } else { "{type: string}" };
            let nested = format!("{}{last}{}", open.repeat(depth), close.repeat(depth));
            let code = generate(&format!("{HEAD}components:\n  schemas:\n    A: {nested}\n"));
            assert!(depth < 600 || code.is_err(), "{open}: {depth} levels");
            assert!(depth > 20 || code.is_ok(), "{open}: {}", code.unwrap_err());
        }
    }
    for text in ["[".repeat(2_000), "{a: ".repeat(2_000), "- ".repeat(2_000), "[".repeat(2_000) + &"]".repeat(2_000)] {
        assert!(generate(&text).is_err());
        assert!(generate(&format!("{HEAD}unknown: {text}")).is_err());
        let json = Source::new("document.json", format!(r#"{{"asyncapi": {text}}}"#));
        assert!(Config::new().generate(&json).is_err());
    }
}

#[test]
fn unions_of_many_alternatives_give_code() {
    check_unions_of_many_alternatives(500);
}

#[test]
#[ignore = "takes long; cargo xtask deep"]
fn unions_of_very_many_alternatives_give_code() {
    check_unions_of_many_alternatives(10_000);
}

/// If the alternatives became a chain of calls, the parser of the generated code would overflow its stack.
fn check_unions_of_many_alternatives(count: usize) {
    let alternatives: Vec<String> =
        (0..count).map(|index| format!("{{type: object, properties: {{p{index}: {{type: string}}}}}}")).collect();
    let union = format!("{{oneOf: [{}]}}", alternatives.join(", "));
    let code = generate(&schemas(std::iter::once(("Any".to_owned(), union)))).unwrap();
    assert!(code.contains(&format!("pub struct AnyP{} {{", count - 1)));
}
