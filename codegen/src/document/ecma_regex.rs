//! Patterns (ECMA 262) that nobody can read: what is open and never closed, what is repeated and not there.
//!
//! Whatever some reader takes is let pass, such as the flags and the possessive quantifiers of other languages.

use std::iter::Peekable;
use std::str::Chars;

/// What is wrong with a pattern; `None` where nothing is.
pub(crate) fn fault(pattern: &str) -> Option<String> {
    let mut reader = Reader { rest: pattern.chars().peekable(), groups: 0, can_repeat: false };
    while let Some(sign) = reader.rest.next() {
        if let Err(why) = reader.take(sign) {
            return Some(why);
        }
    }
    (reader.groups > 0).then(|| "a `(` is never closed".to_owned())
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    /// How many are open.
    groups: usize,
    /// Whether there is something that a quantifier could be for.
    can_repeat: bool,
}

impl Reader<'_> {
    fn take(&mut self, sign: char) -> Result<(), String> {
        match sign {
            '\\' => {
                self.rest.next().ok_or("it ends in a `\\`")?;
                self.can_repeat = true;
            }
            '[' => {
                self.class()?;
                self.can_repeat = true;
            }
            '(' => {
                self.groups += 1;
                self.can_repeat = false;
                if self.rest.next_if_eq(&'?').is_some() {
                    self.kind_of_group()?;
                }
            }
            ')' => {
                self.groups = self.groups.checked_sub(1).ok_or("a `)` closes nothing")?;
                self.can_repeat = true;
            }
            '|' => self.can_repeat = false,
            '*' | '+' | '?' if !self.can_repeat => return Err(format!("the `{sign}` repeats nothing")),
            '{' => self.counts()?,
            _ => self.can_repeat = true,
        }
        Ok(())
    }

    /// What stands after `(?`.
    fn kind_of_group(&mut self) -> Result<(), String> {
        let known = |sign: &char| sign.is_ascii_alphabetic() || ":=!<>-#'&|(".contains(*sign);
        self.rest.next_if(known).map(drop).ok_or_else(|| "`(?` begins no group".to_owned())
    }

    /// A class, up to its end. `]` at its beginning is taken for its end, as ECMA 262 has it.
    fn class(&mut self) -> Result<(), String> {
        self.rest.next_if_eq(&'^');
        let mut before = None;
        while let Some(sign) = self.rest.next() {
            match sign {
                ']' => return Ok(()),
                '\\' => {
                    self.rest.next().ok_or("it ends in a `\\`")?;
                    before = None;
                }
                '-' => {
                    let to = self.rest.peek().copied().filter(|sign| !"]\\[".contains(*sign));
                    if let (Some(from), Some(to)) = (before, to) {
                        if from > to {
                            return Err(format!("the range `{from}-{to}` is the wrong way round"));
                        }
                        self.rest.next();
                    }
                    before = None;
                }
                sign => before = Some(sign),
            }
        }
        Err("a `[` is never closed".to_owned())
    }

    /// `{2}`, `{2,}` or `{2,3}`; any other brace is a sign as others are.
    fn counts(&mut self) -> Result<(), String> {
        let text: String = self.rest.clone().take_while(|sign| matches!(sign, '0'..='9' | ',')).collect();
        if self.rest.clone().nth(text.len()) != Some('}') {
            self.can_repeat = true;
            return Ok(());
        }
        let (least, most) = text.split_once(',').unwrap_or((&text, &text));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(least) || !most.is_empty() && !is_number(most) {
            self.can_repeat = true;
            return Ok(());
        }
        if !self.can_repeat {
            return Err(format!("the `{{{text}}}` repeats nothing"));
        }
        let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
        if !most.is_empty() && number(least) > number(most) {
            return Err(format!("the `{{{text}}}` is the wrong way round"));
        }
        self.rest.by_ref().take(text.len() + 1).for_each(drop);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn what_can_be_read_has_no_fault() {
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
            assert_eq!(fault(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn what_nobody_can_read_has_one() {
        let rows = [
            ("(", "a `(` is never closed"),
            ("a)", "a `)` closes nothing"),
            ("[a-z", "a `[` is never closed"),
            ("[^a\\]", "a `[` is never closed"),
            ("*a", "the `*` repeats nothing"),
            ("a|+", "the `+` repeats nothing"),
            ("(?:?)", "the `?` repeats nothing"),
            ("({2})", "the `{2}` repeats nothing"),
            ("a{3,2}", "the `{3,2}` is the wrong way round"),
            ("[z-a]", "the range `z-a` is the wrong way round"),
            ("a\\", "it ends in a `\\`"),
            ("(?)", "`(?` begins no group"),
        ];
        for (pattern, expected) in rows {
            assert_eq!(fault(pattern).as_deref(), Some(expected), "{pattern}");
        }
    }
}
