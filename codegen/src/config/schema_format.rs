//! Payloads that are no JSON.

use super::Config;
use crate::location::Location;

/// # Payloads that are no JSON
impl Config {
    /// Maps payloads that are no JSON, such as Protobuf's, to a Rust type given by its path, which reads and
    /// writes the raw bytes; without it such a payload is `Vec<u8>`, with a warning.
    ///
    /// `schema` is the beginning of a media type, of the `schemaFormat` where that is not read and else of the content
    /// type; or it is the JSON pointer of a payload or of a component, which counts for more:
    ///
    /// ```
    /// let config = asyncapi_codegen::Config::new()
    ///     .map_schema_format("application/vnd.google.protobuf", "crate::proto::Envelope")
    ///     .map_schema_format("/components/messages/orderPlaced/payload", "crate::proto::OrderPlaced");
    /// ```
    ///
    /// Of the type, handlers need `TryFrom<&[u8]>`, with an error that has `Display`; and publishers need
    /// `From<&Type>` for `Vec<u8>`.
    #[must_use]
    pub fn map_schema_format(mut self, schema: impl Into<String>, path: impl Into<String>) -> Self {
        self.encoded.insert(schema.into(), path.into());
        self
    }

    /// The type that reads and writes the payload at a place; the longest media type that fits is meant.
    pub(crate) fn encoded_type(&self, at: &Location, media_type: &str) -> Option<&str> {
        let media_type = media_type.to_lowercase();
        let fits = |prefix: &str| !prefix.starts_with('/') && media_type.starts_with(&prefix.to_lowercase());
        let by_pointer = self.encoded.get(at.pointer.as_str()).filter(|_| !at.pointer.as_str().is_empty());
        let mut by_media_type: Vec<_> = self.encoded.iter().filter(|(prefix, _)| fits(prefix)).collect();
        by_media_type.sort_by_key(|(prefix, _)| prefix.len());
        by_pointer.or_else(|| by_media_type.last().map(|(_, path)| *path)).map(String::as_str)
    }
}
