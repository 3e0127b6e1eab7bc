//! Which types contain integers that are read leniently: `1.0` and `1e3` are read as integers too.

use std::collections::BTreeSet;

use super::{IntegerNotation, ItemKind, Type, TypeId, Types};

/// The types that contain integers. All sets are empty if integers are read from digits only.
#[derive(Debug, Default)]
pub(crate) struct IntegerUsage {
    /// Aliases that are or contain integers of at most 64 bits. Integers inside other items do not count.
    pub(crate) aliases: BTreeSet<TypeId>,
    /// Aliases that are or contain integers of 128 bits. Integers inside other items do not count.
    pub(crate) wide_aliases: BTreeSet<TypeId>,
    /// Aliases that contain other items, enums apart.
    pub(crate) aliases_of_items: BTreeSet<TypeId>,
    /// Types that contain integers at any depth.
    pub(crate) transitive: BTreeSet<TypeId>,
    pub(crate) notation: IntegerNotation,
}

impl IntegerUsage {
    /// Whether a type is or contains integers that are read leniently. Integers inside other items do not count.
    pub(crate) fn is_in(&self, types: &Types, ty: &Type) -> bool {
        let has = |is_integer: fn(&Type) -> bool, aliases: &BTreeSet<TypeId>| {
            let is_alias = |leaf: &Type| leaf.named().is_some_and(|id| aliases.contains(&id));
            ty.leaves().into_iter().any(|leaf| is_integer(leaf) || is_alias(leaf))
        };
        let (narrow, wide) =
            (has(Type::is_narrow_integer, &self.aliases), has(Type::is_wide_integer, &self.wide_aliases));
        // Beside other items, numbers pass through a `Value`, which has no integers of 128 bits.
        self.is_lenient() && (narrow || wide) && (!wide || !self.is_beside_items(types, ty))
    }

    /// Whether a type contains items other than enums.
    pub(crate) fn is_beside_items(&self, types: &Types, ty: &Type) -> bool {
        ty.leaves().into_iter().any(|leaf| match leaf {
            Type::Boxed(_) => true,
            Type::Named(id) => match types[*id].shape {
                ItemKind::Alias(_) => self.aliases_of_items.contains(id),
                ItemKind::Enum(_) => false,
                _ => true,
            },
            _ => false,
        })
    }

    /// Whether a type contains integers at any depth.
    pub(crate) fn is_in_transitively(&self, ty: &Type) -> bool {
        ty.leaves().into_iter().any(|leaf| match leaf {
            Type::Integer(_) => self.is_lenient(),
            leaf => leaf.named().is_some_and(|id| self.transitive.contains(&id)),
        })
    }

    fn is_lenient(&self) -> bool {
        self.notation == IntegerNotation::AnyNumber
    }
}
