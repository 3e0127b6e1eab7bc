//! The schemas that the generated code validates values against.

use std::collections::BTreeSet;

use super::TypeId;
use crate::json::Value;

/// All schemas that the generated code validates values against.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    all: Vec<Definition>,
    types: BTreeSet<TypeId>,
}

impl Definitions {
    pub(crate) fn new(all: Vec<Definition>) -> Self {
        let types = all.iter().filter_map(|definition| match definition.owner {
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

    /// Whether this type has a schema here.
    pub(crate) fn contains_type(&self, id: TypeId) -> bool {
        self.types.contains(&id)
    }
}

/// A schema that the generated code validates values against.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) owner: DefinitionOwner,
    pub(crate) schema: ValidationSchema,
}

/// What a definition belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DefinitionOwner {
    Type(TypeId),
    /// A schema without a type of its own: the text is its file and pointer.
    Place(String),
}

/// A JSON Schema. Its references point to definitions, because types have no names yet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ValidationSchema {
    /// A schema or a part of a schema without references.
    Value(Value),
    List(Vec<ValidationSchema>),
    Object(Vec<(String, ValidationSchema)>),
    /// `{"$ref": …}` to another definition.
    Reference(DefinitionOwner),
}
