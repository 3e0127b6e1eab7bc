//! Parses the text of a file into JSON values. No other file uses `serde_yaml`.

use std::path::Path;

use serde::de::DeserializeSeed;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::json::{Value, ValueSeed};
use crate::location::{FileId, Position};
use crate::source::Source;

/// Files with these extensions are not parsed. A description may refer to one with `$ref`.
const TEXT_EXTENSIONS: &[&str] = &["adoc", "graphql", "html", "markdown", "md", "proto", "txt", "xml", "xsd"];

/// A syntax error, as the parser reports it.
pub(super) struct SyntaxError {
    position: Option<Position>,
    message: String,
}

/// Parses the text of one file. Reports syntax errors.
pub(super) fn parse_file(source: &Source, file: FileId, diagnostics: &Diagnostics) -> Option<Value> {
    let (name, text) = (source.name_of(file), source.text_of(file));
    if file != FileId::default() && is_plain_text(name) {
        return Some(Value::String(text.to_owned()));
    }
    parse(name, text).map_err(|error| diagnostics.push(error.into_diagnostic(file, text))).ok()
}

/// Parses JSON or YAML. JSON is tried first, because YAML does not allow all escapes of JSON.
pub(super) fn parse(name: &str, text: &str) -> Result<Value, SyntaxError> {
    let is_json = matches!(extension(name), "json" | "avsc") || text.trim_start().starts_with('{');
    if is_json {
        let mut json = serde_json::Deserializer::from_str(text);
        if let Ok(value) = ValueSeed.deserialize(&mut json).and_then(|value| json.end().map(|()| value)) {
            return Ok(value);
        }
    }
    ValueSeed.deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| SyntaxError {
        position: error.location().map(|place| Position { line: place.line(), column: place.column() }),
        message: error.to_string(),
    })
}

fn is_plain_text(name: &str) -> bool {
    TEXT_EXTENSIONS.iter().any(|known| extension(name).eq_ignore_ascii_case(known))
}

fn extension(name: &str) -> &str {
    Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

impl SyntaxError {
    fn into_diagnostic(self, file: FileId, text: &str) -> Diagnostic {
        let message = self.message.split_once(" at line ").map_or(&*self.message, |(message, _)| message);
        let cause = find_cause(&self.message, self.position, text);
        let line = cause.position.and_then(|position| text.lines().nth(position.line.checked_sub(1)?));
        let (message, help) = match cause.kind {
            CauseKind::LineWithoutColon => (
                "this line is not `key: value`",
                Some("write a space after the colon, or indent the line if it continues the text above"),
            ),
            CauseKind::TooDeep => ("this key is indented too far", Some("indent it like the key above")),
            CauseKind::AsReported => explain(message, line.unwrap_or_default()),
        };
        let diagnostic = Diagnostic::in_text(file, cause.position, message);
        match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        }
    }
}

/// What is wrong, and where.
struct Cause {
    position: Option<Position>,
    kind: CauseKind,
}

#[derive(Clone, Copy)]
enum CauseKind {
    AsReported,
    /// A line that has to be `key: value` has no colon with a space.
    LineWithoutColon,
    /// A key below a key that has a text already.
    TooDeep,
}

