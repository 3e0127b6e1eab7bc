//! Documentation: the document's words, made safe for rustdoc and laid out as a person would.

use proc_macro2::TokenStream;
use quote::quote;

use crate::document::{Access, BindingRole};
use crate::ir::{Docs, Origin, Root, Step, TypeDef};

/// The widest line of text; with indentation and `///` it stays below 100 columns.
const WIDTH: usize = 90;

/// The docs of an item: summary and description, nothing where the document says nothing; and whether it is deprecated.
pub(super) fn docs(docs: &Docs) -> TokenStream {
    docs_or(docs, || None)
}

/// The docs of an item, and a sentence of our own.
pub(super) fn with_note(docs: &Docs, note: Option<String>) -> TokenStream {
    written(docs, || None, note)
}

/// The docs of an item, or words of our own where the document says nothing.
pub(super) fn docs_or(docs: &Docs, otherwise: impl FnOnce() -> Option<String>) -> TokenStream {
    written(docs, otherwise, None)
}

/// The docs of an item, or words of our own where the document says nothing; and a sentence of our own.
pub(super) fn written(docs: &Docs, otherwise: impl FnOnce() -> Option<String>, note: Option<String>) -> TokenStream {
    let said =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let mut paragraphs: Vec<String> = said(&docs.summary).into_iter().chain(said(&docs.description)).collect();
    paragraphs.dedup();
    if paragraphs.is_empty() {
        paragraphs.extend(otherwise());
    }
    paragraphs.extend(note);
    match docs.access {
        Access::Both => {}
        Access::ReadOnly => paragraphs.push("Read-only: it is never sent to the side that owns it.".to_owned()),
        Access::WriteOnly => paragraphs.push("Write-only: the side that owns it never sends it.".to_owned()),
    }
    let text = if paragraphs.is_empty() { TokenStream::new() } else { text(&paragraphs.join("\n\n")) };
    let deprecated = docs.deprecated.then(|| quote!(#[deprecated]));
    quote!(#text #deprecated)
}

/// The docs of a type, or where it stands in the document.
pub(super) fn of_type(def: &TypeDef) -> TokenStream {
    docs_or(&def.docs, || {
        let Origin { root, steps, .. } = &def.origin;
        let place = match root {
            Root::Schema(key) => format!("the schema {}", code(key)),
            Root::Named(full) => format!("the type {}", code(full)),
            Root::Payload(message) => format!("the payload of {}", code(message)),
            Root::Headers(message) => format!("the headers of {}", code(message)),
            Root::Operation(id) => format!("the messages of {}", code(id)),
            Root::Parameter(channel, name) => format!("the parameter {} of {}", code(name), code(channel)),
            Root::Binding(owner, role) => format!("the {} of {}", binding(*role), code(owner)),
        };
        let property = steps.iter().rev().find_map(|step| match step {
            Step::Property(name) => Some(format!("{} in {place}", code(name))),
            Step::Item | Step::Key | Step::Value | Step::Variant(_) => None,
        });
        let whole = property.unwrap_or(place);
        let sentence = match steps.last() {
            Some(Step::Item) => format!("An item of {whole}."),
            Some(Step::Key) => format!("A key of {whole}."),
            Some(Step::Value) => format!("A value of {whole}."),
            Some(Step::Variant(_)) => format!("An alternative of {whole}."),
            Some(Step::Property(_)) => format!("The property {whole}."),
            None => format!("The {}.", whole.trim_start_matches("the ")),
        };
        Some(sentence)
    })
}

fn binding(role: BindingRole) -> &'static str {
    match role {
        BindingRole::KafkaKey => "Kafka key",
        BindingRole::WebSocketQuery => "WebSocket query",
        BindingRole::WebSocketHeaders => "WebSocket headers",
        BindingRole::HttpQuery => "HTTP query",
        BindingRole::HttpHeaders => "HTTP headers",
        BindingRole::JmsHeaders => "JMS headers",
        BindingRole::AnypointMqHeaders => "Anypoint MQ headers",
        BindingRole::MqttCorrelationData => "MQTT correlation data",
    }
}

/// The short form, where there is one.
pub(super) fn summary(docs: &Docs) -> Option<&str> {
    let text = docs.summary.as_deref().or(docs.description.as_deref());
    text.filter(|text| !text.trim().is_empty())
}

/// A text of the document as doc attributes, one a line.
pub(super) fn text(text: &str) -> TokenStream {
    let lines = lines(text);
    let lines = lines.iter().map(|line| {
        let line = if line.is_empty() { String::new() } else { format!(" {line}") };
        quote!(#[doc = #line])
    });
    quote!(#(#lines)*)
}

/// One line of our own.
pub(super) fn line(text: &str) -> TokenStream {
    let line = format!(" {text}");
    quote!(#[doc = #line])
}

/// A text as Markdown code, whatever backticks are in it.
pub(super) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r', '\t'], " ");
    if text.is_empty() {
        return "the empty string".to_owned();
    }
    let longest = text.split(|sign| sign != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let padding = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{padding}{text}{padding}{fence}")
}

fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut fenced = false;
    for line in text.replace('\t', "    ").trim_matches('\n').lines() {
        let line = line.trim_end();
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            lines.push(if fenced && line.trim() == "```" { format!("{line}text") } else { line.to_owned() });
        } else if fenced || line.len() <= WIDTH && line.is_empty() {
            lines.push(line.to_owned());
        } else {
            lines.extend(wrapped(&safe(line)));
        }
    }
    if fenced {
        lines.push("```".to_owned());
    }
    lines
}

/// Breaks a long line at spaces; a list item goes on under its own text.
fn wrapped(line: &str) -> Vec<String> {
    let indentation = line.len() - line.trim_start().len();
    let body = &line[indentation..];
    let marker = if body.starts_with("- ") || body.starts_with("* ") { 2 } else { 0 };
    let hanging = " ".repeat(indentation + marker);
    let mut lines = Vec::new();
    let mut current = " ".repeat(indentation);
    for word in body.split(' ') {
        let fits = current.chars().count() + 1 + word.chars().count() <= WIDTH;
        if current.trim().is_empty() {
            current.push_str(word);
        } else if fits || starts_a_block(word) {
            current.push(' ');
            current.push_str(word);
        } else {
            lines.push(std::mem::replace(&mut current, format!("{hanging}{word}")));
        }
    }
    lines.push(current);
    lines
}

/// Whether Markdown would take a line that begins so for something other than a paragraph.
fn starts_a_block(word: &str) -> bool {
    let numbered = word.trim_end_matches(['.', ')']);
    matches!(word, "-" | "*" | "+" | "=" | ">")
        || word.starts_with(['#', '>', '|', '='])
        || word.starts_with("```")
        || (numbered.len() < word.len() && numbered.chars().all(|sign| sign.is_ascii_digit()))
}

/// Keeps rustdoc from reading links, tags and bare addresses where the author meant plain text; code is left alone.
fn safe(line: &str) -> String {
    let mut safe = String::with_capacity(line.len());
    for (index, piece) in line.split('`').enumerate() {
        if index > 0 {
            safe.push('`');
        }
        if index % 2 == 0 {
            safe.push_str(&safe_prose(piece));
        } else {
            safe.push_str(piece);
        }
    }
    safe
}

fn safe_prose(prose: &str) -> String {
    let mut safe = String::with_capacity(prose.len());
    let mut rest = prose;
    while let Some(first) = rest.chars().next() {
        if let Some(link) = link_length(rest) {
            safe.push_str(&rest[..link]);
            rest = &rest[link..];
            continue;
        }
        if let Some(address) = address_length(rest) {
            safe.extend(["<", &rest[..address], ">"]);
            rest = &rest[address..];
            continue;
        }
        if matches!(first, '[' | ']' | '<') {
            safe.push('\\');
        }
        safe.push(first);
        rest = &rest[first.len_utf8()..];
    }
    safe
}

/// The length of `[text](address)` or `<address>` at the start of the text, for addresses that lead out.
fn link_length(text: &str) -> Option<usize> {
    let (inner, closing, start) = match text.strip_prefix('[') {
        Some(rest) => {
            let (label, target) = rest.split_once("](")?;
            if label.contains(['[', ']']) {
                return None;
            }
            (target, ')', 1 + label.len() + 2)
        }
        None => (text.strip_prefix('<')?, '>', 1),
    };
    let end = inner.find(closing)?;
    address_length(&inner[..end]).filter(|length| *length == end).map(|_| start + end + 1)
}

/// The length of a web address at the start of the text, without the full stop or bracket after it.
fn address_length(text: &str) -> Option<usize> {
    if !text.starts_with("https://") && !text.starts_with("http://") {
        return None;
    }
    let end = text.find([' ', '<', '>', '"', '`', ')', ']', '|']).unwrap_or(text.len());
    Some(text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_']).len())
}

#[cfg(test)]
mod tests {
    use super::{code, lines};

    #[test]
    fn what_rustdoc_would_misread_is_made_plain() {
        let rows = [
            ("see [1] and Vec<T>", r"see \[1\] and Vec\<T>"),
            ("at https://example.com/a.", "at <https://example.com/a>."),
            ("a [link](https://example.com) stays", "a [link](https://example.com) stays"),
            ("code `[x] <y>` stays", "code `[x] <y>` stays"),
        ];
        for (text, safe) in rows {
            assert_eq!(lines(text), [safe]);
        }
    }

    #[test]
    fn code_of_the_document_is_never_a_doctest() {
        assert_eq!(lines("```\n{}\n```"), ["```text", "{}", "```"]);
        assert_eq!(lines("```json\n{}"), ["```json", "{}", "```"]);
    }

    #[test]
    fn long_lines_are_broken_and_list_items_hang() {
        let text = format!("- {}", "word ".repeat(30).trim());
        let lines = lines(&text);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].starts_with("  word"));
    }

    #[test]
    fn code_survives_backticks() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
    }
}
