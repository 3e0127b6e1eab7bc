//! What schemas become.

use super::Config;

/// Whether an enum of strings takes a string that it does not list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Enums {
    #[default]
    Open,
    Closed,
}

/// # Types: what schemas become
impl Config {
    /// Makes enums of strings closed: a value that is not listed does not decode, where it would be kept as
    /// `Unknown(String)` otherwise. `EventName` stays open.
    #[must_use]
    pub fn closed_enums(mut self) -> Self {
        self.enums = Enums::Closed;
        self
    }

    /// Maps strings of a `format` to another Rust type, given by its path, such as `jiff::Timestamp` or `String`.
    ///
    /// So are the logical types of Avro, such as `timestamp-millis`, whose JSON is a number.
    ///
    /// The type must implement `Clone`, `Debug`, `PartialEq`, `serde::Serialize` and `serde::Deserialize`.
    #[must_use]
    pub fn map_format(mut self, format: impl Into<String>, path: impl Into<String>) -> Self {
        self.formats.insert(format.into(), path.into());
        self
    }
}
