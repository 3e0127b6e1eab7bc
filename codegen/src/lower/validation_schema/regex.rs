//! Rewrites patterns (ECMA 262) without the syntax of Annex B, which not every regex engine accepts.
//!
//! Authors use it unknowingly: `[\w-.]` is common in patterns of mail addresses.

use std::iter::Peekable;
use std::str::Chars;

/// The same pattern without Annex B syntax: `[\w-.]` becomes `[\w\-.]`, `a{,3}` becomes `a\{,3}`, `\e` becomes `e`.
pub(super) fn without_annex_b(pattern: &str) -> String {
    let mut rewriter = Rewriter { rest: pattern.chars().peekable(), text: String::with_capacity(pattern.len()) };
    while let Some(char) = rewriter.rest.next() {
        match char {
            '\\' => {
                rewriter.escape();
            }
            '[' => rewriter.class(),
            '{' if !is_quantifier(&rewriter.rest) => rewriter.text.push_str("\\{"),
            char => rewriter.text.push(char),
        }
    }
    rewriter.text
}

/// What the part of a class before a hyphen matches: a range can only start with a single character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Atom {
    /// Nothing: the class or a range has just begun or ended.
    None,
    Single,
    /// Several characters, such as `\d`.
    Several,
}

struct Rewriter<'a> {
    rest: Peekable<Chars<'a>>,
    text: String,
}

impl Rewriter<'_> {
    /// Rewrites an escape sequence. The backslash has been consumed.
    fn escape(&mut self) -> Atom {
        let Some(char) = self.rest.next() else {
            self.text.push('\\');
            return Atom::None;
        };
        let ahead: String = self.rest.clone().take(4).collect();
        let is_hexadecimal =
            |count: usize| ahead.len() >= count && ahead.bytes().take(count).all(|byte| byte.is_ascii_hexdigit());
        let keeps_backslash = match char {
            '0' if !ahead.starts_with(|next: char| next.is_ascii_digit()) => {
                self.text.push_str("\\x00");
                return Atom::Single;
            }
            'x' => is_hexadecimal(2),
            'u' => is_hexadecimal(4) || ahead.starts_with('{'),
            'c' if !ahead.starts_with(|next: char| next.is_ascii_alphabetic()) => {
                self.text.push_str("\\\\c");
                return Atom::Single;
            }
            'c' | 'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'b' | 'B' | 'f' | 'n' | 'r' | 't' | 'v' | 'k' | '0'..='9' => true,
            'p' | 'P' => ahead.starts_with('{'),
            // Some regex engines read these as word boundaries.
            '<' | '>' => false,
            other => other.is_ascii_punctuation(),
        };
        if keeps_backslash {
            self.text.push('\\');
        }
        self.text.push(char);
        let is_property = keeps_backslash && matches!(char, 'p' | 'P');
        if is_property || char == 'u' && ahead.starts_with('{') {
            self.copy_until('}');
        }
        let is_several = is_property || matches!(char, 'd' | 'D' | 's' | 'S' | 'w' | 'W');
        if is_several { Atom::Several } else { Atom::Single }
    }

    /// Copies everything up to `end`.
    fn copy_until(&mut self, end: char) {
        for char in self.rest.by_ref() {
            self.text.push(char);
            if char == end {
                return;
            }
        }
    }

    /// Rewrites a class. A hyphen next to several characters is escaped, because it is no range.
    fn class(&mut self) {
        let start = self.text.len();
        self.text.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.text.push('^');
        }
        let is_empty = self.rest.peek() == Some(&']');
        let mut before = Atom::None;
        while let Some(char) = self.rest.next() {
            before = match char {
                ']' if is_empty => {
                    let everything = self.text[start..].ends_with('^');
                    self.text.truncate(start);
                    self.text.push_str(if everything { "[\\s\\S]" } else { "[^\\s\\S]" });
                    return;
                }
                ']' => {
                    self.text.push(']');
                    return;
                }
                '\\' if self.rest.next_if_eq(&'b').is_some() => {
                    self.text.push_str("\\x08");
                    Atom::Single
                }
                '\\' => self.escape(),
                '-' if before == Atom::Several && self.rest.peek() != Some(&']') || self.precedes_several(before) => {
                    self.text.push_str("\\-");
                    Atom::None
                }
                char => {
                    self.text.push(char);
                    if before == Atom::Single && char == '-' { Atom::None } else { Atom::Single }
                }
            };
        }
    }

    /// Whether the hyphen that was just consumed is followed by several characters, so that it is no range.
    fn precedes_several(&self, before: Atom) -> bool {
        let mut ahead = self.rest.clone();
        before == Atom::Single
            && ahead.next() == Some('\\')
            && matches!(ahead.next(), Some('d' | 'D' | 's' | 'S' | 'w' | 'W'))
    }
}

/// Whether the rest is a quantifier after its opening brace: `2}`, `2,}` or `2,3}`.
fn is_quantifier(rest: &Peekable<Chars<'_>>) -> bool {
    let text: String = rest.clone().take_while(|char| *char != '}').collect();
    let is_closed = rest.clone().any(|char| char == '}');
    let (minimum, maximum) = text.split_once(',').unwrap_or((&text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    is_closed && !minimum.is_empty() && is_number(minimum) && is_number(maximum)
}

#[cfg(test)]
mod tests {
    use super::without_annex_b;

    #[test]
    fn patterns_without_annex_b_do_not_change() {
        let patterns = [
            r"^[a-z0-9_.-]+$",
            r"^O-\d{2,}\.\w{3}$",
            r"^\p{L}[\p{L}\d-]*$",
            r"^(?!x)(?:a|b)\/\-\u00e9\u{1F600}\x41\cA$",
            r"[^\]a-z]",
            r"^(a)\1$",
            r"^[+-]?[0-9]*$",
            "^é$",
            r"[a\-z]",
            r"\\[\\-a]",
        ];
        for pattern in patterns {
            assert_eq!(without_annex_b(pattern), pattern);
        }
    }

    #[test]
    fn annex_b_syntax_is_rewritten() {
        let rows = [
            (r"^[\w-\.]+@[\d-x]$", r"^[\w\-\.]+@[\d\-x]$"),
            (r"[a-\d]", r"[a\-\d]"),
            (r"^a{,3}{b}$", r"^a\{,3}\{b}$"),
            (r"\e\Z\<\é", "eZ<é"),
            (r"\0[\b]", r"\x00[\x08]"),
            (r"[^]|[]", r"[\s\S]|[^\s\S]"),
            (r"\xZ\u12\c1\pL", r"xZu12\\c1pL"),
        ];
        for (pattern, expected) in rows {
            assert_eq!(without_annex_b(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn invalid_patterns_do_not_panic() {
        for pattern in ["", "\\", "[", "[^", "[\\", "(", "{", "a{2", "[a-", "\\p{", "\\x", "[\\d-"] {
            without_annex_b(pattern);
        }
    }
}
