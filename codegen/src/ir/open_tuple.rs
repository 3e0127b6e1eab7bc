//! Lists whose first items each have a schema, and which may be longer or shorter than that.

use super::Type;

/// The items of such a list, by their positions.
#[derive(Debug)]
pub(crate) struct OpenTuple {
    pub(crate) items: Vec<Type>,
    /// So many of them are always there.
    pub(crate) required: usize,
    /// What follows them, where anything may.
    pub(crate) rest: Option<Type>,
}

impl OpenTuple {
    /// Every type in it.
    pub(crate) fn types(&self) -> impl Iterator<Item = &Type> {
        self.items.iter().chain(&self.rest)
    }

    /// Every type in it, to change it.
    pub(crate) fn types_mut(&mut self) -> impl Iterator<Item = &mut Type> {
        self.items.iter_mut().chain(&mut self.rest)
    }
}
