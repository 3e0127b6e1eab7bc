//! What a client proves its identity with.

use std::fmt;

/// What a client proves its identity with, by the `security` of the server in the document.
///
/// `Debug` shows no secrets.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// Nothing: the document has no `security` for the server.
    #[default]
    None,
    /// `userPassword`, `plain`, `scramSha256`, `scramSha512`.
    UserPassword {
        /// The name of the user.
        user: String,
        /// The password.
        password: String,
    },
    /// `httpApiKey`, `apiKey`, `http` with the scheme `bearer`, `oauth2`.
    Token(String),
}

impl Credentials {
    /// A user with a password.
    #[must_use]
    pub fn user_password(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self::UserPassword { user: user.into(), password: password.into() }
    }

    /// A token.
    #[must_use]
    pub fn token(token: impl Into<String>) -> Self {
        Self::Token(token.into())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::UserPassword { .. } => "UserPassword(..)",
            Self::Token(_) => "Token(..)",
        })
    }
}
