//! What the parser says of a text that is no YAML, with the place as a place, and what to do about it.

use crate::diagnostic::Diagnostic;
use crate::location::{FileId, Position};
use crate::source::Source;

/// The parser's words, in ours where its own are for programmers.
pub(super) fn unreadable(source: &Source, file: FileId, position: Option<Position>, message: &str) -> Diagnostic {
    let message = message.split_once(" at line ").map_or(message, |(message, _)| message);
    let line = position.and_then(|position| source.text_of(file).lines().nth(position.line.checked_sub(1)?));
    let (message, cure) = in_words(message, line.unwrap_or_default());
    let diagnostic = Diagnostic::of_text(file, position, message);
    match cure {
        Some(cure) => diagnostic.with_help(cure),
        None => diagnostic,
    }
}

fn in_words<'a>(message: &'a str, line: &str) -> (&'a str, Option<&'static str>) {
    let has_tab = line.chars().take_while(|sign| sign.is_whitespace()).any(|sign| sign == '\t');
    let says = |part: &str| message.contains(part);
    if says("more than one document") {
        ("the file holds several documents, one after the other", Some("keep each in a file of its own"))
    } else if has_tab && says("cannot start any token") {
        ("a tab is not allowed here", Some("indent with spaces"))
    } else if says("cannot start any token") {
        (message, Some("put the text in quotes: it begins with a sign that means something else in YAML"))
    } else if says("mapping values are not allowed") {
        (
            "a key is not allowed here",
            Some("compare the indentation with the line above; or quote a text that has `: ` in it"),
        )
    } else if says("did not find expected key") || says("did not find expected '-' indicator") {
        (message, Some("compare the indentation with the lines above"))
    } else if says("did not find expected ',' or") || says("did not find expected node content") {
        (message, Some("a comma or a closing bracket is missing, or a text needs quotes"))
    } else if says("unexpected end of stream") {
        ("the text ends within quotes", Some("close them"))
    } else if says("unknown anchor") {
        (message, Some("define it above, with `&` and its name, or quote the text"))
    } else if says("stands here twice") {
        (message, Some("keep one of them"))
    } else {
        (message, None)
    }
}
