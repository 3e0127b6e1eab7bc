//! What is checked of values.

use super::Config;

/// What the generated code checks of values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Validation {
    /// What the types themselves say.
    #[default]
    Types,
    /// All that the schemas say.
    Full,
}

/// # Validation
impl Config {
    /// Chooses how much of what the schemas say is checked; [`Validation::Types`] by default, what the types say.
    ///
    /// With [`Validation::Full`]:
    ///
    /// - Each type has a method `validate`, which finds every violation of its schema, with JSON pointer and keyword. It
    ///   needs `asyncapi-runtime` with the feature `validation`, with [`Config::types_only`] too.
    /// - The dispatcher validates what it has decoded. What is not valid does not reach the handler, and is treated like
    ///   what does not decode.
    /// - Every struct keeps the properties that it has no field for, in a map: schemas speak of them too. Those of headers
    ///   do not, for there are always more headers than a message has.
    /// - A component or a payload that would be the alias of a list, a map or a plain type is a type of its own where its
    ///   schema asks for more than that.
    /// - An open enum takes a value that is not listed, and `validate` says that it is not.
    ///
    /// A `null` for a property that need not be there is no violation, whether it is read as its absence or kept
    /// ([`Config::nulls`]). A list that becomes a set ([`Config::unique_items`]) has lost its duplicates before it is
    /// validated, so `uniqueItems` finds none. Defaults that are filled in ([`Config::defaults`]) cannot be told from what
    /// was sent: the two together are an error.
    #[must_use]
    pub fn validation(mut self, validation: Validation) -> Self {
        self.validation = validation;
        self
    }
}
