//! The schemas that values are validated against.

use std::collections::BTreeSet;

use super::TypeId;

/// The schemas that values are validated against.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    all: Vec<Definition>,
    types: BTreeSet<TypeId>,
}

impl Definitions {
    pub(crate) fn new(all: Vec<Definition>) -> Self {
        let types = all.iter().filter_map(|definition| match definition.of {
            DefinitionOwner::Type(id) => Some(id),
            DefinitionOwner::Place(_) => None,
        });
        Self { types: types.collect(), all }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Definition> {
        self.all.iter()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether there is one of this type.
    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.types.contains(&id)
    }
}

/// A schema that values are validated against.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) of: DefinitionOwner,
    pub(crate) schema: Json,
}

/// What a definition is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DefinitionOwner {
    Type(TypeId),
    /// A schema without a type of its own, by where it stands.
    Place(String),
}

/// JSON, with references to definitions, which have no names yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Boolean(bool),
    Integer(i128),
    /// A finite number.
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
    /// A schema that is another definition.
    Reference(DefinitionOwner),
}
