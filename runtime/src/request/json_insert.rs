//! Room in a JSON text: where a value can be written without touching the rest, whose digits and order stay.

use std::ops::Range;
use std::str;

use serde::de::{DeserializeOwned, Error as _, IgnoredAny};
use serde_json::{Deserializer, Error, Value};

use crate::pointer::{self, Step};

/// What stands at a pointer.
pub(super) enum PointerContent {
    /// A text, or an integer as its digits.
    Text(String),
    /// Nothing, `null` or an empty text: a value can be written there.
    Nothing(InsertPoint),
    /// A value of another kind.
    Other,
}

/// The text before and after a value that is to be written.
pub(super) struct InsertPoint {
    pub(super) before: String,
    pub(super) after: String,
}

/// What stands at a pointer into a JSON text; an error where nothing does, and no object can take it in.
pub(super) fn find(body: &[u8], pointer: &str) -> Result<PointerContent, Error> {
    let text = str::from_utf8(body).map_err(Error::custom)?;
    serde_json::from_str::<IgnoredAny>(text)?;
    let mut here = value_at(text, 0)?;
    let mut rest = pointer;
    loop {
        let (token, below) = match pointer::step(rest) {
            Step::Here => return classify(text, here),
            Step::Into(token, below) => (token, below),
            Step::Nowhere => return Err(Error::custom(format_args!("`{pointer}` is no JSON pointer"))),
        };
        here = match text.as_bytes().get(here.start) {
            Some(b'{') => {
                let members = members(text, here.start)?;
                // Of a repeated key the last one counts.
                match members.iter().rev().find(|(key, _)| *key == token) {
                    Some((_, member)) => member.clone(),
                    None => return Ok(PointerContent::Nothing(at_the_end(text, &here, members.is_empty(), rest))),
                }
            }
            Some(b'[') => {
                let items = items(text, here.start)?;
                let item = pointer::index(&token).and_then(|index| items.get(index).cloned());
                item.ok_or_else(|| no_room(pointer))?
            }
            _ => return Err(no_room(pointer)),
        };
        rest = below;
    }
}

fn no_room(pointer: &str) -> Error {
    Error::custom(format_args!("the payload has no room for a value at {pointer}"))
}

fn classify(text: &str, here: Range<usize>) -> Result<PointerContent, Error> {
    let room = || InsertPoint { before: text[..here.start].to_owned(), after: text[here.end..].to_owned() };
    Ok(match serde_json::from_str(&text[here.clone()])? {
        Value::Null => PointerContent::Nothing(room()),
        Value::String(text) if text.is_empty() => PointerContent::Nothing(room()),
        Value::String(text) => PointerContent::Text(text),
        Value::Number(number) if number.is_i64() || number.is_u64() => PointerContent::Text(number.to_string()),
        _ => PointerContent::Other,
    })
}

/// A new last member of an object, and an object in it for each further step.
fn at_the_end(text: &str, object: &Range<usize>, is_empty: bool, mut rest: &str) -> InsertPoint {
    let end = object.end - 1;
    let (mut before, mut closing) = (text[..end].to_owned(), String::new());
    if !is_empty {
        before.push(',');
    }
    while let Step::Into(token, below) = pointer::step(rest) {
        before.push_str(&Value::from(token).to_string());
        before.push(':');
        if !below.is_empty() {
            before.push('{');
            closing.push('}');
        }
        rest = below;
    }
    InsertPoint { before, after: closing + &text[end..] }
}

/// The members of the object that opens here.
fn members(text: &str, open: usize) -> Result<Vec<(String, Range<usize>)>, Error> {
    let mut members = Vec::new();
    let mut at = next(text, open + 1);
    while text.as_bytes().get(at) == Some(&b'"') {
        let (key, colon) = read::<String>(text, at)?;
        let value = value_at(text, next(text, colon) + 1)?;
        at = after_comma(text, value.end);
        members.push((key, value));
    }
    Ok(members)
}

