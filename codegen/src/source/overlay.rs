//! Overlays among the files, and which file each of them is for.

use super::{Source, file_name};
use crate::document::overlay_extends;
use crate::location::FileId;

/// A file that is an overlay.
#[derive(Clone, Debug)]
pub(super) struct Overlay {
    file: FileId,
    /// The file that it says it is for.
    extends: Option<String>,
}

impl Source {
    /// Adds an overlay (`OpenAPI` Overlay 1.0), which is laid over the document, and over what earlier overlays made of
    /// it, before anything else. One that `extends` a file which the document refers to is laid over that file.
    ///
    /// What an overlay puts in is part of the file that it changes: references in it are relative to that file.
    ///
    /// ```
    /// use asyncapi_codegen::Source;
    ///
    /// let overlay = "
    /// overlay: 1.0.0
    /// info: {title: What we saw, version: '1'}
    /// actions:
    ///   - target: $.components.schemas.Order.properties
    ///     update: {note: {type: string}}
    /// ";
    /// let source = Source::new("spec/api.yaml", "asyncapi: 3.0.0").with_overlay("spec/api.overlay.yaml", overlay);
    /// # drop(source);
    /// ```
    #[must_use]
    pub fn with_overlay(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        let file = FileId(self.files.len());
        let source = self.with_file(name, text);
        let extends = overlay_extends(source.name_of(file), source.text_of(file));
        self = source;
        self.overlays.push(Overlay { file, extends });
        self
    }

    /// The overlays, in the order in which they are laid over the document.
    pub(crate) fn overlays(&self) -> impl Iterator<Item = FileId> {
        self.overlays.iter().map(|overlay| overlay.file)
    }

    pub(super) fn is_overlay(&self, file: FileId) -> bool {
        self.overlays().any(|overlay| overlay == file)
    }

    /// The files that the document is made of, without its overlays.
    pub(crate) fn parts(&self) -> impl Iterator<Item = FileId> {
        self.files().filter(|file| !self.is_overlay(*file))
    }

    /// The file that an overlay is laid over: the document, unless the overlay extends a file that the document refers to.
    /// `None` where it extends none of them.
    pub(crate) fn changed_by(&self, overlay: FileId) -> Option<FileId> {
        let overlay = self.overlays.iter().find(|known| known.file == overlay)?;
        let Some(extends) = &overlay.extends else { return Some(FileId::default()) };
        let referrers = [self.name_of(overlay.file), self.name()];
        let mut named =
            referrers.into_iter().filter_map(|referrer| self.find(&self.target_file_name(referrer, extends)?));
        named.find(|file| !self.is_overlay(*file)).or_else(|| self.unique_by_file_name(file_name(extends)))
    }

    /// Where the files lie differs from one checkout to another, so a name without directories is enough where it is that
    /// of the document, or of no more than one file.
    fn unique_by_file_name(&self, name: &str) -> Option<FileId> {
        let mut called = self.parts().filter(|file| file_name(self.name_of(*file)) == name);
        let first = called.next()?;
        (first == FileId::default() || called.next().is_none()).then_some(first)
    }
}
