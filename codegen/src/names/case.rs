//! From any text to the words of an identifier.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

use super::identifier_chars;
use crate::hash_suffix::mark;

/// The three ways Rust writes names (Rust API Guidelines, C-CASE).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Types and variants: `OrderPaid`.
    Type,
    /// Fields, methods, functions and arguments: `order_paid`.
    Value,
    /// Constants: `ORDER_PAID`.
    Constant,
}

/// Writes a text as an identifier: its words in the style's case, punctuation dropped.
///
/// A text without any letter or digit is spelled out; one that starts with a digit gets an `n`, for number.
pub(super) fn style(style: Style, text: &str) -> String {
    let cased = apply(style, &usable(text));
    let cased = if cased.is_empty() { apply(style, &spelled(text)) } else { cased };
    let cased = if identifier_chars::is_confusable(&cased) { apply(style, &spelled_in_ascii(text)) } else { cased };
    if cased.starts_with(|first: char| first.is_alphabetic() || first == '_') {
        return cased;
    }
    match style {
        Style::Type | Style::Constant => format!("N{cased}"),
        Style::Value => format!("n{cased}"),
    }
}

/// The same with every sign spelled out: `@id` is `at_id`.
pub(super) fn style_spelled(kind: Style, text: &str) -> String {
    style(kind, &spelled(text))
}

/// The same with the case of the first letter: `E` is `upper_e`.
pub(super) fn style_with_case(kind: Style, text: &str) -> String {
    let case = if text.starts_with(char::is_uppercase) { "upper" } else { "lower" };
    style(kind, &format!("{case} {}", spelled(text)))
}

/// The same with a mark made of an identity, for texts that cannot be told apart otherwise.
pub(super) fn with_hash_suffix(kind: Style, text: &str, identity: &str) -> String {
    style(kind, &format!("{} {}", spelled(text), mark(identity)))
}

fn apply(style: Style, text: &str) -> String {
    match style {
        Style::Type => text.to_upper_camel_case(),
        Style::Value => text.to_snake_case(),
        Style::Constant => text.to_shouty_snake_case(),
    }
}

/// Everything that cannot stand in an identifier becomes the end of a word.
fn usable(text: &str) -> String {
    text.chars().map(|sign| if identifier_chars::is_common_char(sign) { sign } else { ' ' }).collect()
}

fn spelled(text: &str) -> String {
    spelled_but(text, identifier_chars::is_common_char)
}

fn spelled_in_ascii(text: &str) -> String {
    spelled_but(text, |sign| sign.is_ascii_alphanumeric() || sign == '_')
}

/// The text in words: every sign by its name, or by its number, but those that stand for themselves.
fn spelled_but(text: &str, stands: impl Fn(char) -> bool) -> String {
    if text.is_empty() {
        return "empty".to_owned();
    }
    let mut words = String::new();
    for sign in text.chars() {
        match sign_name(sign) {
            Some(name) => {
                words.push(' ');
                words.push_str(name);
                words.push(' ');
            }
            None if stands(sign) => words.push(sign),
            None => words.extend([" u", &format!("{:x}", u32::from(sign)), " "]),
        }
    }
    words
}

fn sign_name(sign: char) -> Option<&'static str> {
    Some(match sign {
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

#[cfg(test)]
mod tests {
    use super::{Style, style, style_spelled, style_with_case};

    #[test]
    fn texts_as_they_come_become_identifiers() {
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
    fn signs_and_case_tell_apart_what_letters_do_not() {
        assert_eq!(style_spelled(Style::Value, "@id"), "at_id");
        assert_eq!(style_spelled(Style::Type, "+1"), "Plus1");
        assert_eq!(style_with_case(Style::Type, "e"), "LowerE");
        assert_eq!(style_with_case(Style::Value, "E"), "upper_e");
    }
}
