//! Checks the syntax of patterns (regular expressions of ECMA-262).
//!
//! The check is lenient: what some regular expression engine accepts, such as inline flags, is accepted. It is
//! iterative, so a deeply nested pattern cannot overflow the stack.

use std::iter::Peekable;
use std::str::Chars;

/// The syntax error of a pattern, if it has one.
pub(crate) fn syntax_error(pattern: &str) -> Option<String> {
    let mut checker = Checker { rest: pattern.chars().peekable(), open_groups: 0, can_repeat: false };
    while let Some(char) = checker.rest.next() {
        if let Err(error) = checker.check_term(char) {
            return Some(error);
        }
    }
    (checker.open_groups > 0).then(|| "a `(` is not closed".to_owned())
}

struct Checker<'a> {
    rest: Peekable<Chars<'a>>,
    open_groups: usize,
    /// Whether a quantifier is allowed here.
    can_repeat: bool,
}

impl Checker<'_> {
    /// Checks the term that starts with this character.
    fn check_term(&mut self, char: char) -> Result<(), String> {
        match char {
            '\\' => {
                self.rest.next().ok_or("it ends with a `\\`")?;
                self.can_repeat = true;
            }
            '[' => {
                self.check_class()?;
                self.can_repeat = true;
            }
            '(' => {
                self.open_groups += 1;
                self.can_repeat = false;
                if self.rest.next_if_eq(&'?').is_some() {
                    self.check_group_specifier()?;
                }
            }
            ')' => {
                self.open_groups = self.open_groups.checked_sub(1).ok_or("a `)` has no matching `(`")?;
                self.can_repeat = true;
            }
            '|' => self.can_repeat = false,
            '*' | '+' | '?' if !self.can_repeat => {
                return Err(format!("there is nothing to repeat before the `{char}`"));
            }
            '{' => self.check_braces()?,
            _ => self.can_repeat = true,
        }
        Ok(())
    }

    /// Checks the character after `(?`.
    fn check_group_specifier(&mut self) -> Result<(), String> {
        let is_known = |char: &char| char.is_ascii_alphabetic() || ":=!<>-#'&|(".contains(*char);
        self.rest.next_if(is_known).map(drop).ok_or_else(|| "`(?` does not start a group".to_owned())
    }

    /// Checks a character class up to its `]`. As in ECMA-262, a `]` right after the `[` ends it.
    fn check_class(&mut self) -> Result<(), String> {
        self.rest.next_if_eq(&'^');
        let mut range_start = None;
        while let Some(char) = self.rest.next() {
            match char {
                ']' => return Ok(()),
                '\\' => {
                    self.rest.next().ok_or("it ends with a `\\`")?;
                    range_start = None;
                }
                '-' => {
                    let range_end = self.rest.peek().copied().filter(|char| !"]\\[".contains(*char));
                    if let (Some(start), Some(end)) = (range_start, range_end) {
                        if start > end {
                            return Err(format!("the range `{start}-{end}` is reversed"));
                        }
                        self.rest.next();
                    }
                    range_start = None;
                }
                char => range_start = Some(char),
            }
        }
        Err("a `[` is not closed".to_owned())
    }

    /// Checks the quantifiers `{2}`, `{2,}` and `{2,3}`. Any other `{` is an ordinary character.
    fn check_braces(&mut self) -> Result<(), String> {
        let text: String = self.rest.clone().take_while(|char| matches!(char, '0'..='9' | ',')).collect();
        let is_closed = self.rest.clone().nth(text.len()) == Some('}');
        let (min, max) = text.split_once(',').unwrap_or((&text, &text));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_closed || !is_number(min) || !max.is_empty() && !is_number(max) {
            self.can_repeat = true;
            return Ok(());
        }
        if !self.can_repeat {
            return Err(format!("there is nothing to repeat before the `{{{text}}}`"));
        }
        let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
        if !max.is_empty() && number(min) > number(max) {
            return Err(format!("the bounds of `{{{text}}}` are reversed"));
        }
        self.rest.by_ref().take(text.len() + 1).for_each(drop);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::syntax_error;

    #[test]
    fn valid_patterns_have_no_error() {
        let patterns = [
            "",
            "^[a-z0-9_.-]+$",
            r"^O-\d{2,}\.\w{3}$",
            r"^(?!x)(?:a|b)(?<name>c)(?<=d)(?i)(?i:e)(?>f)\)\[\{",
            "a{,3}{b}{",
            "^(|a)*?b{2}?c{2,3}$",
            "[]|[^]|[^-a]|[a-]|[\\d-z]|[+--]|a++",
            "é{2}",
        ];
        for pattern in patterns {
            assert_eq!(syntax_error(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn invalid_patterns_have_an_error() {
        let rows = [
            ("(", "a `(` is not closed"),
            ("a)", "a `)` has no matching `(`"),
            ("[a-z", "a `[` is not closed"),
            ("[^a\\]", "a `[` is not closed"),
            ("*a", "there is nothing to repeat before the `*`"),
            ("a|+", "there is nothing to repeat before the `+`"),
            ("(?:?)", "there is nothing to repeat before the `?`"),
            ("({2})", "there is nothing to repeat before the `{2}`"),
            ("a{3,2}", "the bounds of `{3,2}` are reversed"),
            ("[z-a]", "the range `z-a` is reversed"),
            ("a\\", "it ends with a `\\`"),
            ("(?)", "`(?` does not start a group"),
        ];
        for (pattern, expected) in rows {
            assert_eq!(syntax_error(pattern).as_deref(), Some(expected), "{pattern}");
        }
    }
}