/// The parser reports a mistake where it cannot continue, often a line after the mistake. This finds the mistake.
fn find_cause(message: &str, reported: Option<Position>, text: &str) -> Cause {
    if message.contains("Option value") {
        return Cause { position: Some(Position { line: 1, column: 1 }), kind: CauseKind::AsReported };
    }
    let as_reported = Cause { position: reported, kind: CauseKind::AsReported };
    // An opening quote or bracket that is not closed: the message says where it is.
    let is_unclosed = message.contains("unexpected end of stream") || message.contains("did not find expected ',' or");
    if is_unclosed {
        let position = opening_position(message).or(reported);
        return Cause { position, ..as_reported };
    }
    let is_line_fault =
        message.contains("could not find expected ':'") || message.contains("mapping values are not allowed");
    let Some(position) = reported.filter(|_| is_line_fault) else { return as_reported };
    let lines: Vec<&str> = text.lines().take(position.line).collect();
    let Some((line, before)) = lines.split_last() else { return as_reported };
    let is_content = |line: &&&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let Some((index, previous)) = before.iter().enumerate().rfind(|(_, line)| is_content(line)) else {
        return as_reported;
    };
    let indent = |line: &str| line.chars().take_while(|char| *char == ' ').count();
    let content = previous.trim();
    let has_key = content.contains(": ") || content.ends_with(':');
    if !has_key {
        let position = Position { line: index + 1, column: indent(previous) + 1 };
        return Cause { position: Some(position), kind: CauseKind::LineWithoutColon };
    }
    let own_key =
        line.trim().split_once(':').is_some_and(|(key, _)| position.column <= indent(line) + key.chars().count() + 1);
    if own_key && indent(line) > indent(previous) {
        let position = Position { column: indent(line) + 1, ..position };
        return Cause { position: Some(position), kind: CauseKind::TooDeep };
    }
    as_reported
}

/// The position in `… while parsing a flow mapping at line 5 column 6`.
fn opening_position(message: &str) -> Option<Position> {
    let (_, context) = message.split_once(", while ")?;
    let (line, column) = context.split_once(" at line ")?.1.split_once(" column ")?;
    Some(Position { line: line.parse().ok()?, column: column.parse().ok()? })
}

/// A plainer message for a parser error, if there is one, and the help for it.
fn explain<'a>(message: &'a str, line: &str) -> (&'a str, Option<&'static str>) {
    let has_tab = line.chars().take_while(|char| char.is_whitespace()).any(|char| char == '\t');
    let has = |part: &str| message.contains(part);
    if has("Option value") {
        ("the file is empty", Some("write a document, which begins with a key such as `asyncapi: 3.0.0`"))
    } else if has("more than one document") {
        ("the file contains several YAML documents", Some("put each into a separate file"))
    } else if has_tab && has("cannot start any token") {
        ("a tab is not allowed here", Some("indent with spaces"))
    } else if has("cannot start any token") {
        (message, Some("put the text in quotes, because its first character has a special meaning in YAML"))
    } else if has("mapping values are not allowed") {
        ("a key is not allowed here", Some("check the indentation, or put a text with `: ` in quotes"))
    } else if has("did not find expected key") || has("did not find expected '-' indicator") {
        (message, Some("check the indentation"))
    } else if has("did not find expected ',' or") || has("did not find expected node content") {
        (message, Some("add a comma or a closing bracket, or put the text in quotes"))
    } else if has("unexpected end of stream") {
        ("a quoted text is not closed", Some("add the closing quote"))
    } else if has("unknown anchor") {
        (message, Some("define the anchor above with `&`, or put the text in quotes"))
    } else if has("occurs twice") {
        (message, Some("remove one of them"))
    } else {
        (message, None)
    }
}

#[cfg(test)]
mod tests {
    use super::Value;

    fn parse(text: &str) -> Result<Value, String> {
        super::parse("a.yaml", text).map_err(|error| error.message)
    }

    fn keys(value: &Value) -> Vec<&str> {
        match value {
            Value::Mapping(entries) => entries.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn keys_keep_their_spelling() {
        let value = parse("NULL: 1\n200: 2\ntrue: 3\n1.10: 4\n'': 5\n~: 6\n").unwrap();
        assert_eq!(keys(&value), ["NULL", "200", "true", "1.10", "", "~"]);
    }

    #[test]
    fn merge_keys_spread_and_never_override() {
        let value = parse("base: &base {a: 1, b: 1}\nuse:\n  b: 2\n  <<: *base\n").unwrap();
        let merged = value.child("use").unwrap();
        assert_eq!(keys(merged), ["b", "a"]);
        assert_eq!(merged.child("b"), Some(&Value::Integer(2)));
    }

    #[test]
    fn a_duplicate_key_is_an_error() {
        let error = parse("a: 1\nb: 2\na: 3\n").unwrap_err();
        assert!(error.contains("`a` occurs twice"), "{error}");
    }
}
