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
        let line = self.position.and_then(|position| text.lines().nth(position.line.checked_sub(1)?));
        let (message, help) = explain(message, line.unwrap_or_default());
        let diagnostic = Diagnostic::in_text(file, self.position, message);
        match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        }
    }
}

/// A plainer message for a parser error, if there is one, and the help for it.
fn explain<'a>(message: &'a str, line: &str) -> (&'a str, Option<&'static str>) {
    let has_tab = line.chars().take_while(|char| char.is_whitespace()).any(|char| char == '\t');
    let has = |part: &str| message.contains(part);
    if has("more than one document") {
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
