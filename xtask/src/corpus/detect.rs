//! Detects `AsyncAPI` documents without a parser: the generator must refuse a document with syntax errors, too.

/// The key at the root of an `AsyncAPI` document.
const KEY: &str = "asyncapi";

/// Whether the root of the text has the key `asyncapi`.
pub(crate) fn is_asyncapi(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let Some(first) = text.lines().find(|line| is_content(line)) else { return false };
    if first.trim_start().starts_with('{') {
        return flow_root_has_key(text);
    }
    let indent = indent(first);
    text.lines().any(|line| indent_is(line, indent) && starts_with_key(line.trim_start()))
}

/// Whether a line is not empty, no comment, no directive and no start of a document.
fn is_content(line: &str) -> bool {
    let line = line.trim();
    !(line.is_empty() || line.starts_with(['#', '%']) || line == "---")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn indent_is(line: &str, wanted: usize) -> bool {
    is_content(line) && indent(line) == wanted
}

/// `asyncapi:`, `'asyncapi' :` and the like.
fn starts_with_key(line: &str) -> bool {
    ["", "'", "\""].iter().any(|quote| {
        let rest = line.strip_prefix(quote).and_then(|line| line.strip_prefix(KEY));
        let rest = rest.and_then(|rest| rest.strip_prefix(quote));
        rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
    })
}

/// For JSON and the flow style of YAML: the key is in the outermost braces, after the brace or after a comma.
fn flow_root_has_key(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut key_may_follow = false;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if depth == 1 && key_may_follow && starts_with_key(rest) {
            return true;
        }
        let after = &rest[character.len_utf8()..];
        rest = match character {
            '"' | '\'' => after_quoted(after, character),
            _ => after,
        };
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        key_may_follow = matches!(character, '{' | ',') || (key_may_follow && character.is_whitespace());
    }
    false
}

/// The rest of the text after the end of a quoted text.
fn after_quoted(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if character == quote => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::is_asyncapi;

    #[test]
    fn documents_are_detected() {
        for text in [
            "asyncapi: 2.6.0\n",
            "\u{feff}# a comment\r\n---\r\ninfo: {}\r\n\"asyncapi\" : '3.0.0'\r\n",
            "  info: {}\n  asyncapi: 3.0.0\n",
            "{\"info\": {\"a\": \"}\\\"\"}, \"asyncapi\": \"2.0.0\"",
            "{\n info: {title: 'it\", asyncapis'},\n asyncapi: 2.0.0}",
        ] {
            assert!(is_asyncapi(text), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not_detected() {
        for text in [
            "",
            "openapi: 3.0.0\nx-other:\n  asyncapi: 2.6.0\n",
            "{\"dependencies\": {\"asyncapi\": \"1\"}}",
            "{\"a\": \"asyncapi\", \"b\": [\"asyncapi\", 1]}",
            "# asyncapi: 2.6.0\nasyncapis: 1\n",
        ] {
            assert!(!is_asyncapi(text), "{text}");
        }
    }
}
