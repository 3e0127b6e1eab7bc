//! Lists whose items have schemas by their positions.

use super::super::scalar;
use super::Lowering;
use crate::document::{JsonType, Keywords};
use crate::ir::{OpenTuple, Type};
use crate::limits::TUPLE_LENGTHS;

/// Whether a list has just as many items as its tuple has schemas: then it is a tuple of Rust.
pub(super) fn is_tuple(merged: &Keywords) -> bool {
    let count = i128::try_from(merged.tuple.len()).ok();
    let (fewest, most) = merged.item_count;
    is_tuple_of_any_length(merged) && fewest >= count && (!merged.is_open_tuple || most == count)
}

/// Whether a list may be longer or shorter than its tuple has schemas.
pub(super) fn is_open_tuple(merged: &Keywords) -> bool {
    let is_list = scalar::implied_type(merged) == Some(JsonType::Array);
    is_list && is_tuple_of_any_length(merged) && !is_tuple(merged)
}

fn is_tuple_of_any_length(merged: &Keywords) -> bool {
    TUPLE_LENGTHS.contains(&merged.tuple.len())
}

impl Lowering<'_> {
    pub(super) fn tuple(&mut self, merged: &Keywords) -> Type {
        Type::Tuple(merged.tuple.iter().map(|id| self.value(*id)).collect())
    }

    pub(super) fn open_tuple(&mut self, merged: &Keywords) -> OpenTuple {
        let (fewest, most) = merged.item_count;
        let count = merged.tuple.len();
        let required = fewest.and_then(|fewest| usize::try_from(fewest).ok()).unwrap_or_default().min(count);
        let may_follow =
            merged.is_open_tuple && most.is_none_or(|most| usize::try_from(most).is_ok_and(|most| most > count));
        let rest = merged.assertions.schemas.iter().find(|(key, _)| *key == "additionalItems").map(|(_, id)| *id);
        OpenTuple {
            items: merged.tuple.iter().map(|id| self.value(*id)).collect(),
            required,
            rest: may_follow.then(|| rest.map_or(Type::Any, |id| self.value(id))),
        }
    }
}
