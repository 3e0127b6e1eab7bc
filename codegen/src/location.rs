//! Where the nodes of a document are: file, JSON pointer, line and column.

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

/// The index of a file of the source; 0 is the document itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(pub(crate) usize);

/// The file of a node, and its pointer in that file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Location {
    pub(crate) file: FileId,
    pub(crate) pointer: Pointer,
}

impl Location {
    /// The root of the document.
    pub(crate) fn root() -> Self {
        Self::default()
    }

    /// The child with this key or index.
    pub(crate) fn join(&self, step: &str) -> Self {
        Self { file: self.file, pointer: self.pointer.join(step) }
    }
}

/// A file's name without its directories and its extensions.
pub(crate) fn file_stem(name: &str) -> &str {
    let own = name.rsplit(['/', '\\']).next().unwrap_or(name);
    own.split('.').find(|word| !word.is_empty()).unwrap_or(own)
}
