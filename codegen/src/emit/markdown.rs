//! Lays out the Markdown of a document for doc comments, so that rustdoc and clippy have nothing to warn of.
//!
//! Text stays as the author wrote it, but for what rustdoc would read as a link, as a tag or as Rust: brackets and `<`
//! are escaped, references become links, and code blocks are never doctests. Long lines are wrapped.

use crate::limits::MAX_DOC_WIDTH;
use std::mem;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeWithOffset};

/// The lines of a Markdown text.
pub(super) fn lines(text: &str) -> Vec<String> {
    let text: String = text.replace("\r\n", "\n").chars().map(printable).collect();
    let text = without_html(text.replace('\t', "    ").trim_matches('\n').to_owned());
    let mut layout = Layout { source: &text, ..Layout::default() };
    for (event, range) in TextMergeWithOffset::new(parser(&text).into_offset_iter()) {
        layout.event(event, range);
    }
    layout.lines
}

/// A plain text inside a sentence of the generator.
pub(super) fn phrase(text: &str) -> String {
    let text: String = text.chars().map(printable).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    escaped(&text, Urls::Linked).replace('`', "\\`")
}

/// A text as a Markdown code span, whatever backticks it contains.
pub(super) fn code(text: &str) -> String {
    let text: String = text.chars().map(|char| if char.is_whitespace() { ' ' } else { printable(char) }).collect();
    if text.is_empty() {
        return "the empty string".to_owned();
    }
    let fence = "`".repeat(longest_backticks(&text) + 1);
    let padding = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{padding}{text}{padding}{fence}")
}

fn longest_backticks(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or_default()
}

/// rustc rejects a bare carriage return in a comment, and characters that change the direction of writing.
fn printable(char: char) -> char {
    match char {
        '\r' => '\n',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        char => char,
    }
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
}

/// Escapes tags, so that they are text. An escaped tag can uncover another one: it no longer begins a block of HTML.
fn without_html(mut text: String) -> String {
    loop {
        let html = parser(&text).into_offset_iter().filter_map(|(event, range)| match event {
            Event::Html(_) | Event::InlineHtml(_) => Some(range.start + text[range.clone()].find('<')?),
            _ => None,
        });
        let tags: Vec<usize> = html.collect();
        if tags.is_empty() {
            return text;
        }
        for tag in tags.into_iter().rev() {
            text.insert(tag, '\\');
        }
    }
}

/// Builds lines from the events of the parser.
#[derive(Default)]
struct Layout<'a> {
    source: &'a str,
    lines: Vec<String>,
    containers: Vec<Container>,
    inline: Option<Inline>,
    code_block: Option<CodeBlock>,
    /// The end of the last block in the source, to find blank lines.
    last_end: usize,
    /// Events up to here are part of an autolink, which is copied as it is.
    autolink_end: usize,
}

/// A quote or a list item, which prefixes its lines.
struct Container {
    /// The prefix of the next line: the marker of a list item.
    first: Option<String>,
    rest: String,
}

/// The text of a paragraph, a heading, a table, or a list item without paragraphs.
struct Inline {
    text: String,
    /// The source up to here has been copied.
    cursor: usize,
    /// At the start of a line, the source up to the next event is the prefix of containers.
    is_at_line_start: bool,
    /// The ends of the links that are open; `None` ends as in the source.
    link_ends: Vec<Option<String>>,
}

