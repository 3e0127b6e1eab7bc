//! Targets: from a `JSONPath` (RFC 9535) to the nodes of the document that it selects.
//!
//! `serde_json_path` is known here and nowhere else.

use serde_json::{Map, Number};
use serde_json_path::{JsonPath, PathElement};

use super::super::cursor::Node;
use crate::json::Value;
use crate::limits::MAX_JSON_PATH_DEPTH;

/// A path that could be read.
pub(super) struct Target(JsonPath);

/// One step of the way from the root to a node; ordered, so that ways are in the order of the text of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Key(String),
    Item(usize),
}

impl Target {
    /// Reads the text of a path, or reports where it goes wrong.
    pub(super) fn parse(node: &Node<'_>) -> Option<Self> {
        let text = node.text()?;
        if depth(&text) > MAX_JSON_PATH_DEPTH {
            node.refuse(
                format!("this JSONPath has more than {MAX_JSON_PATH_DEPTH} brackets inside each other"),
                "take a simpler way",
            );
            return None;
        }
        match JsonPath::parse(&text) {
            Ok(path) => Some(Self(path)),
            Err(fault) => {
                let rest = text.get(fault.position()..).unwrap_or_default();
                let (message, cure) = explained(&text, rest);
                node.refuse(message, cure);
                None
            }
        }
    }

    /// A path that is known to have no more brackets than allowed; `None` where it is none.
    pub(super) fn of(text: &str) -> Option<Self> {
        JsonPath::parse(text).ok().map(Self)
    }

    /// The ways to the selected nodes, each once, parents before their children and items in their order.
    pub(super) fn match_paths(&self, document: &Value) -> Vec<Vec<Step>> {
        let document = as_json(document);
        let located = self.0.query_located(&document);
        let mut ways: Vec<Vec<Step>> =
            located.locations().map(|location| location.iter().map(step).collect()).collect();
        ways.sort();
        ways.dedup();
        ways
    }
}

fn step(element: &PathElement<'_>) -> Step {
    match element {
        PathElement::Name(name) => Step::Key((*name).to_owned()),
        PathElement::Index(index) => Step::Item(*index),
    }
}

/// What is wrong with a path from `rest` on, in words that its author can use; those of the parser are its own.
fn explained(text: &str, rest: &str) -> (String, &'static str) {
    if !text.starts_with('$') {
        return (format!("`{text}` is not a JSONPath (RFC 9535)"), "a path starts at the root, which is written `$`");
    }
    let cure = "a name with other signs than letters, digits and `_` is written `$.channels['a-b']`";
    match rest.trim() {
        "" => (format!("`{text}` is not a JSONPath (RFC 9535): it ends too early"), cure),
        rest => (format!("`{text}` is not a JSONPath (RFC 9535): `{rest}` cannot be read"), cure),
    }
}

/// How many brackets are open at once, at most.
fn depth(text: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    for sign in text.chars() {
        match sign {
            '[' | '(' => open += 1,
            ']' | ')' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

/// The document as the crate wants it; only to be searched, so a number that JSON cannot hold may lose its end.
fn as_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => serde_json::Value::Bool(*value),
        Value::Integer(number) => Number::from_i128(*number).map_or(serde_json::Value::Null, serde_json::Value::Number),
        Value::Float(number) => serde_json::Value::from(*number),
        Value::String(text) => serde_json::Value::String(text.clone()),
        Value::Sequence(items) => serde_json::Value::Array(items.iter().map(as_json).collect()),
        Value::Mapping(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), as_json(value)));
            serde_json::Value::Object(entries.collect::<Map<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{depth, explained};

    #[test]
    fn depth_counts_what_is_open_at_once() {
        assert_eq!(depth("$.a[0][1]['b']"), 1);
        assert_eq!(depth("$[?(@.a[0] == 1)]"), 3);
        assert_eq!(depth("]]]["), 1);
    }

    #[test]
    fn a_path_that_cannot_be_read_is_explained() {
        assert!(explained("components", "components").1.contains("`$`"));
        assert!(explained("$..", "").0.ends_with("it ends too early"));
        assert!(explained("$.a b", " b").0.ends_with("`b` cannot be read"));
    }
}
