//! A value that keeps the text it was read from.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// A value that is serialized with exactly the text it was parsed from.
///
/// Many types parse several texts as the same value: an upper-case UUID would be written in lower case. If the texts
/// differ, this type stores the original text too, so that an event can be forwarded unchanged. It dereferences to the
/// value.
///
/// Equality and order are those of the value, not of the text.
///
/// ```
/// use std::net::Ipv6Addr;
///
/// use asyncapi_runtime::Verbatim;
///
/// let address: Verbatim<Ipv6Addr> = "0:0:0:0:0:0:0:1".parse()?;
/// assert!(address.is_loopback());
/// assert_eq!(address, Ipv6Addr::LOCALHOST);
/// assert_eq!(address.to_string(), "0:0:0:0:0:0:0:1");
/// assert_eq!(Verbatim::from(Ipv6Addr::LOCALHOST).to_string(), "::1");
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone)]
pub struct Verbatim<T> {
    value: T,
    written: Option<Box<str>>,
}

impl<T> Verbatim<T> {
    /// The value, without its text.
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T: FromStr + fmt::Display> FromStr for Verbatim<T> {
    type Err = T::Err;

    /// # Errors
    ///
    /// The errors of the type of the value.
    fn from_str(text: &str) -> Result<Self, T::Err> {
        let value: T = text.parse()?;
        let written = (value.to_string() != text).then(|| text.into());
        Ok(Self { value, written })
    }
}

impl<T> Deref for Verbatim<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> From<T> for Verbatim<T> {
    fn from(value: T) -> Self {
        Self { value, written: None }
    }
}

/// The original text.
impl<T: fmt::Display> fmt::Display for Verbatim<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.written {
            Some(text) => f.pad(text),
            None => self.value.fmt(f),
        }
    }
}

impl<T: fmt::Display> fmt::Debug for Verbatim<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verbatim({self})")
    }
}

impl<T: PartialEq> PartialEq for Verbatim<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: PartialEq> PartialEq<T> for Verbatim<T> {
    fn eq(&self, other: &T) -> bool {
        self.value == *other
    }
}

impl<T: Eq> Eq for Verbatim<T> {}

impl<T: PartialOrd> PartialOrd for Verbatim<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for Verbatim<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl<T: Hash> Hash for Verbatim<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

/// A string with the original text.
impl<T: fmt::Display> Serialize for Verbatim<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, T: FromStr<Err: fmt::Display> + fmt::Display> Deserialize<'de> for Verbatim<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text(PhantomData))
    }
}

struct Text<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display> + fmt::Display> Visitor<'_> for Text<T> {
    type Value = Verbatim<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Verbatim<T>, E> {
        text.parse().map_err(E::custom)
    }
}
