//! Turns any text into an identifier: the case of its words, and the characters that rustc accepts without a warning.

use std::ops::RangeInclusive;

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

use crate::hash_suffix::hash_suffix;

/// The three cases of Rust names (Rust API Guidelines, C-CASE).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Types and variants: `OrderPaid`.
    Type,
    /// Fields, methods, functions and arguments: `order_paid`.
    Value,
    /// Constants: `ORDER_PAID`.
    Constant,
}

/// Writes a text as an identifier: its words in the case of the style, without punctuation.
///
/// A text without letters and digits is spelled out. A name that would begin with a digit gets an `n`, for number.
pub(super) fn style(style: Style, text: &str) -> String {
    let cased = apply(style, &without_punctuation(text));
    let cased = if cased.is_empty() { apply(style, &spell(text)) } else { cased };
    let cased = if is_confusable(&cased) { apply(style, &spell_in_ascii(text)) } else { cased };
    if cased.starts_with(|first: char| first.is_alphabetic() || first == '_') {
        return cased;
    }
    match style {
        Style::Type | Style::Constant => format!("N{cased}"),
        Style::Value => format!("n{cased}"),
    }
}

/// Like [`style`], with all punctuation spelled out: `@id` becomes `at_id`.
pub(super) fn spelled_out(kind: Style, text: &str) -> String {
    style(kind, &spell(text))
}

/// Like [`spelled_out`], with the case of the first letter: `E` becomes `upper_e`.
pub(super) fn with_letter_case(kind: Style, text: &str) -> String {
    let case = if text.starts_with(char::is_uppercase) { "upper" } else { "lower" };
    style(kind, &format!("{case} {}", spell(text)))
}

/// Like [`spelled_out`], with a hash of the content at the end.
pub(super) fn with_hash_suffix(kind: Style, text: &str, content: &str) -> String {
    style(kind, &format!("{} {}", spell(text), hash_suffix(content)))
}

fn apply(style: Style, text: &str) -> String {
    match style {
        Style::Type => text.to_upper_camel_case(),
        Style::Value => text.to_snake_case(),
        Style::Constant => text.to_shouty_snake_case(),
    }
}

/// Replaces every character that an identifier cannot contain by a space.
fn without_punctuation(text: &str) -> String {
    text.chars().map(|char| if is_common_char(char) { char } else { ' ' }).collect()
}

fn spell(text: &str) -> String {
    spell_except(text, is_common_char)
}

fn spell_in_ascii(text: &str) -> String {
    spell_except(text, |char| char.is_ascii_alphanumeric() || char == '_')
}

/// Spells each character by its name or its code point, except those that `is_kept` keeps.
fn spell_except(text: &str, is_kept: impl Fn(char) -> bool) -> String {
    if text.is_empty() {
        return "empty".to_owned();
    }
    let mut words = String::new();
    for char in text.chars() {
        match char_name(char) {
            Some(name) => {
                words.push(' ');
                words.push_str(name);
                words.push(' ');
            }
            None if is_kept(char) => words.push(char),
            None => words.extend([" u", &format!("{:x}", u32::from(char)), " "]),
        }
    }
    words
}

fn char_name(char: char) -> Option<&'static str> {
    Some(match char {
        ' ' => "space",
        '\n' => "newline",
        '\r' => "carriage return",
        '\t' => "tab",
        '!' => "not",
        '"' | '\'' => "quote",
        '#' => "hash",
        '$' => "dollar",
        '%' => "percent",
        '&' => "and",
        '(' | ')' => "paren",
        '*' => "star",
        '+' => "plus",
        ',' => "comma",
        '-' => "minus",
        '.' => "dot",
        '/' => "slash",
        ':' => "colon",
        ';' => "semicolon",
        '<' => "less",
        '=' => "equal",
        '>' => "greater",
        '?' => "question",
        '@' => "at",
        '[' | ']' => "bracket",
        '\\' => "backslash",
        '^' => "caret",
        '_' => "underscore",
        '`' => "backtick",
        '{' | '}' => "brace",
        '|' => "bar",
        '~' => "tilde",
        _ => return None,
    })
}

