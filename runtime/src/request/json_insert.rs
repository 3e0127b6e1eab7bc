//! Inserts a value into a JSON text without changing the rest: digits of numbers, order of keys and white space are
//! kept.

use std::ops::Range;
use std::str;

use serde::de::{DeserializeOwned, Error as _, IgnoredAny};
use serde_json::{Deserializer, Error, Value};

use crate::pointer::{self, Step};

/// The value at a pointer.
pub(super) enum PointerContent {
    /// A string, or the digits of an integer.
    Text(String),
    /// No value, `null` or an empty string: a value can be inserted.
    Absent(InsertPoint),
    /// A value of another kind.
    Other,
}

/// The JSON text before and after the value to insert.
pub(super) struct InsertPoint {
    pub(super) before: String,
    pub(super) after: String,
}

/// Finds the value at a pointer in a JSON text; an error if there is none and its parent cannot contain one.
pub(super) fn find(body: &[u8], pointer: &str) -> Result<PointerContent, Error> {
    let text = str::from_utf8(body).map_err(Error::custom)?;
    serde_json::from_str::<IgnoredAny>(text)?;
    let mut here = value_at(text, 0)?;
    let mut rest = pointer;
    loop {
        let (token, below) = match pointer::step(rest) {
            Step::Here => return classify(text, here),
            Step::Into(token, below) => (token, below),
            Step::Nowhere => return Err(Error::custom(format_args!("`{pointer}` is not a JSON pointer"))),
        };
        here = match text.as_bytes().get(here.start) {
            Some(b'{') => {
                let members = members(text, here.start)?;
                // Of a repeated key, the last one counts.
                match members.iter().rev().find(|(key, _)| *key == token) {
                    Some((_, member)) => member.clone(),
                    None => return Ok(PointerContent::Absent(at_the_end(text, &here, members.is_empty(), rest))),
                }
            }
            Some(b'[') => {
                let items = items(text, here.start)?;
                let item = pointer::index(&token).and_then(|index| items.get(index).cloned());
                item.ok_or_else(|| no_parent(pointer))?
            }
            _ => return Err(no_parent(pointer)),
        };
        rest = below;
    }
}

fn no_parent(pointer: &str) -> Error {
    Error::custom(format_args!("the payload cannot contain a value at {pointer}"))
}

fn classify(text: &str, here: Range<usize>) -> Result<PointerContent, Error> {
    let insert_point = || InsertPoint { before: text[..here.start].to_owned(), after: text[here.end..].to_owned() };
    Ok(match serde_json::from_str(&text[here.clone()])? {
        Value::Null => PointerContent::Absent(insert_point()),
        Value::String(text) if text.is_empty() => PointerContent::Absent(insert_point()),
        Value::String(text) => PointerContent::Text(text),
        Value::Number(number) if number.is_i64() || number.is_u64() => PointerContent::Text(number.to_string()),
        _ => PointerContent::Other,
    })
}

/// The insert point for a new last member of an object, with a new object for each further token of the pointer.
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

/// The members of the object that starts at `open`.
fn members(text: &str, open: usize) -> Result<Vec<(String, Range<usize>)>, Error> {
    let mut members = Vec::new();
    let mut at = skip_white_space(text, open + 1);
    while text.as_bytes().get(at) == Some(&b'"') {
        let (key, colon) = parse_at::<String>(text, at)?;
        let value = value_at(text, skip_white_space(text, colon) + 1)?;
        at = after_comma(text, value.end);
        members.push((key, value));
    }
    Ok(members)
}

/// The items of the array that starts at `open`.
fn items(text: &str, open: usize) -> Result<Vec<Range<usize>>, Error> {
    let mut items = Vec::new();
    let mut at = skip_white_space(text, open + 1);
    while text.as_bytes().get(at).is_some_and(|sign| *sign != b']') {
        let item = value_at(text, at)?;
        at = after_comma(text, item.end);
        items.push(item);
    }
    Ok(items)
}

/// The position of the next character that is not white space.
fn skip_white_space(text: &str, from: usize) -> usize {
    let is_white = |sign: &u8| matches!(sign, b' ' | b'\t' | b'\n' | b'\r');
    from + text.as_bytes().iter().skip(from).take_while(|sign| is_white(sign)).count()
}

fn after_comma(text: &str, from: usize) -> usize {
    let at = skip_white_space(text, from);
    if text.as_bytes().get(at) == Some(&b',') { skip_white_space(text, at + 1) } else { at }
}

/// The range of the next value.
fn value_at(text: &str, from: usize) -> Result<Range<usize>, Error> {
    let start = skip_white_space(text, from);
    parse_at::<IgnoredAny>(text, start).map(|(_, end)| start..end)
}

/// Parses the value that starts here. Returns its end too.
fn parse_at<T: DeserializeOwned>(text: &str, start: usize) -> Result<(T, usize), Error> {
    let mut values = Deserializer::from_str(text.get(start..).unwrap_or_default()).into_iter();
    let value = values.next().unwrap_or_else(|| Err(Error::custom("the text ends too early")))?;
    Ok((value, start + values.byte_offset()))
}

#[cfg(test)]
mod tests {
    use super::{InsertPoint, PointerContent, find};

    /// The text with a 7 inserted at the pointer; an existing string or integer in angle brackets; or a word for other
    /// cases.
    fn filled(text: &str, pointer: &str) -> String {
        match find(text.as_bytes(), pointer) {
            Ok(PointerContent::Absent(InsertPoint { before, after })) => format!("{before}7{after}"),
            Ok(PointerContent::Text(text)) => format!("<{text}>"),
            Ok(PointerContent::Other) => "other".to_owned(),
            Err(_) => "no room".to_owned(),
        }
    }

    #[test]
    fn the_rest_of_the_text_is_unchanged() {
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
    fn an_existing_value_is_found() {
        assert_eq!(filled(r#"{"\u0069d": "x"}"#, "/id"), "<x>");
        assert_eq!(filled(r#"{"id": 12}"#, "/id"), "<12>");
        assert_eq!(filled(r#"{"id": {}}"#, "/id"), "other");
        for (text, pointer) in [("[]", "/0"), ("[]", "/id"), (r#"{"id": 1}"#, "/id/x"), ("{}", "id"), ("{", "/id")] {
            assert_eq!(filled(text, pointer), "no room", "{pointer} in {text}");
        }
    }
}
