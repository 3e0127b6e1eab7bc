//! Lists: sets and arrays where the team wants them, and which items a set can have.

use super::super::scalar;
use super::{Lowering, tuples};
use crate::config::{ArrayLengths, UniqueItems};
use crate::document::{JsonType, Keywords, SchemaId};
use crate::ir::{External, Members, Type};
use crate::json::Value;
use crate::limits::{ARRAY_LENGTHS, MAX_ORDERED_DEPTH};
use crate::normalize::{alternatives, merge};

impl Lowering<'_> {
    /// The type of a list whose items are all of one type.
    pub(super) fn list(&mut self, merged: &Keywords) -> Type {
        let is_unique = merged.assertions.plain.contains(&("uniqueItems", Value::Bool(true)));
        let is_set = self.config.unique_items != UniqueItems::Vec && is_unique;
        let length = fixed_length(merged).filter(|_| self.config.array_lengths == ArrayLengths::Fixed);
        let has_order = merged.items.is_some_and(|id| self.has_order(id, MAX_ORDERED_DEPTH));
        let item = Box::new(merged.items.map_or(Type::Any, |id| self.value(id)));
        match length {
            _ if is_set && has_order => Type::Set(item),
            Some(length) => Type::Array(item, length),
            None => Type::List(item),
        }
    }

    /// Whether the values of a schema's type can be ordered and hashed, as the items of a set must be.
    fn has_order(&self, id: SchemaId, depth: u8) -> bool {
        let Some(merged) = merge::merged_schema(self.schemas, id).filter(|_| depth > 0) else { return false };
        if self.replacement(id).is_some() {
            return false;
        }
        if let Some(listed) = self.listed(&merged) {
            return matches!(listed.members, Members::Texts(_) | Members::Integers(..));
        }
        if !alternatives(self.schemas, &merged).is_empty() {
            return false;
        }
        match scalar::implied_type(&merged) {
            Some(JsonType::Boolean) => true,
            Some(JsonType::Integer) => {
                scalar::mapped_number(&merged, self.config).is_none()
                    && matches!(scalar::integer(&merged, self.config), Type::Integer(_))
            }
            Some(JsonType::String) => {
                !matches!(scalar::string(&merged, self.config), Type::External(External::Path(_) | External::Span))
            }
            Some(JsonType::Array) => {
                if tuples::is_open_tuple(&merged) {
                    return false;
                }
                let items = if merged.tuple.is_empty() { merged.items.as_slice() } else { &merged.tuple };
                !items.is_empty() && items.iter().all(|item| self.has_order(*item, depth - 1))
            }
            Some(JsonType::Number | JsonType::Object) | None => false,
        }
    }
}

/// The one length that a list can have, where serde reads arrays of it.
fn fixed_length(merged: &Keywords) -> Option<usize> {
    match merged.item_count {
        (Some(fewest), Some(most)) if fewest == most => {
            usize::try_from(most).ok().filter(|length| ARRAY_LENGTHS.contains(length))
        }
        _ => None,
    }
}
