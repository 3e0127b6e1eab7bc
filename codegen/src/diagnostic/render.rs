//! Diagnostics as text: in the format of rustc, or on one line.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Report, Severity};
use crate::location::{FileId, Position};

/// Renders diagnostics as rustc does: message, `file:line:column`, the line, a caret, `help:`.
pub(super) struct Snippets<'a> {
    report: &'a Report,
    /// The lines of each file, split once.
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
                // A position after the last line is the end of the text.
                let span =
                    if line < position.line { text.len()..text.len() } else { span(text, position.column, ends) };
                let annotation = AnnotationKind::Primary.span(span);
                group.element(Snippet::source(text).line_start(line).path(name).annotation(annotation))
            }
            None => group.element(Origin::path(name)),
        };
        let help = diagnostic.help.as_ref().map(|help| Level::HELP.message(help));
        Renderer::plain().render(&[group.elements(help)])
    }

    /// The line with this number, or the last line. Only one line is rendered, because the renderer scans its whole
    /// input.
    fn line(&mut self, diagnostic: &Diagnostic, number: usize) -> (usize, &'a str) {
        let report = self.report;
        let lines = self.lines.entry(diagnostic.file());
        let lines = lines.or_insert_with(|| report.text_of(diagnostic).split_inclusive('\n').collect());
        let number = number.clamp(1, lines.len().max(1));
        (number, lines.get(number - 1).copied().unwrap_or_default())
    }
}

/// A diagnostic on one line.
pub(super) fn line(name: &str, diagnostic: &Diagnostic) -> String {
    let place = match diagnostic.position {
        Some(Position { line, column }) => format!("{name}:{line}:{column}"),
        None => name.to_owned(),
    };
    let help = diagnostic.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    format!("{place}: {}{help}", diagnostic.message)
}

/// What ends a key or a scalar without quotes.
const YAML: &[&str] = &[": ", " #", ", ", "}", "]"];
const TOML: &[&str] = &["=", " #", ",", "}", "]"];

/// The bytes of the key or scalar that starts at a column.
fn span(line: &str, column: usize, ends: &[&str]) -> Range<usize> {
    let line = line.trim_end_matches(['\n', '\r']);
    let column = line.char_indices().nth(column.saturating_sub(1));
    let start = column.map_or(line.len(), |(index, _)| index);
    start..start + token_length(&line[start..], ends)
}

/// The length of the key or scalar at the start of the text. Of a mapping or sequence, only the bracket counts.
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
    fn the_annotation_covers_a_key_or_a_scalar() {
        let line = "key: word # note";
        assert_eq!(&line[span(line, 1, YAML)], "key");
        assert_eq!(&line[span(line, 6, YAML)], "word");
        assert_eq!(&"key = true"[span("key = true", 1, TOML)], "key");
    }

    #[test]
    fn a_position_after_the_text_is_its_end() {
        let report = Diagnostics::new().finish(&Source::new("a.yaml", "a"), &Arc::default());
        let diagnostic = Diagnostic::in_text(FileId::default(), None, "");
        let (number, line) = Snippets::new(&report).line(&diagnostic, 9);
        assert_eq!((number, line), (1, "a"));
        assert_eq!(span(line, 9, YAML), 1..1);
    }
}
