//! The document's Markdown, laid out as a person would in doc comments: what rustdoc would read as Rust, as links or as tags
//! is made plain, and what clippy would warn of is put right.

/// The widest line of text; with indentation and `///` it stays below 100 columns.
const WIDTH: usize = 90;

/// A text that an author of Markdown wrote, line by line.
pub(super) fn lines(text: &str) -> Vec<String> {
    let text: String = text.replace("\r\n", "\n").chars().map(verbatim_block).collect::<String>().replace('\t', "    ");
    let source: Vec<&str> = text.trim_matches('\n').lines().map(str::trim_end).collect();
    let mut layout = Layout::default();
    let mut rest = source.as_slice();
    while !rest.is_empty() {
        let taken = layout.block(rest);
        rest = &rest[taken..];
    }
    layout.lines
}

/// What rustc allows in comments: a carriage return alone ends a line, and what turns the direction of writing, so that code
/// reads otherwise than it is, is shown as a stranger.
fn verbatim_block(sign: char) -> char {
    match sign {
        '\r' => '\n',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        sign => sign,
    }
}

/// A text that stands in the middle of a sentence of our own.
pub(super) fn phrase(text: &str) -> String {
    let text: String = text.chars().map(verbatim_block).collect();
    safe(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A text as Markdown code, whatever backticks are in it.
pub(super) fn code(text: &str) -> String {
    let text: String = text.chars().map(|sign| if sign.is_whitespace() { ' ' } else { verbatim_block(sign) }).collect();
    if text.is_empty() {
        return "the empty string".to_owned();
    }
    let longest = text.split(|sign| sign != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let padding = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{padding}{text}{padding}{fence}")
}

/// A list item that is open: how far its text is indented, in the document and here.
struct Item {
    from: usize,
    to: usize,
}

#[derive(Default)]
struct Layout {
    lines: Vec<String>,
    items: Vec<Item>,
    /// Whether the line above belongs to a paragraph, which this one may go on with.
    in_paragraph: bool,
}

impl Layout {
    /// Lays out the lines that belong together; returns how many they are.
    fn block(&mut self, rest: &[&str]) -> usize {
        let line = rest[0];
        let indentation = line.len() - line.trim_start().len();
        let body = &line[indentation..];
        if body.is_empty() {
            self.lines.push(String::new());
            self.in_paragraph = false;
            return 1;
        }
        let in_text = self.in_paragraph && self.items.is_empty();
        let marker = marker(body).filter(|marker| !in_text || marker.interrupts);
        if !self.in_paragraph || marker.is_some() {
            while self.items.last().is_some_and(|item| indentation < item.from) {
                self.items.pop();
            }
        }
        let (from, to) = self.items.last().map_or((0, 0), |item| (item.from, item.to));
        if indentation >= from + 4 && !self.in_paragraph {
            return self.indented_code(rest, from + 4, to);
        }
        if let Some(fence) = Fence::of(body) {
            return self.fenced_code(rest, &fence, indentation, to);
        }
        if body.starts_with('>') {
            return self.quote(rest, to);
        }
        let margin = " ".repeat(to);
        if is_rule(body) || body.starts_with('|') || is_heading(body) {
            self.lines.push(format!("{margin}{}", safe(body)));
            self.in_paragraph = body.starts_with('|');
            return 1;
        }
        if let Some(marker) = marker {
            let text = safe(marker.text);
            let inner = to + marker.sign.len() + 1;
            self.items.push(Item { from: indentation + body.len() - marker.text.len(), to: inner });
            let first = format!("{margin}{} {}", marker.sign, text);
            self.lines.extend(wrapped(first.trim_end(), inner));
            self.in_paragraph = !marker.text.is_empty();
            return 1;
        }
        self.lines.extend(wrapped(&format!("{margin}{}", safe(body)), to));
        self.in_paragraph = true;
        1
    }

    /// Rustdoc would take it for Rust, and run it.
    fn indented_code(&mut self, rest: &[&str], from: usize, to: usize) -> usize {
        let is_in = |line: &&&str| line.is_empty() || line.len() - line.trim_start().len() >= from;
        let mut length = rest.iter().take_while(is_in).count();
        while length > 1 && rest[length - 1].is_empty() {
            length -= 1;
        }
        let margin = " ".repeat(to);
        self.lines.push(format!("{margin}```text"));
        self.lines.extend(rest[..length].iter().map(|line| indented(&margin, line.get(from..).unwrap_or_default())));
        self.lines.push(format!("{margin}```"));
        length
    }

    fn fenced_code(&mut self, rest: &[&str], fence: &Fence<'_>, from: usize, to: usize) -> usize {
        let margin = " ".repeat(to);
        self.lines.push(format!("{margin}{}{}", fence.signs, fence.language()));
        let mut length = 1;
        for line in &rest[1..] {
            length += 1;
            if fence.is_closed_by(line.trim_start()) {
                break;
            }
            let shift = from.min(line.len() - line.trim_start().len());
            self.lines.push(indented(&margin, &line[shift..]));
        }
        self.lines.push(format!("{margin}{}", fence.signs));
        self.in_paragraph = false;
        length
    }

    /// What is quoted is a text of its own; its last paragraph goes on to the next empty line.
    fn quote(&mut self, rest: &[&str], to: usize) -> usize {
        let length = rest.iter().take_while(|line| !line.is_empty()).count();
        let quoted: Vec<&str> = rest[..length].iter().map(|line| unquoted(line)).collect();
        let margin = " ".repeat(to);
        self.lines
            .extend(lines(&quoted.join("\n")).iter().map(|line| format!("{margin}> {line}").trim_end().to_owned()));
        self.in_paragraph = false;
        length
    }
}

fn unquoted(line: &str) -> &str {
    match line.trim_start().strip_prefix('>') {
        Some(rest) => rest.strip_prefix(' ').unwrap_or(rest),
        None => line.trim_start(),
    }
}

fn indented(margin: &str, line: &str) -> String {
    if line.is_empty() { String::new() } else { format!("{margin}{line}") }
}

/// How a list item begins.
struct Marker<'a> {
    sign: &'a str,
    text: &'a str,
    /// Whether it ends a paragraph above it, which only some do.
    interrupts: bool,
}

fn marker(body: &str) -> Option<Marker<'_>> {
    let (sign, text) = body.split_once(' ').unwrap_or((body, ""));
    let text = text.trim_start();
    let digits = sign
        .strip_suffix(['.', ')'])
        .filter(|digits| !digits.is_empty() && digits.len() < 10 && digits.chars().all(|sign| sign.is_ascii_digit()));
    match (sign, digits) {
        ("-" | "*" | "+", _) => Some(Marker { sign, text, interrupts: !text.is_empty() }),
        (_, Some(digits)) => Some(Marker { sign, text, interrupts: digits == "1" && !text.is_empty() }),
        _ => None,
    }
}

/// A line across the page, or one that makes the text above a heading.
fn is_rule(body: &str) -> bool {
    let signs: String = body.split(' ').collect();
    signs.len() > 2 && ['-', '*', '_', '='].iter().any(|sign| signs.chars().all(|other| other == *sign))
}

fn is_heading(body: &str) -> bool {
    let rest = body.trim_start_matches('#');
    (1..=6).contains(&(body.len() - rest.len())) && rest.starts_with(' ')
}

/// The line above code.
struct Fence<'a> {
    signs: &'a str,
    info: &'a str,
}

