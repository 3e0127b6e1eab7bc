//! Parses and builds JSON pointers (RFC 6901).

use std::borrow::Cow;

/// The next step of a pointer.
pub(crate) enum Step<'p> {
    /// The pointer ends at this value.
    Here,
    /// The next reference token, and the rest of the pointer.
    Into(Cow<'p, str>, &'p str),
    /// The text is not a pointer.
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

/// The array index in a token: digits without a leading zero.
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
