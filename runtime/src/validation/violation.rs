//! Violations of a JSON Schema.

use std::error::Error;
use std::fmt;

/// One place where a value violates its schema.
///
/// `Display` shows place, keyword and message: `at /lines/0/sku: maxLength: …`. `Display` and `Debug` do not quote the
/// value, but names of properties may come from it.
#[derive(Clone, PartialEq, Eq)]
pub struct Violation {
    pointer: String,
    keyword: String,
    message: String,
}

impl Violation {
    pub(super) fn new(pointer: String, keyword: String, message: String) -> Self {
        Self { pointer, keyword, message }
    }

    /// The JSON pointer (RFC 6901) of the invalid part; empty for the complete value.
    ///
    /// For a missing or forbidden property, it is the pointer of the object.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The violated keyword of JSON Schema, such as `maxLength`; `false` if the schema is `false`.
    #[must_use]
    pub fn keyword(&self) -> &str {
        &self.keyword
    }

    /// The description of the violation, in English.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the root" } else { &self.pointer };
        write!(f, "at {place}: {}: {}", self.keyword, self.message)
    }
}

impl fmt::Debug for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, keyword, .. } = self;
        f.debug_struct("Violation").field("pointer", pointer).field("keyword", keyword).finish_non_exhaustive()
    }
}

/// All violations of a schema by a value; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Converts the violations to a result: `Ok` if there are none.
    pub(super) fn none_of(mut violations: Vec<Violation>) -> Result<(), Self> {
        violations.sort_by(|left, right| (&left.pointer, &left.keyword).cmp(&(&right.pointer, &right.keyword)));
        if violations.is_empty() { Ok(()) } else { Err(Self(violations)) }
    }

    /// The violations, ordered by their pointers.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// All violations, one per line.
impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl Error for Violations {}
