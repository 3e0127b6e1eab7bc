//! Every type that gets an item, and what it is called after.

use std::collections::BTreeMap;
use std::ops::Index;

use super::{Docs, ItemKind};
use crate::document::BindingRole;
use crate::location::Location;

/// Every type that gets an item of its own.
#[derive(Debug, Default)]
pub(crate) struct Types(pub(crate) Vec<TypeDef>);

/// One of [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeId(pub(crate) usize);

impl Index<TypeId> for Types {
    type Output = TypeDef;

    fn index(&self, id: TypeId) -> &TypeDef {
        &self.0[id.0]
    }
}

impl Types {
    /// The types with their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (TypeId, &TypeDef)> {
        self.0.iter().enumerate().map(|(index, def)| (TypeId(index), def))
    }

    /// The types in the order of the document, each followed by those that stand inside it.
    pub(crate) fn in_order(&self) -> Vec<(TypeId, &TypeDef)> {
        let mut first: BTreeMap<&Root, usize> = BTreeMap::new();
        for (id, def) in self.iter() {
            first.entry(&def.origin.root).or_insert(id.0);
        }
        let mut types: Vec<_> = self.iter().collect();
        types.sort_by_key(|(_, def)| first.get(&def.origin.root));
        types
    }
}

/// An item: a struct, an enum or an alias.
#[derive(Debug)]
pub(crate) struct TypeDef {
    pub(crate) at: Location,
    pub(crate) origin: NamePath,
    pub(crate) docs: Docs,
    pub(crate) shape: ItemKind,
}

/// What a type is called after: a named place of the document, and the way from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamePath {
    pub(crate) root: Root,
    /// Where the root stands: two of them may be called the same.
    pub(crate) root_at: Location,
    /// What else the root may be called, for where its own name is not enough.
    pub(crate) otherwise: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

/// What an alternative is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) short: String,
    /// The same in more words, for where another alternative has the short one too.
    pub(crate) long: String,
}

impl Label {
    /// A label that needs no more words.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        let short = text.into();
        Self { long: short.clone(), short }
    }
}

/// A place of the document that has a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Root {
    /// The key of a component.
    Schema(String),
    /// What the schema's own language calls it, namespace included.
    Named(String),
    /// The message whose payload it is.
    Payload(String),
    /// The message whose headers they are.
    Headers(String),
    /// The operation whose messages it joins.
    Operation(String),
    /// A parameter, and the channel that it is described in; none where it stands by itself.
    Parameter(Option<String>, String),
    /// What has the binding, or the component that holds it.
    Binding(String, BindingRole),
}

impl Root {
    /// A name of the schema's own language without its namespace; of what has none, the empty text.
    pub(crate) fn short(&self) -> &str {
        let Self::Named(full) = self else { return "" };
        full.rsplit('.').next().unwrap_or(full)
    }
}

/// One step from a type to a type inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Property(String),
    Item,
    Key,
    Value,
    /// An alternative of a union.
    Variant(Label),
}
