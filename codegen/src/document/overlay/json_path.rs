//! Finds the nodes that a `JSONPath` (RFC 9535) selects. No other file uses `serde_json_path`.

use serde_json_path::{JsonPath, PathElement};

use super::super::cursor::Node;
use crate::json::Value;
use crate::limits::MAX_JSON_PATH_DEPTH;

/// The `target` of an action.
pub(super) struct Target(JsonPath);

/// One step from a node to a child. The order of steps is the order of the items of a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Key(String),
    Item(usize),
}

impl Target {
    /// Parses a path. Reports syntax errors.
    pub(super) fn parse(node: &Node<'_>) -> Option<Self> {
        let text = node.to_text()?;
        if nesting(&text) > MAX_JSON_PATH_DEPTH {
            let message = format!("this JSONPath has more than {MAX_JSON_PATH_DEPTH} nested brackets");
            node.report_error(message, "use a simpler path");
            return None;
        }
        match JsonPath::parse(&text) {
            Ok(path) => Some(Self(path)),
            Err(error) => {
                let (message, help) = explain(&text, text.get(error.position()..).unwrap_or_default());
                node.report_error(message, help);
                None
            }
        }
    }

    /// Parses a prefix of a valid path. `None` if it is not a path.
    pub(super) fn parse_prefix(text: &str) -> Option<Self> {
        JsonPath::parse(text).ok().map(Self)
    }

    /// The paths of the selected nodes, each once. Parents come before their children, items in their order.
    pub(super) fn find_matches(&self, root: &Value) -> Vec<Vec<Step>> {
        let root = serde_json::Value::from(root);
        let located = self.0.query_located(&root);
        let mut paths: Vec<Vec<Step>> =
            located.locations().map(|location| location.iter().map(to_step).collect()).collect();
        paths.sort();
        paths.dedup();
        paths
    }
}

/// The node at a path.
pub(super) fn node_at<'a>(root: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(root, |value, step| match (value, step) {
        (Value::Mapping(entries), Step::Key(key)) => entries.get(key),
        (Value::Sequence(items), Step::Item(index)) => items.get(*index),
        _ => None,
    })
}

fn to_step(element: &PathElement<'_>) -> Step {
    match element {
        PathElement::Name(name) => Step::Key((*name).to_owned()),
        PathElement::Index(index) => Step::Item(*index),
    }
}

/// A message and a help for a path that cannot be parsed from `rest` on.
fn explain(text: &str, rest: &str) -> (String, &'static str) {
    if !text.starts_with('$') {
        return (format!("`{text}` is not a JSONPath (RFC 9535)"), "a path starts with `$`, the root");
    }
    let help = "write a name with characters other than letters, digits and `_` in brackets: `$.channels['a-b']`";
    match rest.trim() {
        "" => (format!("`{text}` is not a JSONPath (RFC 9535): it ends too early"), help),
        rest => (format!("`{text}` is not a JSONPath (RFC 9535): `{rest}` is not valid"), help),
    }
}

/// The largest number of brackets that are open at once.
fn nesting(text: &str) -> usize {
    let (mut open, mut max) = (0_usize, 0);
    for char in text.chars() {
        match char {
            '[' | '(' => open += 1,
            ']' | ')' => open = open.saturating_sub(1),
            _ => {}
        }
        max = max.max(open);
    }
    max
}

#[cfg(test)]
mod tests {
    use super::{explain, nesting};

    #[test]
    fn nesting_counts_open_brackets() {
        assert_eq!(nesting("$.a[0][1]['b']"), 1);
        assert_eq!(nesting("$[?(@.a[0] == 1)]"), 3);
        assert_eq!(nesting("]]]["), 1);
    }

    #[test]
    fn syntax_errors_are_explained() {
        assert!(explain("components", "components").1.contains("`$`"));
        assert!(explain("$..", "").0.ends_with("it ends too early"));
        assert!(explain("$.a b", " b").0.ends_with("`b` is not valid"));
    }
}
