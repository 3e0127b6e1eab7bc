//! Finds the variant of an operation's payload union for each of its messages.

use std::collections::HashMap;

use crate::ir::{Operation, Type, Types};
use crate::location::Location;

/// Sets [`OperationMessage::variant`](crate::ir::OperationMessage) by the place of the message: two messages can have
/// the same payload type, so the type does not identify the variant.
pub(super) fn assign(operations: &mut [Operation], types: &Types) {
    for operation in operations {
        let Type::Named(id) = &operation.payload else { continue };
        let Some(variants) = types[*id].shape.variants() else { continue };
        let mut by_place: HashMap<&Location, usize> = HashMap::new();
        for (index, variant) in variants.iter().enumerate() {
            by_place.entry(&variant.at).or_insert(index);
        }
        for message in &mut operation.messages {
            message.variant = by_place.get(&message.at).copied();
        }
    }
}
