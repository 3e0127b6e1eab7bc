//! Where a node stands: the file and the pointer in it.

mod pointer;
#[cfg(feature = "overlay")]
mod provenance;
mod runtime_expression;
mod source_map;

pub use self::pointer::Pointer;
#[cfg(feature = "overlay")]
pub(crate) use self::provenance::{Origin, Origins};
pub(crate) use self::runtime_expression::RuntimeExpression;
pub(crate) use self::source_map::{EntryPart, Position, Positions};

/// One of the files that a document is made of; 0 is the document itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(pub(crate) usize);

/// The address of a node among all files of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Location {
    pub(crate) file: FileId,
    pub(crate) pointer: Pointer,
}

impl Location {
    /// The document's root.
    pub(crate) fn root() -> Self {
        Self::default()
    }

    /// The node one step below this one.
    pub(crate) fn join(&self, step: &str) -> Self {
        Self { file: self.file, pointer: self.pointer.join(step) }
    }
}
