//! The texts of a document, of its overlays and of the files that they refer to.

pub(crate) mod uri;

use std::collections::BTreeMap;
use std::fmt;

use self::uri::{file_name, is_url, percent_decoded, resolve_path};
use crate::location::FileId;

/// The text of a document, and the texts of the files that it refers to.
///
/// Everything is read before the first stage begins, so that generating needs no files.
#[derive(Clone, Debug)]
pub struct Source {
    files: Vec<File>,
    /// Files that a reference names and that could not be read.
    missing: BTreeMap<String, MissingFile>,
    /// The local paths of network resources, by the beginnings of their URLs.
    urls: BTreeMap<String, String>,
    /// In the order in which they are applied.
    overlays: Vec<Overlay>,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    text: String,
}

/// A file that is an `OpenAPI` Overlay.
#[derive(Clone, Debug)]
struct Overlay {
    file: FileId,
    /// The file that its `extends` names.
    extends: Option<String>,
}

/// Why a file that a reference names has no text here.
#[derive(Clone, Debug)]
pub(crate) enum MissingFile {
    NotRead,
    /// It is outside this directory.
    Outside(String),
    /// The error message of the operating system.
    Unreadable(String),
}

impl fmt::Display for MissingFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRead => f.write_str("it was not read"),
            Self::Outside(root) => write!(f, "it is outside `{root}`, where references must stay"),
            Self::Unreadable(cause) => f.write_str(cause),
        }
    }
}

impl File {
    /// Removes a byte order mark.
    fn new(name: String, text: String) -> Self {
        Self { name, text: text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text) }
    }
}

impl Source {
    /// A document given as text. Diagnostics and the header of the output show `name`.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let file = File::new(name.into(), text.into());
        Self { files: vec![file], missing: BTreeMap::new(), urls: BTreeMap::new(), overlays: Vec::new() }
    }

    /// Adds a file that the document refers to. Its name is the path of the document's directory and the path in the
    /// reference.
    ///
    /// ```
    /// use asyncapi_codegen::Source;
    ///
    /// // `spec/api.yaml` contains `$ref: 'types/order.yaml'`.
    /// let source = Source::new("spec/api.yaml", "asyncapi: 3.0.0").with_file("spec/types/order.yaml", "type: object");
    /// # drop(source);
    /// ```
    #[must_use]
    pub fn with_file(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.files.push(File::new(name.into(), text.into()));
        self
    }

    /// Adds an overlay whose `extends` is already known.
    #[cfg(feature = "overlay")]
    pub(crate) fn with_parsed_overlay(mut self, name: String, text: String, extends: Option<String>) -> Self {
        self.overlays.push(Overlay { file: FileId(self.files.len()), extends });
        self.with_file(name, text)
    }

    /// Maps URLs to local paths, by the beginnings of the URLs.
    pub(crate) fn with_urls(mut self, urls: &BTreeMap<String, String>) -> Self {
        self.urls.extend(urls.iter().map(|(url, path)| (url.clone(), path.clone())));
        self
    }

    /// Records that a file cannot be read.
    pub(crate) fn add_missing(&mut self, name: String, cause: MissingFile) {
        self.missing.insert(name, cause);
    }

    /// Adds the text of a file.
    pub(crate) fn add_file(&mut self, name: String, text: String) {
        self.files.push(File::new(name, text));
    }

    /// The name or path of the document, as diagnostics show it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name_of(FileId::default())
    }

    /// The text of the document.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text_of(FileId::default())
    }

    /// The names of the document and of its overlays, without directories, so that they are the same on every machine.
    pub(crate) fn file_names(&self) -> Vec<&str> {
        let overlays = self.overlays().map(|file| self.name_of(file));
        std::iter::once(self.name()).chain(overlays).map(file_name).collect()
    }

    /// Every file: the document first, then the others in the order in which they were added.
    pub(crate) fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len()).map(FileId)
    }

    pub(crate) fn name_of(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |file| &file.name)
    }

    pub(crate) fn text_of(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |file| &file.text)
    }

    /// The file with this name, or the reason why it is missing.
    pub(crate) fn file_by_name(&self, name: &str) -> Result<FileId, &MissingFile> {
        self.find(name).ok_or_else(|| self.missing.get(name).unwrap_or(&MissingFile::NotRead))
    }

    fn find(&self, name: &str) -> Option<FileId> {
        self.files.iter().position(|file| file.name == name).map(FileId)
    }

    /// The name of the file that a path or a URL in the file `referrer` refers to. `None` for a URL without a local
    /// copy.
    pub(crate) fn target_file_name(&self, referrer: &str, path: &str) -> Option<String> {
        let decoded = |text: &str| percent_decoded(text).unwrap_or_else(|| text.to_owned());
        if !is_url(path) {
            return Some(resolve_path(referrer, &decoded(path)));
        }
        let matching =
            self.urls.iter().filter_map(|(url, copy)| Some((url.len(), copy, path.strip_prefix(url.as_str())?)));
        let (_, copy, rest) = matching.max_by_key(|(length, ..)| *length)?;
        let separator = if rest.is_empty() || copy.is_empty() || copy.ends_with('/') { "" } else { "/" };
        Some(resolve_path("", &format!("{copy}{separator}{}", decoded(rest.trim_start_matches('/')))))
    }

    /// The overlays, in the order in which they are applied.
    pub(crate) fn overlays(&self) -> impl Iterator<Item = FileId> {
        self.overlays.iter().map(|overlay| overlay.file)
    }

    pub(crate) fn is_overlay(&self, file: FileId) -> bool {
        self.overlays().any(|overlay| overlay == file)
    }

    /// The document and the files that it refers to, without the overlays.
    pub(crate) fn document_files(&self) -> impl Iterator<Item = FileId> {
        self.files().filter(|file| !self.is_overlay(*file))
    }

    /// The file that an overlay changes: the document, or the file that its `extends` names. `None` if there is no such
    /// file.
    pub(crate) fn overlaid_file(&self, overlay: FileId) -> Option<FileId> {
        let overlay = self.overlays.iter().find(|known| known.file == overlay)?;
        let Some(extends) = &overlay.extends else { return Some(FileId::default()) };
        let referrers = [self.name_of(overlay.file), self.name()];
        let mut targets =
            referrers.into_iter().filter_map(|referrer| self.find(&self.target_file_name(referrer, extends)?));
        targets.find(|file| !self.is_overlay(*file)).or_else(|| self.unique_by_file_name(file_name(extends)))
    }

    /// Finds a file by its name without directories, which differ between checkouts. The document wins over other
    /// files; among the others, the name must be unique.
    fn unique_by_file_name(&self, name: &str) -> Option<FileId> {
        let mut matching = self.document_files().filter(|file| file_name(self.name_of(*file)) == name);
        let first = matching.next()?;
        (first == FileId::default() || matching.next().is_none()).then_some(first)
    }
}
