//! Diagnostics as text: as rustc shows them, or on one line.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Severity};
use crate::document::Position;
use crate::source::Source;

/// The fault as rustc would show it: message, `file:line:column`, the line, a caret, `help:`.
pub(super) fn snippet(source: &Source, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let title = level.primary_title(&diagnostic.message);
    let group = Group::with_title(title);
    let (name, text) = (source.name_of(diagnostic.file()), source.text_of(diagnostic.file()));
    let group = match diagnostic.position {
        Some(position) => {
            let mark = AnnotationKind::Primary.span(span(text, position));
            group.element(Snippet::source(text).path(name).annotation(mark))
        }
        None => group.element(Origin::path(name)),
    };
    let cure = diagnostic.cure.as_ref().map(|cure| Level::HELP.message(cure));
    Renderer::plain().render(&[group.elements(cure)])
}

/// The fault on one line.
pub(super) fn line(source: &Source, diagnostic: &Diagnostic) -> String {
    let name = source.name_of(diagnostic.file());
    let place = match diagnostic.position {
        Some(Position { line, column }) => format!("{name}:{line}:{column}"),
        None => name.to_owned(),
    };
    let cure = diagnostic.cure.as_ref().map(|cure| format!("; {cure}")).unwrap_or_default();
    format!("{place}: {}{cure}", diagnostic.message)
}

/// From the position to the end of the key or scalar that starts there; one byte at least where the text allows it.
fn span(text: &str, position: Position) -> Range<usize> {
    let line_start = nth_line_start(text, position.line);
    let rest = &text[line_start..];
    let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
    let column = line.char_indices().nth(position.column.saturating_sub(1));
    let start = column.map_or(line.len(), |(index, _)| index);
    let marked = &line[start..];
    line_start + start..line_start + start + token_length(marked)
}

/// The length of the key or scalar at the start of the text; of a bracket alone, where one opens.
fn token_length(text: &str) -> usize {
    match text.chars().next() {
        None => 0,
        Some('{' | '[') => 1,
        Some(quote @ ('"' | '\'')) => text[1..].find(quote).map_or(text.len(), |end| end + 2),
        Some(_) => {
            let ends = [": ", " #", ", ", "}", "]"];
            let end = ends.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
            text[..end].trim_end_matches([' ', ':', ',']).len()
        }
    }
}

fn nth_line_start(text: &str, line: usize) -> usize {
    let mut starts = std::iter::once(0).chain(text.match_indices('\n').map(|(index, _)| index + 1));
    starts.nth(line.saturating_sub(1)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::{Position, span};

    #[test]
    fn the_mark_covers_a_key_or_a_scalar() {
        let text = "a: 1\nkey: word # note\n";
        assert_eq!(&text[span(text, Position { line: 2, column: 1 })], "key");
        assert_eq!(&text[span(text, Position { line: 2, column: 6 })], "word");
    }

    #[test]
    fn a_position_beyond_the_text_is_its_end() {
        assert_eq!(span("a", Position { line: 9, column: 9 }), 1..1);
    }
}
