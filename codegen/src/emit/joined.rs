//! Which variant of an operation's payload holds which of its messages. Two messages may have one type, so the type does
//! not tell; and an operation may have many, so the variants are not searched for each.

use std::collections::BTreeMap;

use super::Context;
use crate::ir::{Api, Operation, OperationMessage, Type, TypeId};
use crate::location::Location;
use crate::names::Name;

/// The variants by their types and the places of their messages.
pub(super) struct MessageVariants<'a>(BTreeMap<(TypeId, &'a Location), usize>);

impl<'a> MessageVariants<'a> {
    pub(super) fn of(api: &'a Api) -> Self {
        let payloads = api.operations.iter().filter_map(|operation| match &operation.payload {
            Type::Named(id) => Some((*id, api.types[*id].shape.variants()?)),
            _ => None,
        });
        let mut joined = BTreeMap::new();
        for (id, variants) in payloads {
            for (index, variant) in variants.iter().enumerate() {
                joined.entry((id, &variant.at)).or_insert(index);
            }
        }
        Self(joined)
    }
}

/// The union of an operation's messages, and the variant of one of them.
pub(super) fn variant_of<'a>(
    cx: Context<'a>,
    operation: &Operation,
    message: &OperationMessage,
) -> Option<(&'a Name, &'a Name)> {
    let Type::Named(id) = &operation.payload else { return None };
    let index = cx.joined.0.get(&(*id, &message.at))?;
    Some((&cx.names.types[id], &cx.names.members[id][*index]))
}

/// The messages of an operation, by the places that its variants have too.
pub(super) fn messages(operation: &Operation) -> BTreeMap<&Location, &OperationMessage> {
    // Of one that is listed twice, the first.
    operation.messages.iter().rev().map(|message| (&message.at, message)).collect()
}
