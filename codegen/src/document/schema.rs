//! Schemas: JSON Schema draft 7 as AsyncAPI extends it. Each schema is read once, into a table.

mod assertions;
mod enum_values;
pub(super) mod ids;
pub(super) mod keywords;
mod parse_keywords;
pub(super) mod reader;
mod subtypes;
mod synthesize;
pub(super) mod table;

pub(crate) use self::keywords::{
    ConditionalProperty, DeclaredValue, Dependency, JsonType, Keywords, SchemaLanguage, Tag, ValueKeyword,
};
pub(crate) use self::table::{ForeignName, SchemaId, SchemaKind, Schemas};
