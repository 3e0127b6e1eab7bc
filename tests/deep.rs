//! Documents that are long in depth: chains, circles and nests of every kind end in code or in a report, on the stack of
//! an ordinary thread.

use std::fmt::Write as _;

use asyncapi_codegen::{Config, Error, Perspective, Source};

const HEAD: &str = "asyncapi: 2.6.0\ninfo: {title: Deep, version: '1'}\nchannels: {}\n";

/// A document whose component schemas are these.
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

/// `A0` refers to `A1` and so on, in the words of `link`, to a last one that is a text.
fn chain(length: usize, link: impl Fn(&str) -> String) -> impl Iterator<Item = (String, String)> {
    chain_to("{type: string}", length, link)
}

fn chain_to(last: &str, length: usize, link: impl Fn(&str) -> String) -> impl Iterator<Item = (String, String)> {
    (0..=length).map(move |index| {
        let next = format!("A{}", index + 1);
        (format!("A{index}"), if index == length { last.to_owned() } else { link(&next) })
    })
}

/// The code, or the report.
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
fn chains_of_references_are_as_long_as_they_like() {
    let code = generate(&schemas(chain(2000, component))).unwrap();
    assert!(code.contains("pub type A0 = A1;") && code.contains("pub type A2000 = String;"));
    let holding = |next: &str| format!("{{type: object, properties: {{next: {}}}}}", component(next));
    let code = generate(&schemas(chain(1000, holding))).unwrap();
    assert!(code.contains("pub struct A999 {"));
}

/// Only components have types before they are reached.
#[test]
fn chains_outside_the_components_are_as_long_as_they_like() {
    let holding = |next: &str| format!("{{type: object, properties: {{next: {{$ref: '#/x-definitions/{next}'}}}}}}");
    let text = entries(
        &format!("{HEAD}components: {{schemas: {{Start: {{$ref: '#/x-definitions/A0'}}}}}}\nx-definitions:\n"),
        chain(800, holding),
    );
    assert!(generate(&text).unwrap().contains("pub struct A799 {"));
}

#[test]
fn chains_of_parts_and_alternatives_are_as_long_as_they_like() {
    let part = |next: &str| format!("{{allOf: [{}]}}", component(next));
    assert!(generate(&schemas(chain(800, part))).is_ok());
    let adding = |next: &str| format!("{{allOf: [{}, {{type: object, properties: {{a: {{}}}}}}]}}", component(next));
    assert!(generate(&schemas(chain_to("{type: object}", 200, adding))).is_ok());
    let alternative =
        |next: &str| format!("{{oneOf: [{}, {{type: object, properties: {{a: {{}}}}}}]}}", component(next));
    assert!(generate(&schemas(chain(400, alternative))).is_ok());
}

/// Each level holds the next one twice: what walks every way through them never ends.
#[test]
fn ways_that_meet_again_are_walked_once() {
    let twice = |next: &str| {
        let next = component(next);
        format!("{{allOf: [{next}, {next}, {{type: object, properties: {{own: {{type: string}}}}}}]}}")
    };
    assert!(generate(&schemas(chain_to("{type: object}", 60, twice))).is_ok());
    let either = |next: &str| {
        let next = component(next);
        let with = |kind: &str| format!("{{allOf: [{next}], properties: {{kind: {{const: {kind}}}}}}}");
        format!("{{type: object, properties: {{own: {{}}}}, oneOf: [{}, {}]}}", with("a"), with("b"))
    };
    assert!(generate(&schemas(chain_to("{type: object}", 12, either))).is_ok());
}

#[test]
fn circles_end() {
    let rows = [
        ("a schema through itself", "A: {$ref: '#/components/schemas/A/properties/x'}"),
        ("a schema", "A: {$ref: '#/components/schemas/A'}"),
        ("two schemas", "A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}"),
    ];
    for (what, schemas) in rows {
        let report = generate(&format!("{HEAD}components:\n  schemas:\n    {schemas}\n")).expect_err(what);
        assert!(report.contains("in a circle") || report.contains("does not exist"), "{report}");
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

/// A file nests to 128, says the parser; what it lets through fits on the stack.
#[test]
fn nests_are_refused_or_fit() {
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
        for depth in [20, 40, 60, 120, 600] {
            // A part of an object is one, too.
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

/// What reads Rust follows a chain of calls as deep as it is long.
#[test]
fn unions_have_as_many_alternatives_as_they_like() {
    let alternatives: Vec<String> =
        (0..10_000).map(|index| format!("{{type: object, properties: {{p{index}: {{type: string}}}}}}")).collect();
    let code =
        generate(&schemas(std::iter::once(("Any".to_owned(), format!("{{oneOf: [{}]}}", alternatives.join(", "))))));
    assert!(code.unwrap().contains("pub struct AnyP9999 {"));
}
