//! What things are called.

use super::Config;

/// # Names
impl Config {
    /// Gives the nodes that `pattern` meets another Rust name.
    ///
    /// They are schemas, properties, enum values, operations, messages, channels and servers:
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .rename("/components/schemas/order_v2", "Order")
    ///     .rename("/**/properties/type", "kind");
    /// ```
    ///
    /// A property and the type inside it share a pointer, and the first letter of the name tells which is meant.
    #[must_use]
    pub fn rename(mut self, pattern: impl Into<String>, name: impl Into<String>) -> Self {
        self.renames.add(pattern, name.into());
        self
    }
}
