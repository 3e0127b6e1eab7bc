use std::fmt;

use serde::{Deserialize, Serialize};

/// A text that `Debug` does not show, such as a password or a token in a payload.
///
/// It is serialized as any text is: whoever sends the payload on sends it on, too. What is logged by `{:?}` is free of it.
///
/// ```
/// use asyncapi_runtime::Password;
///
/// let password = Password::from("secret");
/// assert_eq!(format!("{password:?}"), "Password(…)");
/// assert_eq!(password.as_str(), "secret");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// The text itself.
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

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}
