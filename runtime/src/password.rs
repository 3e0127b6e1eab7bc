//! A text that `Debug` does not show.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that `Debug` does not show, such as a password or a token in a payload.
///
/// It is serialized like any other text. Logs that use `{:?}` do not contain it.
///
/// ```
/// use asyncapi_runtime::Password;
///
/// let password = Password::from("secret");
/// assert_eq!(format!("{password:?}"), "Password(…)");
/// assert_eq!(password.as_str(), "secret");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Password(String);

impl Password {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Password {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl Serialize for Password {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}
