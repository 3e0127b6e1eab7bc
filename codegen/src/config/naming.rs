//! What things are called.

use super::Config;

/// # Names
impl Config {
    /// Gives the node at `pointer` another Rust name.
    ///
    /// The pointer is that of a schema, a property, an enum value, an operation, a message, a channel or a server:
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .rename("/components/schemas/order_v2", "Order")
    ///     .rename("/components/schemas/order_v2/properties/type", "kind");
    /// ```
    #[must_use]
    pub fn rename(mut self, pointer: impl Into<String>, name: impl Into<String>) -> Self {
        self.renames.insert(pointer.into(), name.into());
        self
    }
}