struct CodeBlock {
    fence: Option<String>,
    language: String,
    code: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Overflow {
    Wrap,
    Keep,
}

impl Layout<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if range.end <= self.autolink_end {
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => match &mut self.code_block {
                Some(block) => block.code.push_str(&text),
                None => self.text(range),
            },
            Event::Code(content) => {
                let source = self.source;
                let span = &source[range.clone()];
                let span = if span.contains('\n') { code(&content) } else { span.to_owned() };
                self.copy_to(range.start);
                self.push(&span, range.end);
            }
            Event::SoftBreak | Event::HardBreak => {
                self.copy_to(range.start);
                let end = if self.source[range.start..].starts_with('\\') { "\\\n" } else { "\n" };
                self.push(end, range.end);
                self.inline_at(range.end).is_at_line_start = true;
            }
            Event::Rule => {
                self.separate(range.start);
                let source = self.source;
                self.push_line(source[range.clone()].trim());
                self.last_end = range.end;
            }
            // `without_html` and the options of the parser leave no others.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => self.separate(range.start),
            Tag::Heading { .. } | Tag::Table(_) => {
                self.separate(range.start);
                self.inline_at(range.start).is_at_line_start = false;
            }
            Tag::BlockQuote(_) => {
                self.separate(range.start);
                self.containers.push(Container { first: None, rest: "> ".to_owned() });
            }
            Tag::Item => {
                self.separate(range.start);
                let marker = self.source[range.start..].trim_start().split([' ', '\n']).next().unwrap_or_default();
                let rest = " ".repeat(marker.len() + 1);
                self.containers.push(Container { first: Some(format!("{marker} ")), rest });
            }
            Tag::CodeBlock(kind) => {
                self.separate(range.start);
                self.code_block = Some(CodeBlock::new(&kind, &self.source[range]));
            }
            Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. } => {
                self.copy_to(range.start);
                let source = self.source;
                self.push(&source[range.clone()], range.end);
                self.autolink_end = range.end;
            }
            Tag::Link { link_type, dest_url, .. } => self.start_link("[", link_type, &dest_url, range.start),
            Tag::Image { link_type, dest_url, .. } => self.start_link("![", link_type, &dest_url, range.start),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::TableHead | Tag::TableRow | Tag::TableCell => {
                self.copy_to(range.start);
            }
            _ => {}
        }
    }

    /// A link that leads to a web page stays a link. rustdoc would take any other for the path of a Rust item.
    fn start_link(&mut self, opening: &str, link_type: LinkType, destination: &str, start: usize) {
        let is_web_page = destination.starts_with("https://") || destination.starts_with("http://");
        let shown =
            if destination.contains(['(', ')', ' ']) { format!("<{destination}>") } else { destination.to_owned() };
        self.copy_to(start);
        let end = match (is_web_page, link_type) {
            (true, LinkType::Inline) => None,
            (true, _) => Some(format!("]({shown})")),
            (false, _) => Some(format!("\\]({shown})")),
        };
        let opening_in_text = if is_web_page { opening.to_owned() } else { opening.replace('[', "\\[") };
        self.push(&opening_in_text, start + opening.len());
        self.inline_at(start).link_ends.push(end);
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Paragraph => self.close(Overflow::Wrap),
            TagEnd::Heading(_) => {
                self.copy_to(range.end);
                self.close(Overflow::Keep);
            }
            TagEnd::Table => self.close(Overflow::Keep),
            TagEnd::TableHead => {
                self.copy_to(range.end);
                let source = self.source;
                let delimiters = source[range.end..].lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
                self.push("\n", range.end);
                self.push(delimiters.trim_start_matches([' ', '>']), range.end);
                self.push("\n", range.end);
                self.inline_at(range.end).is_at_line_start = true;
            }
            TagEnd::TableRow => {
                self.copy_to(range.end);
                self.push("\n", range.end);
                self.inline_at(range.end).is_at_line_start = true;
            }
            TagEnd::BlockQuote(_) => {
                self.containers.pop();
            }
            TagEnd::Item => {
                self.close(Overflow::Wrap);
                if self.containers.last().is_some_and(|item| item.first.is_some()) {
                    self.push_line("");
                    self.last_end = range.start + 1;
                }
                self.containers.pop();
            }
            TagEnd::CodeBlock => {
                for line in self.code_block.take().map(CodeBlock::lines).unwrap_or_default() {
                    self.push_line(&line);
                }
                self.last_end = self.source[..range.end].trim_end().len();
            }
            TagEnd::Link | TagEnd::Image => match self.inline_at(range.end).link_ends.pop().flatten() {
                Some(end) => self.push(&end, range.end),
                None => self.copy_to(range.end),
            },
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::TableCell => self.copy_to(range.end),
            _ => {}
        }
    }

    fn text(&mut self, range: Range<usize>) {
        self.copy_to(range.start);
        let (before, text) = (&self.source[..range.start], &self.source[range.clone()]);
        let is_in_link = !self.inline_at(range.start).link_ends.is_empty();
        let urls = if is_in_link { Urls::Plain } else { Urls::Linked };
        // The backslash that escapes the first character has been copied.
        let backslashes = before.len() - before.trim_end_matches('\\').len();
        let first = if backslashes % 2 == 1 { text.chars().next().map_or(0, char::len_utf8) } else { 0 };
        let text = format!("{}{}", &text[..first], escaped(&text[first..], urls));
        self.push(&text, range.end);
    }

    /// The open text, or a new one: the text of a list item has no event of its own.
    fn inline_at(&mut self, start: usize) -> &mut Inline {
        if self.inline.is_none() {
            self.add_blank_line(start);
        }
        self.inline.get_or_insert_with(|| Inline {
            text: String::new(),
            cursor: start,
            is_at_line_start: true,
            link_ends: Vec::new(),
        })
    }

    /// Copies the source up to `end`: delimiters and escapes, which have no events.
    fn copy_to(&mut self, end: usize) {
        let source = self.source;
        let inline = self.inline_at(end);
        if mem::take(&mut inline.is_at_line_start) {
            inline.cursor = source[..end].trim_end_matches('\\').len();
        }
        let text = source.get(inline.cursor..end).unwrap_or_default();
        inline.text.push_str(text);
        inline.cursor = inline.cursor.max(end);
    }

    /// Adds a text that stands for the source up to `end`.
    fn push(&mut self, text: &str, end: usize) {
        let inline = self.inline_at(end);
        inline.text.push_str(text);
        inline.cursor = end;
    }

    /// Ends the text that is open, and adds its lines.
    fn close(&mut self, overflow: Overflow) {
        let Some(inline) = self.inline.take() else { return };
        let margin: usize = self.containers.iter().map(|container| container.rest.len()).sum();
        for line in inline.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match overflow {
                Overflow::Wrap => {
                    for line in wrapped(line, MAX_DOC_WIDTH.saturating_sub(margin)) {
                        self.push_line(&line);
                    }
                }
                Overflow::Keep => self.push_line(line),
            }
        }
        self.last_end = self.source[..inline.cursor].trim_end().len();
    }

    /// Ends what is before a block.
    fn separate(&mut self, start: usize) {
        self.close(Overflow::Wrap);
        self.add_blank_line(start);
    }

    /// Adds a blank line if there is one in the source.
    fn add_blank_line(&mut self, start: usize) {
        let gap = self.source.get(self.last_end..start).unwrap_or_default();
        if !self.lines.is_empty() && gap.matches('\n').count() > 1 {
            self.push_line("");
        }
        self.last_end = start;
    }

    fn push_line(&mut self, line: &str) {
        let mut prefixed = String::new();
        for container in &mut self.containers {
            prefixed.push_str(container.first.take().as_deref().unwrap_or(&container.rest));
        }
        prefixed.push_str(line);
        prefixed.truncate(prefixed.trim_end().len());
        self.lines.push(prefixed);
    }
}

