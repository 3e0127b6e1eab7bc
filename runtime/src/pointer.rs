//! JSON pointers (RFC 6901), both ways.

use std::borrow::Cow;

/// What a pointer asks for next.
pub(crate) enum Step<'p> {
    /// This very value.
    Here,
    /// The member or element of this name, and from there the rest of the pointer.
    Into(Cow<'p, str>, &'p str),
    /// Nothing: this is no pointer.
    Nowhere,
}

/// Takes the first reference token off a pointer.
pub(crate) fn step(pointer: &str) -> Step<'_> {
    if pointer.is_empty() {
        return Step::Here;
    }
    let Some(tokens) = pointer.strip_prefix('/') else {
        return Step::Nowhere;
    };
    let (token, rest) = tokens.split_at(tokens.find('/').unwrap_or(tokens.len()));
    Step::Into(unescape(token), rest)
}

/// Adds a reference token to a pointer.
pub(crate) fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    for character in token.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// The array index a token stands for: digits, and no leading zero.
pub(crate) fn index(token: &str) -> Option<usize> {
    let digits_only = token.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = token.len() > 1 && token.starts_with('0');
    if digits_only && !leading_zero { token.parse().ok() } else { None }
}

fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        // In this order, or `~01` would become `/`.
        Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(token)
    }
}
