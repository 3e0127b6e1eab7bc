//! Strings and integers at JSON pointers.

use asyncapi_runtime::{DecodeErrorKind, Inbound};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::json::{any_value, pointers};

fn peek(body: &str, pointer: &str) -> Option<String> {
    Inbound::new(body.to_owned()).peek(pointer).expect("JSON")
}

#[test]
fn finds_the_string_a_pointer_leads_to() {
    let body = r#"{"name": "a", "data": {"id": "b", "list": [1, ["x", "c"]]}, "a/b": "d", "m~n": "e", "": {"": "f"}}"#;
    for (pointer, found) in
        [("/name", "a"), ("/data/id", "b"), ("/data/list/1/1", "c"), ("/a~1b", "d"), ("/m~0n", "e"), ("//", "f")]
    {
        assert_eq!(peek(body, pointer).as_deref(), Some(found), "{pointer}");
    }
    assert_eq!(peek(r#""alone""#, "").as_deref(), Some("alone"));
}

#[test]
fn unescapes_what_the_json_escapes() {
    assert_eq!(peek(r#"{"n\u0061me": "\ud83d\ude00\n"}"#, "/name").as_deref(), Some("😀\n"));
}

#[test]
fn tilde_zero_one_is_a_tilde_and_a_one() {
    assert_eq!(peek(r#"{"~1": "yes", "/": "no"}"#, "/~01").as_deref(), Some("yes"));
}

#[test]
fn finds_nothing_where_there_is_no_string() {
    let body = r#"{"number": 1, "null": null, "bool": true, "float": 1.5, "negative": -1,
                   "object": {}, "list": ["a", "b"], "text": "t"}"#;
    for pointer in [
        "",
        "/",
        "/absent",
        "/number",
        "/null",
        "/bool",
        "/float",
        "/negative",
        "/object",
        "/list",
        "/list/2",
        "/list/01",
        "/list/+1",
        "/list/-",
        "/list/",
        "/list/99999999999999999999999",
        "/text/0",
        "/number/0",
        "text",
        "text/",
        "#/text",
    ] {
        assert_eq!(peek(body, pointer), None, "{pointer}");
    }
}

#[test]
fn the_last_of_repeated_keys_counts() {
    assert_eq!(peek(r#"{"a": "first", "a": "last"}"#, "/a").as_deref(), Some("last"));
    assert_eq!(peek(r#"{"a": {"b": "first"}, "a": {}}"#, "/a/b"), None);
}

#[test]
fn a_body_that_is_not_one_json_value_is_an_error() {
    for body in
        ["", " ", "{", r#"{"name""#, r#"{"name": "a"} x"#, r#"{"name": "a"}{}"#, "nonsense", "[1,]", "\u{feff}{}"]
    {
        let error = Inbound::new(body).peek("/name").expect_err(body);
        assert_eq!(error.kind(), DecodeErrorKind::Syntax, "{body}");
        assert_eq!(error.pointer(), "", "{body}");
    }
}

#[test]
fn a_fault_after_the_find_is_still_an_error() {
    assert!(Inbound::new(r#"{"name": "a", "data": }"#).peek("/name").is_err());
    assert!(Inbound::new(r#"["a", }"#).peek("/0").is_err());
}

#[test]
fn too_deep_nesting_is_an_error() {
    let deep = "[".repeat(100_000);
    assert!(Inbound::new(deep.clone()).peek("/name").is_err());
    assert!(Inbound::new(deep).peek(&"/0".repeat(100_000)).is_err());
}

proptest! {
    #[test]
    fn agrees_with_value_pointer(value in any_value(), stray in "(/[ab01~-]{0,2}){0,3}|[ab/]{0,3}") {
        let inbound = Inbound::new(value.to_string());
        // Parsed again before the comparison, because a float may lose its last digit when it is written.
        let value: Value = inbound.decode().unwrap();
        for pointer in pointers(&value).into_iter().chain([stray]) {
            let expected = value.pointer(&pointer).and_then(Value::as_str);
            let found = inbound.peek(&pointer).unwrap();
            prop_assert_eq!(found.as_deref(), expected, "{}", pointer);
        }
    }

    #[test]
    fn agrees_with_value_on_broken_text(
        value in any_value(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        pointer in "(/[ab01]{0,2}){0,3}",
    ) {
        let mut body = value.to_string().into_bytes();
        let at = at.index(body.len());
        body[at] = byte;
        let inbound = Inbound::new(body);
        match (inbound.peek(&pointer), inbound.decode::<Value>()) {
            (Ok(found), Ok(value)) => {
                prop_assert_eq!(found.as_deref(), value.pointer(&pointer).and_then(Value::as_str));
            }
            // `peek` checks only the syntax of skipped values. So it may accept more than `decode`, but never less.
            (_, Err(_)) => {}
            (Err(error), Ok(value)) => prop_assert!(false, "{error} in {value}"),
        }
    }

    #[test]
    fn any_bytes_get_an_answer(body in prop::collection::vec(any::<u8>(), 0..64), pointer in ".{0,16}") {
        let inbound = Inbound::new(body);
        let agrees = inbound.peek(&pointer).is_ok() || inbound.decode::<Value>().is_err();
        prop_assert!(agrees);
    }
}

#[test]
fn the_generated_values_do_hold_strings_to_find() {
    // Otherwise the property tests above could pass without comparing any string.
    let nested = json!({"a": [{"b/c": "x"}]});
    assert_eq!(pointers(&nested), ["", "/a", "/a/0", "/a/0/b~1c"]);
    assert_eq!(peek(&nested.to_string(), "/a/0/b~1c").as_deref(), Some("x"));
}
