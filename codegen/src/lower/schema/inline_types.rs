//! Schemas without an item: numbers, texts, booleans, lists and maps.

use super::super::scalar;
use super::items::VariantSource;
use super::{Lowering, tuples};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{JsonType, Keywords};
use crate::ir::{AdditionalProperties, Type};
use crate::limits::MAX_CONTAINER_DEPTH;

impl Lowering<'_> {
    /// The type of a schema that needs no item.
    pub(super) fn plain(&mut self, merged: &Keywords) -> Type {
        if let VariantSource::Only(id) = self.union_of(merged) {
            return self.value(id);
        }
        match scalar::implied_type(merged) {
            Some(JsonType::Boolean) => Type::Boolean,
            Some(JsonType::Integer) => {
                scalar::mapped_number(merged, self.config).unwrap_or_else(|| scalar::integer(merged, self.config))
            }
            Some(JsonType::Number) => {
                scalar::mapped_number(merged, self.config).unwrap_or_else(|| scalar::number(merged, self.config))
            }
            Some(JsonType::String) => scalar::string(merged, self.config),
            Some(JsonType::Array | JsonType::Object) if self.nested >= MAX_CONTAINER_DEPTH => self.too_nested(merged),
            Some(JsonType::Array | JsonType::Object) => {
                self.nested += 1;
                let ty = self.container_type(merged);
                self.nested -= 1;
                ty
            }
            None => Type::Any,
        }
    }

    /// A list, a tuple or a map, and what it holds.
    fn container_type(&mut self, merged: &Keywords) -> Type {
        if scalar::implied_type(merged) == Some(JsonType::Object) {
            let value = match self.extra(merged) {
                AdditionalProperties::Kept(value) => value,
                AdditionalProperties::Dropped => Type::Any,
            };
            return match self.key_of(merged) {
                Some(key) => Type::Keyed(key, Box::new(value)),
                None => Type::Map(Box::new(value)),
            };
        }
        if tuples::is_tuple(merged) {
            return self.tuple(merged);
        }
        self.list(merged)
    }

    /// Nobody reads such types, and neither does rustc.
    fn too_nested(&self, merged: &Keywords) -> Type {
        let message =
            format!("lists and maps are nested more than {MAX_CONTAINER_DEPTH} deep here, so every value is allowed");
        let diagnostic = Diagnostic::new(Severity::Warning, &merged.at, message);
        self.diagnostics.push(diagnostic.with_help("give what they hold a name: an object with properties"));
        Type::Any
    }
}
