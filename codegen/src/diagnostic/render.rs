//! Diagnostics as text: as rustc shows them, or on one line.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Report, Severity};
use crate::location::{FileId, Position};

/// Shows faults as rustc would: message, `file:line:column`, the line, a caret, `help:`.
pub(super) struct Snippets<'a> {
    report: &'a Report,
    /// Each text is taken apart once, however many faults it has.
    lines: BTreeMap<Option<FileId>, Vec<&'a str>>,
}

impl<'a> Snippets<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        Self { report, lines: BTreeMap::new() }
    }

    pub(super) fn snippet(&mut self, diagnostic: &'a Diagnostic) -> String {
        let level = match diagnostic.severity {
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let title = level.primary_title(&diagnostic.message);
        let group = Group::with_title(title);
        let name = self.report.name_of(diagnostic);
        let group = match diagnostic.position {
            Some(position) => {
                let (line, text) = self.line(diagnostic, position.line);
                let ends = if diagnostic.file().is_some() { YAML } else { TOML };
                // What breaks off is wrong at its end.
                let span =
                    if line < position.line { text.len()..text.len() } else { span(text, position.column, ends) };
                let mark = AnnotationKind::Primary.span(span);
                group.element(Snippet::source(text).line_start(line).path(name).annotation(mark))
            }
            None => group.element(Origin::path(name)),
        };
        let cure = diagnostic.cure.as_ref().map(|cure| Level::HELP.message(cure));
        Renderer::plain().render(&[group.elements(cure)])
    }

    /// The line of this number, or the last one; alone, since whoever draws it looks through all that it is given.
    fn line(&mut self, diagnostic: &Diagnostic, number: usize) -> (usize, &'a str) {
        let report = self.report;
        let lines = self.lines.entry(diagnostic.file());
        let lines = lines.or_insert_with(|| report.text_of(diagnostic).split_inclusive('\n').collect());
        let number = number.clamp(1, lines.len().max(1));
        (number, lines.get(number - 1).copied().unwrap_or_default())
    }
}

/// The fault on one line.
pub(super) fn line(name: &str, diagnostic: &Diagnostic) -> String {
    let place = match diagnostic.position {
        Some(Position { line, column }) => format!("{name}:{line}:{column}"),
        None => name.to_owned(),
    };
    let cure = diagnostic.cure.as_ref().map(|cure| format!("; {cure}")).unwrap_or_default();
    format!("{place}: {}{cure}", diagnostic.message)
}

/// What ends a key or a scalar that has no quotes.
const YAML: &[&str] = &[": ", " #", ", ", "}", "]"];
const TOML: &[&str] = &["=", " #", ",", "}", "]"];

/// From the column to the end of the key or scalar that starts there; one byte at least where the line allows it.
fn span(line: &str, column: usize, ends: &[&str]) -> Range<usize> {
    let line = line.trim_end_matches(['\n', '\r']);
    let column = line.char_indices().nth(column.saturating_sub(1));
    let start = column.map_or(line.len(), |(index, _)| index);
    start..start + token_length(&line[start..], ends)
}

/// The length of the key or scalar at the start of the text; of a bracket alone, where one opens.
fn token_length(text: &str, ends: &[&str]) -> usize {
    match text.chars().next() {
        None => 0,
        Some('{' | '[') => 1,
        Some(quote @ ('"' | '\'')) => text[1..].find(quote).map_or(text.len(), |end| end + 2),
        Some(_) => {
            let end = ends.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
            text[..end].trim_end_matches([' ', ':', ',']).len()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Diagnostic, Snippets, TOML, YAML, span};
    use crate::diagnostic::Diagnostics;
    use crate::location::FileId;
    use crate::source::Source;

    #[test]
    fn the_mark_covers_a_key_or_a_scalar() {
        let line = "key: word # note";
        assert_eq!(&line[span(line, 1, YAML)], "key");
        assert_eq!(&line[span(line, 6, YAML)], "word");
        assert_eq!(&"key = true"[span("key = true", 1, TOML)], "key");
    }

    #[test]
    fn a_position_beyond_the_text_is_its_end() {
        let report = Diagnostics::new().finish(&Source::new("a.yaml", "a"), &Arc::default());
        let diagnostic = Diagnostic::of_text(FileId::default(), None, "");
        let (number, line) = Snippets::new(&report).line(&diagnostic, 9);
        assert_eq!((number, line), (1, "a"));
        assert_eq!(span(line, 9, YAML), 1..1);
    }
}
