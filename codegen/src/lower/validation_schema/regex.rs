//! Patterns (ECMA 262) as every reader takes them: what only old programs of the web may write (Annex B) is written out.

use std::iter::Peekable;
use std::str::Chars;

/// The same pattern in the strict syntax: `[\w-.]` is `[\w\-.]`, `a{,3}` is `a\{,3}`, `\e` is `e`.
pub(super) fn strict(pattern: &str) -> String {
    let mut written = Writer { rest: pattern.chars().peekable(), text: String::with_capacity(pattern.len()) };
    while let Some(sign) = written.rest.next() {
        match sign {
            '\\' => {
                written.escape();
            }
            '[' => written.class(),
            '{' if !is_quantifier(&written.rest) => written.text.push_str("\\{"),
            sign => written.text.push(sign),
        }
    }
    written.text
}

/// What stands in a class, as far as ranges ask.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Atom {
    /// Nothing that a range could start with.
    None,
    Sign,
    /// Many signs, such as `\d`: no end of a range.
    Many,
}

struct Writer<'a> {
    rest: Peekable<Chars<'a>>,
    text: String,
}

impl Writer<'_> {
    /// What follows a backslash.
    fn escape(&mut self) -> Atom {
        let Some(sign) = self.rest.next() else {
            self.text.push('\\');
            return Atom::None;
        };
        let ahead: String = self.rest.clone().take(4).collect();
        let is_hexadecimal =
            |count: usize| ahead.len() >= count && ahead.bytes().take(count).all(|byte| byte.is_ascii_hexdigit());
        let is_kept = match sign {
            '0' if !ahead.starts_with(|next: char| next.is_ascii_digit()) => {
                self.text.push_str("\\x00");
                return Atom::Sign;
            }
            'x' => is_hexadecimal(2),
            'u' => is_hexadecimal(4) || ahead.starts_with('{'),
            'c' if !ahead.starts_with(|next: char| next.is_ascii_alphabetic()) => {
                self.text.push_str("\\\\c");
                return Atom::Sign;
            }
            'c' | 'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'b' | 'B' | 'f' | 'n' | 'r' | 't' | 'v' | 'k' | '0'..='9' => true,
            'p' | 'P' => ahead.starts_with('{'),
            // Some readers take these for the ends of words.
            '<' | '>' => false,
            other => other.is_ascii_punctuation(),
        };
        if is_kept {
            self.text.push('\\');
        }
        self.text.push(sign);
        let is_property = is_kept && matches!(sign, 'p' | 'P');
        if is_property || sign == 'u' && ahead.starts_with('{') {
            self.take_while('}');
        }
        let is_many = is_property || matches!(sign, 'd' | 'D' | 's' | 'S' | 'w' | 'W');
        if is_many { Atom::Many } else { Atom::Sign }
    }

    /// Takes what stands in braces.
    fn take_while(&mut self, end: char) {
        for sign in self.rest.by_ref() {
            self.text.push(sign);
            if sign == end {
                return;
            }
        }
    }

    /// A class: a hyphen beside what is no single sign is a hyphen.
    fn class(&mut self) {
        let start = self.text.len();
        self.text.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.text.push('^');
        }
        let is_empty = self.rest.peek() == Some(&']');
        let mut before = Atom::None;
        while let Some(sign) = self.rest.next() {
            before = match sign {
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
                    Atom::Sign
                }
                '\\' => self.escape(),
                '-' if before == Atom::Many && self.rest.peek() != Some(&']') || self.ends_in_many(before) => {
                    self.text.push_str("\\-");
                    Atom::None
                }
                sign => {
                    self.text.push(sign);
                    if before == Atom::Sign && sign == '-' { Atom::None } else { Atom::Sign }
                }
            };
        }
    }

    /// Whether the hyphen that was just taken would end a range in what is no single sign.
    fn ends_in_many(&self, before: Atom) -> bool {
        let mut ahead = self.rest.clone();
        before == Atom::Sign
            && ahead.next() == Some('\\')
            && matches!(ahead.next(), Some('d' | 'D' | 's' | 'S' | 'w' | 'W'))
    }
}

/// Whether the rest begins as a quantifier does after its brace: `2}`, `2,}` or `2,3}`.
fn is_quantifier(rest: &Peekable<Chars<'_>>) -> bool {
    let text: String = rest.clone().take_while(|sign| *sign != '}').collect();
    let is_closed = rest.clone().any(|sign| sign == '}');
    let (least, most) = text.split_once(',').unwrap_or((&text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    is_closed && !least.is_empty() && is_number(least) && is_number(most)
}

#[cfg(test)]
mod tests {
    use super::strict;

    #[test]
    fn what_is_strict_stays_as_it_is() {
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
            assert_eq!(strict(pattern), pattern);
        }
    }

    #[test]
    fn what_only_annex_b_allows_is_written_out() {
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
            assert_eq!(strict(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern_does_no_harm() {
        for pattern in ["", "\\", "[", "[^", "[\\", "(", "{", "a{2", "[a-", "\\p{", "\\x", "[\\d-"] {
            strict(pattern);
        }
    }
}
