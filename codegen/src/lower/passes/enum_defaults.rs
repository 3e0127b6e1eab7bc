//! Lets the default of a field name the enum that has the variant.
//!
//! ```text
//! field: Alias = Variant(Alias, 0);  type Alias = Colour;  enum Colour { Red }
//! becomes   field: Alias = Variant(Colour, 0)
//! ```

use crate::ir::{DefaultValue, ItemKind, Presence, Type, TypeId, Types};

/// Follows aliases to enums. Where an alias ends elsewhere, the field has no default value.
pub(super) fn follow_aliases(types: &mut Types) {
    let enums: Vec<Option<TypeId>> = (0..types.0.len()).map(|index| aliased_enum(types, TypeId(index))).collect();
    let fields = types.0.iter_mut().filter_map(|def| match &mut def.shape {
        ItemKind::Struct(object) => Some(&mut object.fields),
        _ => None,
    });
    for field in fields.flatten() {
        let Some(default) = &mut field.default else { continue };
        let Some(DefaultValue::Variant(id, _)) = &mut default.value else { continue };
        if let Some(aliased) = enums[id.0] {
            *id = aliased;
            continue;
        }
        default.value = None;
        if field.presence == Presence::Defaulted {
            field.presence = Presence::Optional;
        }
    }
}

fn aliased_enum(types: &Types, id: TypeId) -> Option<TypeId> {
    let mut id = id;
    // At most one step for each type: a cycle of aliases leads nowhere.
    for _ in 0..types.0.len() {
        match &types[id].shape {
            ItemKind::Enum(_) => return Some(id),
            ItemKind::Alias(Type::Named(target)) => id = *target,
            _ => return None,
        }
    }
    None
}
