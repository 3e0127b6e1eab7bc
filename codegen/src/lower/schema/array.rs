//! Lowers arrays to lists, sets, Rust arrays and tuples.
//!
//! ```yaml
//! {type: array, items: {type: string}}                                   # Vec<String>
//! {type: array, items: {type: string}, uniqueItems: true}                # BTreeSet<String>, if sets are chosen
//! {type: array, items: [{type: string}, {type: integer}], minItems: 2, additionalItems: false}   # (String, i64)
//! ```

use super::super::scalar;
use super::{Context, TypeBuilder, TypeTable, enums, replacement, type_with_null};
use crate::config::{ArrayLengths, UniqueItems};
use crate::document::{JsonType, Keywords, SchemaId};
use crate::ir::{External, Members, OpenTuple, Type};
use crate::json::Value;
use crate::limits::{ARRAY_LENGTHS, MAX_ORDERED_DEPTH, TUPLE_LENGTHS};
use crate::normalize::{alternatives, merge};

/// The type of an array whose items have one schema.
pub(super) fn list_type(builder: &mut TypeBuilder<'_>, merged: &Keywords) -> Type {
    let cx = builder.cx;
    let is_unique = merged.assertions.plain.contains(&("uniqueItems", Value::Bool(true)));
    let is_set = cx.config.unique_items != UniqueItems::Vec && is_unique;
    let length = fixed_length(merged).filter(|_| cx.config.array_lengths == ArrayLengths::Fixed);
    let is_orderable = merged.items.is_some_and(|id| is_orderable(cx, &builder.table, id, MAX_ORDERED_DEPTH));
    let item = Box::new(merged.items.map_or(Type::Any, |id| type_with_null(builder, id)));
    match length {
        _ if is_set && is_orderable => Type::Set(item),
        Some(length) => Type::Array(item, length),
        None => Type::List(item),
    }
}

/// Whether the type of a schema implements `Ord` and `Hash`, as the items of a set must.
fn is_orderable(cx: Context<'_>, table: &TypeTable, id: SchemaId, depth: u8) -> bool {
    let Some(merged) = merge::merged_schema(cx.schemas, id).filter(|_| depth > 0) else { return false };
    if replacement(cx, id).is_some() {
        return false;
    }
    if let Some(listed) = enums::find_enum(cx, table, &merged) {
        return matches!(listed.members, Members::Texts(_) | Members::Integers(..));
    }
    if !alternatives(cx.schemas, &merged).is_empty() {
        return false;
    }
    match scalar::implied_type(&merged) {
        Some(JsonType::Boolean) => true,
        Some(JsonType::Integer) => {
            scalar::mapped_number(&merged, cx.config).is_none()
                && matches!(scalar::integer(&merged, cx.config), Type::Integer(_))
        }
        Some(JsonType::String) => {
            !matches!(scalar::string(&merged, cx.config), Type::External(External::Path(_) | External::Span))
        }
        Some(JsonType::Array) => {
            if is_open_tuple(&merged) {
                return false;
            }
            let items = if merged.tuple.is_empty() { merged.items.as_slice() } else { &merged.tuple };
            !items.is_empty() && items.iter().all(|item| is_orderable(cx, table, *item, depth - 1))
        }
        Some(JsonType::Number | JsonType::Object) | None => false,
    }
}

/// The tuple of an array with as many items as its tuple has schemas.
pub(super) fn tuple_type(builder: &mut TypeBuilder<'_>, merged: &Keywords) -> Type {
    Type::Tuple(merged.tuple.iter().map(|id| type_with_null(builder, *id)).collect())
}

/// The item of an array that may have fewer or more items than its tuple has schemas.
pub(super) fn build_open_tuple(builder: &mut TypeBuilder<'_>, merged: &Keywords) -> OpenTuple {
    let (min, max) = merged.item_count;
    let count = merged.tuple.len();
    let required = min.and_then(|min| usize::try_from(min).ok()).unwrap_or_default().min(count);
    let may_follow = merged.is_open_tuple && max.is_none_or(|max| usize::try_from(max).is_ok_and(|max| max > count));
    let rest = merged.assertions.schemas.iter().find(|(key, _)| *key == "additionalItems").map(|(_, id)| *id);
    OpenTuple {
        items: merged.tuple.iter().map(|id| type_with_null(builder, *id)).collect(),
        required,
        rest: may_follow.then(|| rest.map_or(Type::Any, |id| type_with_null(builder, id))),
    }
}

/// The only length that an array may have, if serde implements Rust arrays of that length.
fn fixed_length(merged: &Keywords) -> Option<usize> {
    match merged.item_count {
        (Some(min), Some(max)) if min == max => {
            usize::try_from(max).ok().filter(|length| ARRAY_LENGTHS.contains(length))
        }
        _ => None,
    }
}

/// Whether an array always has as many items as its tuple has schemas.
pub(super) fn is_tuple(merged: &Keywords) -> bool {
    let count = i128::try_from(merged.tuple.len()).ok();
    let (min, max) = merged.item_count;
    has_tuple_schemas(merged) && min >= count && (!merged.is_open_tuple || max == count)
}

/// Whether an array may have fewer or more items than its tuple has schemas.
pub(super) fn is_open_tuple(merged: &Keywords) -> bool {
    let is_list = scalar::implied_type(merged) == Some(JsonType::Array);
    is_list && has_tuple_schemas(merged) && !is_tuple(merged)
}

fn has_tuple_schemas(merged: &Keywords) -> bool {
    TUPLE_LENGTHS.contains(&merged.tuple.len())
}