impl CodeBlock {
    fn new(kind: &CodeBlockKind<'_>, source: &str) -> Self {
        let (fence, info) = match kind {
            CodeBlockKind::Fenced(info) => {
                let content = source.trim_start_matches(['`', '~']);
                (Some(source[..source.len() - content.len()].to_owned()), &**info)
            }
            CodeBlockKind::Indented => (None, ""),
        };
        Self { fence, language: language(info).to_owned(), code: String::new() }
    }

    fn lines(self) -> Vec<String> {
        let fence = self.fence.unwrap_or_else(|| "`".repeat(3.max(longest_backticks(&self.code) + 1)));
        let opening = format!("{fence}{}", self.language);
        let code = self.code.lines().map(str::to_owned);
        [opening].into_iter().chain(code).chain([fence]).collect()
    }
}

/// The language of a code block. rustdoc runs Rust as a test, and takes a language with some words for Rust.
fn language(info: &str) -> &str {
    const RUST: [&str; 10] = [
        "rust",
        "ignore",
        "should_panic",
        "no_run",
        "test_harness",
        "compile_fail",
        "edition",
        "standalone",
        "custom",
        "E0",
    ];
    let word = info.split([' ', ',']).next().unwrap_or_default();
    let is_plain =
        !word.is_empty() && word.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_' | '+'));
    if is_plain && !RUST.iter().any(|rust| word.starts_with(rust)) { word } else { "text" }
}

/// Breaks a long line at spaces.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut current = String::new();
    for word in line.split(' ') {
        let fits = current.chars().count() + 1 + word.chars().count() <= width;
        if current.is_empty() {
            current.push_str(word);
        } else if fits || starts_block(word) {
            current.push(' ');
            current.push_str(word);
        } else {
            lines.push(mem::replace(&mut current, word.to_owned()));
        }
    }
    lines.push(current);
    lines
}

/// Whether a line that begins with this word could be something other than a paragraph.
fn starts_block(word: &str) -> bool {
    let number = word.trim_end_matches(['.', ')']);
    matches!(word, "-" | "*" | "+" | "=" | ">")
        || word.starts_with(['#', '>', '|', '='])
        || word.starts_with("```")
        || word.starts_with("~~~")
        || (number.len() < word.len() && number.chars().all(|char| char.is_ascii_digit()))
}

/// Whether addresses of web pages become links. A link cannot contain one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Urls {
    Linked,
    Plain,
}

