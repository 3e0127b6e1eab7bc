//! Which types have integers in them, found once for all: each type is looked at once, however many hold it.

use std::collections::BTreeSet;

use crate::config::{Config, WholeNumbers};
use crate::ir::{AdditionalProperties, ItemKind, Members, Type, TypeId, Types, Width};

/// The types that have integers in them.
#[derive(Debug, Default)]
pub(in crate::emit) struct Integers {
    /// Aliases of what is or holds integers itself.
    held: BTreeSet<TypeId>,
    /// Aliases of what is or holds integers of 128 bits.
    wide: BTreeSet<TypeId>,
    /// Aliases of what holds types of its own that hold others.
    holders: BTreeSet<TypeId>,
    /// Types with integers anywhere in them.
    reached: BTreeSet<TypeId>,
    /// Whether integers are read however they are written.
    is_enabled: bool,
}

impl Integers {
    pub(in crate::emit) fn of(types: &Types, config: &Config) -> Self {
        if config.whole_numbers == WholeNumbers::Digits {
            return Self::default();
        }
        let mut named_by: Vec<Vec<TypeId>> = types.iter().map(|_| Vec::new()).collect();
        for (id, def) in types.iter() {
            let leaves = all(&def.shape).into_iter().flat_map(leaves);
            leaves.filter_map(named).for_each(|held| named_by[held.0].push(id));
        }
        let is_alias = |id: TypeId| matches!(types[id].shape, ItemKind::Alias(_));
        let is_enum = |id: TypeId| matches!(types[id].shape, ItemKind::Enum(_));
        let holds_types = |leaf: &Type| match leaf {
            Type::Boxed(_) => true,
            Type::Named(id) => !is_alias(*id) && !is_enum(*id),
            _ => false,
        };
        let made_of = |leaf: &dyn Fn(&Type) -> bool| {
            let found = types.iter().filter(|(_, def)| all(&def.shape).into_iter().flat_map(leaves).any(leaf));
            found.map(|(id, _)| id).collect::<Vec<TypeId>>()
        };
        let listed = types.iter().filter(|(_, def)| match &def.shape {
            ItemKind::Enum(listed) => matches!(&listed.members, Members::Integers(..)),
            _ => false,
        });
        let (integers, wide) = (made_of(&is_integer), made_of(&is_wide));
        let reached = integers.iter().chain(&wide).copied().chain(listed.map(|(id, _)| id));
        Self {
            held: propagate(integers.iter().copied(), &named_by, is_alias),
            holders: propagate(made_of(&holds_types).into_iter(), &named_by, is_alias),
            wide: propagate(wide.iter().copied(), &named_by, is_alias),
            reached: propagate(reached, &named_by, |_| true),
            is_enabled: true,
        }
    }

    /// Whether a type is or holds integers that are read however they are written, those in types of their own apart.
    pub(super) fn contained_in(&self, types: &Types, ty: &Type) -> bool {
        let has = |is_one: fn(&Type) -> bool, aliases: &BTreeSet<TypeId>| {
            leaves(ty).into_iter().any(|leaf| is_one(leaf) || named(leaf).is_some_and(|id| aliases.contains(&id)))
        };
        let (narrow, wide) = (has(is_integer, &self.held), has(is_wide, &self.wide));
        // What stands beside types of its own is read by way of a value, which has no room for 128 bits.
        let has_room = || !self.mixed_with_named_types(types, ty);
        self.is_enabled && (narrow || wide) && (!wide || has_room())
    }

    /// Whether a type holds types of its own that hold others.
    pub(super) fn mixed_with_named_types(&self, types: &Types, ty: &Type) -> bool {
        leaves(ty).into_iter().any(|leaf| match leaf {
            Type::Boxed(_) => true,
            Type::Named(id) => match types[*id].shape {
                ItemKind::Alias(_) => self.holders.contains(id),
                ItemKind::Enum(_) => false,
                _ => true,
            },
            _ => false,
        })
    }

    /// Whether there are integers anywhere in a type.
    pub(super) fn are_in(&self, ty: &Type) -> bool {
        let is_one = |leaf: &Type| self.is_enabled && matches!(leaf, Type::Integer(_));
        leaves(ty).into_iter().any(|leaf| is_one(leaf) || named(leaf).is_some_and(|id| self.reached.contains(&id)))
    }
}

/// What is found, and what names it, as far as that spreads it.
fn propagate(
    found: impl Iterator<Item = TypeId>,
    named_by: &[Vec<TypeId>],
    spreads: impl Fn(TypeId) -> bool,
) -> BTreeSet<TypeId> {
    let mut pending: Vec<TypeId> = found.filter(|id| spreads(*id)).collect();
    let mut spread = BTreeSet::new();
    while let Some(id) = pending.pop() {
        if spread.insert(id) {
            pending.extend(named_by[id.0].iter().copied().filter(|by| spreads(*by)));
        }
    }
    spread
}

fn is_integer(ty: &Type) -> bool {
    matches!(ty, Type::Integer(width) if *width != Width::I128)
}

fn is_wide(ty: &Type) -> bool {
    *ty == Type::Integer(Width::I128)
}

fn named(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) | Type::Boxed(id) => Some(*id),
        _ => None,
    }
}

/// The types that hold no others in place.
fn leaves(ty: &Type) -> Vec<&Type> {
    let (mut leaves, mut pending) = (Vec::new(), vec![ty]);
    while let Some(ty) = pending.pop() {
        match ty {
            Type::List(inner)
            | Type::Set(inner)
            | Type::Array(inner, _)
            | Type::Map(inner)
            | Type::Keyed(_, inner)
            | Type::Nullable(inner) => pending.push(inner),
            Type::Tuple(items) => pending.extend(items),
            leaf => leaves.push(leaf),
        }
    }
    leaves
}

/// Every type that a shape is made of.
fn all(shape: &ItemKind) -> Vec<&Type> {
    match shape {
        ItemKind::Struct(object) => {
            let extra = match &object.additional {
                AdditionalProperties::Kept(value) => Some(value),
                AdditionalProperties::Dropped => None,
            };
            object.fields.iter().map(|field| &field.ty).chain(extra).collect()
        }
        ItemKind::Union(union) => union.variants.iter().map(|variant| &variant.ty).collect(),
        ItemKind::OpenTuple(tuple) => tuple.types().collect(),
        ItemKind::Alias(target) | ItemKind::Newtype(target) => vec![target],
        // Each payload of a mixed one is read by itself.
        ItemKind::Enum(_) | ItemKind::MessageUnion(_) => Vec::new(),
    }
}