/// Letters beyond ASCII that rustc accepts without the warning `uncommon_codepoints`, of the scripts that documents
/// use. Left out are letters whose other case is not a single letter, and combining marks of Latin letters.
///
/// This is a table and no crate, because names must not change when a new version of Unicode adds letters.
const COMMON: &[RangeInclusive<char>] = &[
    '\u{c0}'..='\u{d6}',
    '\u{d8}'..='\u{f6}',
    '\u{f8}'..='\u{12f}',
    '\u{134}'..='\u{137}',
    '\u{139}'..='\u{13e}',
    '\u{141}'..='\u{148}',
    '\u{14a}'..='\u{17e}',
    '\u{1a0}'..='\u{1a1}',
    '\u{1af}'..='\u{1b0}',
    '\u{218}'..='\u{21b}',
    '\u{1ea0}'..='\u{1ef9}',
    // Greek
    '\u{386}'..='\u{386}',
    '\u{388}'..='\u{38a}',
    '\u{38c}'..='\u{38c}',
    '\u{38e}'..='\u{38f}',
    '\u{391}'..='\u{3a1}',
    '\u{3a3}'..='\u{3af}',
    '\u{3b1}'..='\u{3ce}',
    // Cyrillic
    '\u{400}'..='\u{45f}',
    '\u{490}'..='\u{491}',
    // Hebrew, Arabic
    '\u{5d0}'..='\u{5ea}',
    '\u{620}'..='\u{63f}',
    '\u{641}'..='\u{64a}',
    '\u{679}'..='\u{68d}',
    '\u{68f}'..='\u{6a0}',
    '\u{6a2}'..='\u{6d3}',
    // Devanagari, Thai
    '\u{904}'..='\u{939}',
    '\u{93c}'..='\u{94d}',
    '\u{e01}'..='\u{e32}',
    '\u{e34}'..='\u{e3a}',
    '\u{e40}'..='\u{e4e}',
    // Hiragana, Katakana, Han, Hangul
    '\u{3041}'..='\u{3096}',
    '\u{30a1}'..='\u{30fa}',
    '\u{30fc}'..='\u{30fc}',
    '\u{3400}'..='\u{4dbf}',
    '\u{4e00}'..='\u{9fff}',
    '\u{ac00}'..='\u{d7a3}',
];

/// Letters that look like letters of another script. If a crate has no other letters of their script, rustc warns
/// (`mixed_script_confusables`).
const CONFUSABLES: &str = "ΑΒΓΕΖΗΘΙΚΛΜΝΟΠΡΤΥΦΧαβγδεθικνοπρστυφЄЅІЈАБВГЕЗКЛМНОПРСТУФХЫЬЮабгекопрстуфхєѕіјћҐґ\
    וטיןסإاةهจบปฝพฟยყくへイエカタトニノハヘロー";

/// Whether an identifier can contain this character.
fn is_common_char(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_' || COMMON.iter().any(|range| range.contains(&char))
}

/// Whether rustc would warn about an identifier: changing its case made an uncommon letter, or all letters of its other
/// scripts look like Latin ones.
fn is_confusable(name: &str) -> bool {
    let is_latin = |char: &char| *char <= '\u{24f}' || ('\u{1e00}'..='\u{1eff}').contains(char);
    let mut other = name.chars().filter(|char| !is_latin(char)).peekable();
    !name.chars().all(is_common_char) || other.peek().is_some() && other.all(|char| CONFUSABLES.contains(char))
}

#[cfg(test)]
mod tests {
    use super::{Style, is_common_char, is_confusable, spelled_out, style, with_letter_case};

    #[test]
    fn any_text_becomes_an_identifier() {
        let rows = [
            ("onCustomerCreate", "OnCustomerCreate", "on_customer_create"),
            ("ABCServiceX", "AbcServiceX", "abc_service_x"),
            ("kustomer.customer.create", "KustomerCustomerCreate", "kustomer_customer_create"),
            ("16x16", "N16x16", "n16x16"),
            ("@id", "Id", "id"),
            ("+1", "N1", "n1"),
            ("<=", "LessEqual", "less_equal"),
            ("\n", "Newline", "newline"),
            ("\r\n", "CarriageReturnNewline", "carriage_return_newline"),
            ("\t", "Tab", "tab"),
            ("", "Empty", "empty"),
            ("\\\\", "BackslashBackslash", "backslash_backslash"),
            ("größe", "Größe", "größe"),
            ("日本", "日本", "日本"),
            ("5 µm", "N5M", "n5_m"),
            ("α", "U3b1", "u3b1"),
            ("μ", "U3bc", "μ"),
            ("ª", "Uaa", "uaa"),
        ];
        for (text, as_type, as_value) in rows {
            assert_eq!(style(Style::Type, text), as_type);
            assert_eq!(style(Style::Value, text), as_value);
        }
    }

    #[test]
    fn punctuation_and_letter_case_distinguish_names() {
        assert_eq!(spelled_out(Style::Value, "@id"), "at_id");
        assert_eq!(spelled_out(Style::Type, "+1"), "Plus1");
        assert_eq!(with_letter_case(Style::Type, "e"), "LowerE");
        assert_eq!(with_letter_case(Style::Value, "E"), "upper_e");
    }

    #[test]
    fn words_of_many_languages_are_common_and_odd_letters_are_not() {
        for word in ["größe", "zażółć", "đường", "όνομα", "имя", "שם", "اسم", "नाम", "ชื่อ", "なまえ", "名前", "이름"]
        {
            assert!(word.chars().all(is_common_char) && !is_confusable(word), "{word}");
        }
        for char in ['ª', '²', 'Ⅷ', 'ﬁ', 'ı', 'İ', 'µ', 'ǆ', '\u{301}', '\u{200d}', '😀'] {
            assert!(!is_common_char(char), "{char}");
        }
    }

    #[test]
    fn letters_that_look_latin_are_confusable() {
        assert!(is_confusable("ο") && is_confusable("оса") && is_confusable("x_α"));
        assert!(!is_confusable("о_имя") && !is_confusable("ohm"));
    }
}
