use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use jiff::SpanFieldwise;

/// An ISO 8601 duration, such as `P1DT12H`: a [`jiff::Span`], to which it dereferences.
///
/// In payloads it stands in `Verbatim<IsoDuration>`, which writes it back as it was read. Two are equal if all their units are:
/// `PT60M` is not `PT1H`, because how long a day or a month is depends on where it begins.
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
    /// The text is no duration.
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        text.parse::<jiff::Span>().map(Self::from)
    }
}

/// As ISO 8601 writes it.
impl fmt::Display for IsoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
