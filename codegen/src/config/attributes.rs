//! Derives and attributes of a team's own.

use super::Config;

/// # Derives and attributes
impl Config {
    /// Derives more traits for the types that `pattern` meets: structs, enums and unions; `/**` meets `EventName` too.
    ///
    /// What a type derives anyway is not derived twice. Whether a trait can be derived the compiler says: `Eq` and
    /// `Hash` cannot where there is a floating-point number or a `serde_json::Value` inside.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .derive("/components/schemas/OrderKey", "Eq, Hash")
    ///     .derive("/**", "schemars::JsonSchema");
    /// ```
    #[must_use]
    pub fn derive(mut self, pattern: impl Into<String>, traits: impl Into<String>) -> Self {
        self.derives.add(pattern, traits.into());
        self
    }

    /// Gives the types that `pattern` meets more attributes; of several calls, all count.
    ///
    /// They stand after the derives, which may read them. Those of a path, such as `#[serde_with::serde_as]`, are
    /// macros, and stand before.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .type_attribute("/components/schemas/Order", "#[serde(deny_unknown_fields)]");
    /// ```
    #[must_use]
    pub fn type_attribute(mut self, pattern: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.type_attributes.add(pattern, attribute.into());
        self
    }

    /// Gives the fields and variants that `pattern` meets more attributes; of several calls, all count.
    ///
    /// A field has the pointer of its property, a variant that of its alternative, its value or its message.
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .field_attribute("/**/properties/secret", "#[serde(skip_serializing)]");
    /// ```
    #[must_use]
    pub fn field_attribute(mut self, pattern: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.field_attributes.add(pattern, attribute.into());
        self
    }
}