/// The items of the list that opens here.
fn items(text: &str, open: usize) -> Result<Vec<Range<usize>>, Error> {
    let mut items = Vec::new();
    let mut at = next(text, open + 1);
    while text.as_bytes().get(at).is_some_and(|sign| *sign != b']') {
        let item = value_at(text, at)?;
        at = after_comma(text, item.end);
        items.push(item);
    }
    Ok(items)
}

/// The first sign from here on that is no white space.
fn next(text: &str, from: usize) -> usize {
    let is_white = |sign: &u8| matches!(sign, b' ' | b'\t' | b'\n' | b'\r');
    from + text.as_bytes().iter().skip(from).take_while(|sign| is_white(sign)).count()
}

fn after_comma(text: &str, from: usize) -> usize {
    let at = next(text, from);
    if text.as_bytes().get(at) == Some(&b',') { next(text, at + 1) } else { at }
}

/// Where the value from here on stands.
fn value_at(text: &str, from: usize) -> Result<Range<usize>, Error> {
    let start = next(text, from);
    read::<IgnoredAny>(text, start).map(|(_, end)| start..end)
}

/// The value that starts here, and where it ends.
fn read<T: DeserializeOwned>(text: &str, start: usize) -> Result<(T, usize), Error> {
    let mut values = Deserializer::from_str(text.get(start..).unwrap_or_default()).into_iter();
    let value = values.next().unwrap_or_else(|| Err(Error::custom("the text ends too early")))?;
    Ok((value, start + values.byte_offset()))
}

#[cfg(test)]
mod tests {
    use super::{InsertPoint, PointerContent, find};

    /// The text with a 7 at the pointer, what stands there in brackets, or a word for what else is the case.
    fn filled(text: &str, pointer: &str) -> String {
        match find(text.as_bytes(), pointer) {
            Ok(PointerContent::Nothing(InsertPoint { before, after })) => format!("{before}7{after}"),
            Ok(PointerContent::Text(text)) => format!("<{text}>"),
            Ok(PointerContent::Other) => "other".to_owned(),
            Err(_) => "no room".to_owned(),
        }
    }

    #[test]
    fn nothing_but_the_place_is_touched() {
        let rows = [
            (r#"{"z": 1.10, "a": 18446744073709551616}"#, "/id", r#"{"z": 1.10, "a": 18446744073709551616,"id":7}"#),
            ("{}", "/id", r#"{"id":7}"#),
            (" { } ", "/id", r#" { "id":7} "#),
            (r#"{"id": null, "b": 2}"#, "/id", r#"{"id": 7, "b": 2}"#),
            (r#"{"id": ""}"#, "/id", r#"{"id": 7}"#),
            (r#"{"a": {"b": {}}}"#, "/a/b/c", r#"{"a": {"b": {"c":7}}}"#),
            (r#"{"a": {}}"#, "/a/b~1c/\"d", r#"{"a": {"b/c":{"\"d":7}}}"#),
            (r#"[1, {"x": 2}]"#, "/1/id", r#"[1, {"x": 2,"id":7}]"#),
        ];
        for (text, pointer, expected) in rows {
            assert_eq!(filled(text, pointer), expected, "{pointer} in {text}");
        }
    }

    #[test]
    fn what_stands_there_is_told() {
        assert_eq!(filled(r#"{"\u0069d": "x"}"#, "/id"), "<x>");
        assert_eq!(filled(r#"{"id": 12}"#, "/id"), "<12>");
        assert_eq!(filled(r#"{"id": {}}"#, "/id"), "other");
        for (text, pointer) in [("[]", "/0"), ("[]", "/id"), (r#"{"id": 1}"#, "/id/x"), ("{}", "id"), ("{", "/id")] {
            assert_eq!(filled(text, pointer), "no room", "{pointer} in {text}");
        }
    }
}