/// Text in which rustdoc finds neither links nor tags.
fn escaped(text: &str, urls: Urls) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let address = if urls == Urls::Linked { address_length(rest) } else { None };
        let length = match address {
            Some(length) => {
                result.extend(["<", &rest[..length], ">"]);
                length
            }
            None if first == '\\' && rest[1..].starts_with(|next: char| next.is_ascii_punctuation()) => {
                result.push_str(&rest[..2]);
                2
            }
            None => {
                if matches!(first, '[' | ']' | '<') {
                    result.push('\\');
                }
                result.push(first);
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    result
}

/// The length of a web address at the start of the text, without the full stop or bracket after it.
fn address_length(text: &str) -> Option<usize> {
    if !text.starts_with("https://") && !text.starts_with("http://") {
        return None;
    }
    let end = text.find([' ', '\n', '<', '>', '"', '`', ')', ']', '|', '\\']).unwrap_or(text.len());
    Some(text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_']).len())
}

#[cfg(test)]
mod tests {
    use super::{code, lines};

    #[test]
    fn text_that_rustdoc_would_misread_is_escaped() {
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
    fn code_that_is_only_indented_is_fenced() {
        assert_eq!(
            lines("so:\n\n    let x;\n\n      y\n\nand"),
            ["so:", "", "```text", "let x;", "", "  y", "```", "", "and"]
        );
        assert_eq!(lines("- a\n\n      code"), ["- a", "", "  ```text", "  code", "  ```"]);
        assert_eq!(lines("a\n    goes on"), ["a", "goes on"]);
    }

    #[test]
    fn rust_of_the_document_is_not_run() {
        for info in ["rust", "rust,no_run", "no_run", "should_panic", "{.json}", "edition2021", "E0123"] {
            assert_eq!(lines(&format!("```{info}\nx\n```"))[0], "```text", "{info}");
        }
        assert_eq!(lines("~~~\na\n```\nb\n~~~"), ["~~~text", "a", "```", "b", "~~~"]);
    }

    #[test]
    fn lazy_continuation_lines_belong_to_their_list_item() {
        assert_eq!(lines("- one\ngoes on"), ["- one", "  goes on"]);
        assert_eq!(lines("- one\n      goes on"), ["- one", "  goes on"]);
        assert_eq!(lines("1. one\n2. two\n   - in\n   it"), ["1. one", "2. two", "   - in", "     it"]);
        assert_eq!(lines("- one\n\n  more\n\nout"), ["- one", "", "  more", "", "out"]);
        assert_eq!(lines("* one\n    * in\n* two"), ["* one", "  * in", "* two"]);
        assert_eq!(lines("> quoted\ngoes on\n\nout"), ["> quoted", "> goes on", "", "out"]);
        assert_eq!(lines("a text\n2. goes on"), ["a text", "2. goes on"]);
    }

    #[test]
    fn characters_that_rustc_refuses_in_comments_are_removed() {
        assert_eq!(lines("one\rtwo\r\nthree"), ["one", "two", "three"]);
        assert_eq!(lines("a\u{202e}b \u{2066}c"), ["a\u{fffd}b \u{fffd}c"]);
        assert_eq!(code("a\rb\u{202e}"), "`a b\u{fffd}`");
    }

    #[test]
    fn tables_and_headings_are_not_broken() {
        let row = format!("| {} |", "word ".repeat(30).trim_end());
        assert_eq!(lines(&format!("{row}\n|---|\n{row}\n\nafter")), [&row, "|---|", &row, "", "after"]);
        let heading = format!("## {}", "word ".repeat(30));
        assert_eq!(lines(&heading), [heading.trim_end()]);
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

    #[test]
    fn a_lone_or_escaped_backtick_is_text() {
        let rows = [
            ("a ` and [x]", r"a ` and \[x\]"),
            (r"a \` and `[x]`", r"a \` and `[x]`"),
            (r"\[x] and \\[y]", r"\[x\] and \\\[y\]"),
        ];
        for (text, safe) in rows {
            assert_eq!(lines(text), [safe]);
        }
    }

    #[test]
    fn a_code_span_over_two_lines_is_put_on_one() {
        assert_eq!(lines("see `a [x]\nb` and [y]"), [r"see `a [x] b` and \[y\]"]);
        assert_eq!(lines("> see `a\n> b`"), ["> see `a b`"]);
    }

    #[test]
    fn links_in_descriptions_stay_links() {
        let definitions = "\n\n[d]: https://example.com/d\n[other]: ./other.md";
        let rows = [
            ("the [docs][d]", "the [docs](https://example.com/d)"),
            ("see [d] and [other]", r"see [d](https://example.com/d) and \[other\](./other.md)"),
        ];
        for (text, link) in rows {
            assert_eq!(lines(&format!("{text}{definitions}")), [link]);
        }
        let image = "![b](https://example.com/b.png)";
        assert_eq!(lines(&format!("[a](#part) {image}")), [format!(r"\[a\](#part) {image}")]);
    }

    #[test]
    fn tags_are_text() {
        assert_eq!(lines("<p>\na [x]\n</p>"), [r"\<p>", r"a \[x\]", r"\</p>"]);
        assert_eq!(lines("a<br/>b **<T>**"), [r"a\<br/>b **\<T>**"]);
    }
}
