//! Schemas: JSON Schema draft 7 as AsyncAPI extends it. Each schema is read once, into a table.

mod assertions;
mod enum_values;
pub(super) mod ids;
mod keywords;
mod parse_keywords;
pub(super) mod reader;
mod subtypes;
mod synthesize;
mod table;

pub(crate) use self::keywords::{
    Access, ConditionalProperty, DeclaredValue, Dependency, Docs, JsonType, Keywords, SchemaId, SchemaLanguage, Tag,
    ValueKeyword,
};
pub(crate) use self::table::{ForeignName, SchemaKind, Schemas};
