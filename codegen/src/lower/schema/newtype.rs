//! Schemas that ask for more than the type that they would be an alias of.

use std::collections::BTreeSet;

use super::super::scalar;
use super::Lowering;
use crate::config::Validation;
use crate::document::{JsonType, Keywords, SchemaId, SchemaKind};
use crate::ir::{External, Type};

impl Lowering<'_> {
    /// Whether a schema is a type of its own because values of its type have to be validated: an alias has no methods.
    pub(super) fn is_new_type(&self, id: SchemaId, ty: &Type) -> bool {
        let is_plain = match ty {
            // What a team puts in the place of a schema is what it wants there.
            Type::Named(_)
            | Type::Boxed(_)
            | Type::EventName
            | Type::Bytes
            | Type::Text
            | Type::Encoded(_)
            | Type::External(External::Path(_)) => false,
            Type::Nullable(inner) => !matches!(**inner, Type::Named(_) | Type::Boxed(_)),
            _ => true,
        };
        self.config.validation == Validation::Full && is_plain && self.is_narrowed(id, &mut BTreeSet::new())
    }

    /// Whether a schema, or one in it, asks for more than its type says.
    fn is_narrowed(&self, id: SchemaId, seen: &mut BTreeSet<SchemaId>) -> bool {
        if !seen.insert(id) {
            return false;
        }
        match &self.schemas[id].kind {
            SchemaKind::Anything | SchemaKind::Foreign(_) => false,
            SchemaKind::Nothing => true,
            SchemaKind::Reference(target) => self.is_narrowed(*target, seen),
            SchemaKind::Keywords(keywords) => {
                let inner = [keywords.items, keywords.additional_properties];
                self.has_assertions(keywords) || inner.into_iter().flatten().any(|id| self.is_narrowed(id, seen))
            }
        }
    }

    /// Whether the keywords ask for more than a type that is plain, a list or a map.
    fn has_assertions(&self, keywords: &Keywords) -> bool {
        let is_text = matches!(keywords.types[..], [] | [JsonType::String]);
        let is_only_format = || keywords.format.is_some() && scalar::string(keywords, self.config) == Type::String;
        let lists = [&keywords.tuple, &keywords.all_of, &keywords.any_of, &keywords.one_of];
        let maps = [&keywords.properties, &keywords.pattern_properties];
        !keywords.assertions.is_empty()
            || keywords.values.is_some()
            || keywords.types.len() > 1
            || keywords.types.is_empty() && keywords.nullable
            || !keywords.required.is_empty()
            || lists.iter().any(|list| !list.is_empty())
            || maps.iter().any(|map| !map.is_empty())
            || is_text && is_only_format()
    }
}