impl<'a> Fence<'a> {
    fn of(body: &'a str) -> Option<Self> {
        let sign = body.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
        let info = body.trim_start_matches(sign);
        let signs = &body[..body.len() - info.len()];
        (signs.len() >= 3 && !info.contains('`')).then_some(Self { signs, info: info.trim() })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        line.starts_with(self.signs) && line.chars().all(|sign| self.signs.starts_with(sign))
    }

    /// What the code is written in; Rust would be run, and anything that rustdoc does not know is no Rust.
    fn language(&self) -> &str {
        const RUN: [&str; 10] = [
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
        let word = self.info.split([' ', ',']).next().unwrap_or_default();
        let is_plain =
            !word.is_empty() && word.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '-' | '_' | '+'));
        if is_plain && !RUN.iter().any(|run| word.starts_with(run)) { word } else { "text" }
    }
}

/// Breaks a long line at spaces; what follows is indented so far.
fn wrapped(line: &str, hanging: usize) -> Vec<String> {
    let indentation = line.len() - line.trim_start().len();
    let mut lines = Vec::new();
    let mut current = " ".repeat(indentation);
    for word in line[indentation..].split(' ') {
        let fits = current.chars().count() + 1 + word.chars().count() <= WIDTH;
        if current.trim().is_empty() {
            current.push_str(word);
        } else if fits || starts_a_block(word) {
            current.push(' ');
            current.push_str(word);
        } else {
            lines.push(std::mem::replace(&mut current, format!("{}{word}", " ".repeat(hanging))));
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
        || word.starts_with("~~~")
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
    fn what_goes_on_lazily_is_put_under_its_item() {
        assert_eq!(lines("- one\ngoes on"), ["- one", "  goes on"]);
        assert_eq!(lines("- one\n      goes on"), ["- one", "  goes on"]);
        assert_eq!(lines("1. one\n2. two\n   - in\n   it"), ["1. one", "2. two", "   - in", "     it"]);
        assert_eq!(lines("- one\n\n  more\n\nout"), ["- one", "", "  more", "", "out"]);
        assert_eq!(lines("* one\n    * in\n* two"), ["* one", "  * in", "* two"]);
        assert_eq!(lines("> quoted\ngoes on\n\nout"), ["> quoted", "> goes on", "", "out"]);
        assert_eq!(lines("a text\n2. goes on"), ["a text", "2. goes on"]);
    }

    #[test]
    fn what_rustc_refuses_in_comments_is_not_there() {
        assert_eq!(lines("one\rtwo\r\nthree"), ["one", "two", "three"]);
        assert_eq!(lines("a\u{202e}b \u{2066}c"), ["a\u{fffd}b \u{fffd}c"]);
        assert_eq!(code("a\rb\u{202e}"), "`a b\u{fffd}`");
    }

    #[test]
    fn tables_and_headings_are_not_broken() {
        let row = format!("| {} |", "word ".repeat(30));
        assert_eq!(lines(&row), [row.trim_end()]);
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
}
