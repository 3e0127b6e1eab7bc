//! Diagnostics as text: as rustc shows them, or on one line.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Severity};
use crate::document::{FileId, Position};
use crate::source::Source;

/// Shows faults as rustc would: message, `file:line:column`, the line, a caret, `help:`.
pub(super) struct Snippets<'a> {
    source: &'a Source,
    /// Each text is taken apart once, however many faults it has.
    lines: BTreeMap<FileId, Vec<&'a str>>,
}

impl<'a> Snippets<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        Self { source, lines: BTreeMap::new() }
    }

    pub(super) fn snippet(&mut self, diagnostic: &Diagnostic) -> String {
        let level = match diagnostic.severity {
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let title = level.primary_title(&diagnostic.message);
        let group = Group::with_title(title);
        let name = self.source.name_of(diagnostic.file());
        let group = match diagnostic.position {
            Some(position) => {
                let (line, text) = self.line(diagnostic.file(), position.line);
                // What breaks off is wrong at its end.
                let span = if line < position.line { text.len()..text.len() } else { span(text, position.column) };
                let mark = AnnotationKind::Primary.span(span);
                group.element(Snippet::source(text).line_start(line).path(name).annotation(mark))
            }
            None => group.element(Origin::path(name)),
        };
        let cure = diagnostic.cure.as_ref().map(|cure| Level::HELP.message(cure));
        Renderer::plain().render(&[group.elements(cure)])
    }

    /// The line of this number, or the last one; alone, since whoever draws it looks through all that it is given.
    fn line(&mut self, file: FileId, number: usize) -> (usize, &'a str) {
        let source = self.source;
        let lines = self.lines.entry(file).or_insert_with(|| source.text_of(file).split_inclusive('\n').collect());
        let number = number.clamp(1, lines.len().max(1));
        (number, lines.get(number - 1).copied().unwrap_or_default())
    }
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

/// From the column to the end of the key or scalar that starts there; one byte at least where the line allows it.
fn span(line: &str, column: usize) -> Range<usize> {
    let line = line.trim_end_matches(['\n', '\r']);
    let column = line.char_indices().nth(column.saturating_sub(1));
    let start = column.map_or(line.len(), |(index, _)| index);
    start..start + token_length(&line[start..])
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

#[cfg(test)]
mod tests {
    use super::{Snippets, Source, span};
    use crate::document::FileId;

    #[test]
    fn the_mark_covers_a_key_or_a_scalar() {
        let line = "key: word # note";
        assert_eq!(&line[span(line, 1)], "key");
        assert_eq!(&line[span(line, 6)], "word");
    }

    #[test]
    fn a_position_beyond_the_text_is_its_end() {
        let source = Source::new("a.yaml", "a");
        let (number, line) = Snippets::new(&source).line(FileId::default(), 9);
        assert_eq!((number, line), (1, "a"));
        assert_eq!(span(line, 9), 1..1);
    }
}
