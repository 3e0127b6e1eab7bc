//! ISO 8601 durations.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use jiff::SpanFieldwise;

/// An ISO 8601 duration, such as `P1DT12H`: a [`jiff::Span`], to which it dereferences.
///
/// Generated fields are `Verbatim<IsoDuration>`, which keeps the text. Two durations are equal if all their units are
/// equal: `PT60M` is not `PT1H`, since the length of a day or a month depends on its start.
///
/// ```
/// use asyncapi_runtime::{Verbatim, IsoDuration};
///
/// let notice: Verbatim<IsoDuration> = "P0Y1M".parse()?;
/// assert_eq!(notice.get_months(), 1);
/// assert_eq!(notice.to_string(), "P0Y1M");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IsoDuration(SpanFieldwise);

impl Deref for IsoDuration {
    type Target = jiff::Span;

    fn deref(&self) -> &jiff::Span {
        &self.0.0
    }
}

impl From<jiff::Span> for IsoDuration {
    fn from(span: jiff::Span) -> Self {
        Self(span.fieldwise())
    }
}

impl FromStr for IsoDuration {
    type Err = jiff::Error;

    /// # Errors
    ///
    /// The text is not a duration.
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        text.parse::<jiff::Span>().map(Self::from)
    }
}

/// In the format of ISO 8601.
impl fmt::Display for IsoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
