//! RFC 3339 date-times that keep their original text.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::str::FromStr;

use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// The number of fraction digits that a [`Timestamp`] keeps: nanoseconds.
const FRACTION_DIGITS: usize = 9;

/// An RFC 3339 date-time that is written back exactly as it was read.
///
/// It dereferences to its instant, a [`jiff::Timestamp`]. The original text is stored only if jiff would write the
/// instant in another way (jiff writes UTC without trailing zeros: `2024-06-01T12:00:00Z`). So milliseconds such as
/// `.000` and offsets such as `+02:00` survive a round trip.
///
/// Two date-times are compared by their instants, not by their texts.
///
/// `9999-12-31T23:59:59Z`, which senders write for "never", is two hours after the last instant that jiff supports.
/// Such date-times have the instant [`Timestamp::MAX`], but are still compared by the instants that their texts mean.
///
/// All forms of RFC 3339 are accepted: lower-case `t` and `z`, a leap second (read as the second before it), and more
/// than nine fraction digits (the instant has the first nine). Other ISO 8601 forms that jiff accepts are accepted too.
///
/// ```
/// use asyncapi_runtime::DateTime;
///
/// let noon: DateTime = "2024-06-01T12:00:00.000Z".parse()?;
/// let same: DateTime = "2024-06-01T14:00:00+02:00".parse()?;
///
/// assert_eq!(noon, same);
/// assert_eq!(noon.as_second(), 1_717_243_200);
/// assert_eq!(noon.to_string(), "2024-06-01T12:00:00.000Z");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone)]
pub struct DateTime {
    instant: Timestamp,
    written: Option<Box<str>>,
}

impl DateTime {
    /// The instant; [`Timestamp::MAX`] if it is later than that.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.instant
    }

    /// The instant, and how much later this date-time is: zero, except in the last hours of the year 9999.
    fn instant_and_offset(&self) -> (Timestamp, SignedDuration) {
        let written = self.written.as_deref().filter(|_| self.instant == Timestamp::MAX);
        (self.instant, written.and_then(saturating_parse).unwrap_or_default())
    }
}

impl FromStr for DateTime {
    type Err = jiff::Error;

    /// # Errors
    ///
    /// The text is not a date-time with an offset.
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        let instant: Timestamp = match with_known_precision(text).parse() {
            Err(_) if saturating_parse(text).is_some() => Timestamp::MAX,
            read => read?,
        };
        let written = (instant.to_string() != text).then(|| text.into());
        Ok(Self { instant, written })
    }
}

/// Cuts the fraction to nine digits. RFC 3339 has no limit; jiff rejects more digits than it can store.
fn with_known_precision(text: &str) -> Cow<'_, str> {
    let Some((whole, rest)) = text.split_once('.') else {
        return Cow::Borrowed(text);
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits <= FRACTION_DIGITS {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{whole}.{}{}", &rest[..FRACTION_DIGITS], &rest[digits..]))
}

/// How much later the date-time is than [`Timestamp::MAX`]; `None` if it is not later, or not a date-time.
fn saturating_parse(text: &str) -> Option<SignedDuration> {
    // A quick check, so that a date-time of another year is not parsed twice.
    if !text.starts_with("9999-12-3") {
        return None;
    }
    let text = with_known_precision(text);
    let pieces = Pieces::parse(text.as_ref()).ok()?;
    let local = pieces.date().to_datetime(pieces.time()?);
    let offset = SignedDuration::from_secs(pieces.to_numeric_offset()?.seconds().into());
    let last = Offset::UTC.to_datetime(Timestamp::MAX);
    let beyond = local.duration_since(last).checked_sub(offset)?;
    beyond.is_positive().then_some(beyond)
}

impl Deref for DateTime {
    type Target = Timestamp;

    fn deref(&self) -> &Timestamp {
        &self.instant
    }
}

impl From<Timestamp> for DateTime {
    fn from(instant: Timestamp) -> Self {
        Self { instant, written: None }
    }
}

impl From<DateTime> for Timestamp {
    fn from(date_time: DateTime) -> Self {
        date_time.instant
    }
}

/// The original text.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.written {
            Some(text) => f.pad(text),
            None => self.instant.fmt(f),
        }
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DateTime({self})")
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        self.instant_and_offset() == other.instant_and_offset()
    }
}

impl Eq for DateTime {}

impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DateTime {
    fn cmp(&self, other: &Self) -> Ordering {
        self.instant_and_offset().cmp(&other.instant_and_offset())
    }
}

impl Hash for DateTime {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.instant.hash(state);
    }
}

/// A string with the original text.
impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(DateTimeText)
    }
}

struct DateTimeText;

impl Visitor<'_> for DateTimeText {
    type Value = DateTime;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 date-time")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<DateTime, E> {
        text.parse().map_err(E::custom)
    }
}
