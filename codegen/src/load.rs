//! Reads a document from disk: its overlays, and the files that it refers to, within a root directory.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::document::{ExternalRef, files_referred_to};
use crate::error::Error;
use crate::location::FileId;
use crate::source::{MissingFile, Source};

/// # Reading files
impl Source {
    /// Reads a document from a file, and the files that it refers to.
    ///
    /// References must stay below the current directory, which is the package in a build script. If the document is
    /// elsewhere, they must stay below its own directory. Symbolic links are followed. [`Source::read_within`] allows
    /// another directory.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the document cannot be read or is not UTF-8. A file that it refers to and that cannot be
    /// read is an error in the report of [`Config::generate`](crate::Config::generate).
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        Self::read_within(default_root(path), path)
    }

    /// Reads a document and the files that it refers to. None of these files may be outside `root`.
    ///
    /// # Errors
    ///
    /// As [`Source::read`].
    pub fn read_within(root: impl AsRef<Path>, path: impl AsRef<Path>) -> Result<Self, Error> {
        read(Some(root.as_ref()), path.as_ref(), &[], &BTreeMap::new())
    }

    /// Adds an overlay (`OpenAPI` Overlay 1.0). Overlays are applied to the document in the order of the calls, before
    /// anything else. An overlay that `extends` a file which the document refers to is applied to that file.
    ///
    /// References in an `update` are relative to the file that the overlay changes.
    ///
    /// ```
    /// use asyncapi_codegen::Source;
    ///
    /// let overlay = "
    /// overlay: 1.0.0
    /// info: {title: Corrections, version: '1'}
    /// actions:
    ///   - target: $.components.schemas.Order.properties
    ///     update: {note: {type: string}}
    /// ";
    /// let source = Source::new("spec/api.yaml", "asyncapi: 3.0.0").with_overlay("spec/api.overlay.yaml", overlay);
    /// # drop(source);
    /// ```
    #[cfg(feature = "overlay")]
    #[must_use]
    pub fn with_overlay(self, name: impl Into<String>, text: impl Into<String>) -> Self {
        let (name, text) = (name.into(), text.into());
        let extends = crate::document::read_overlay_extends(&name, &text);
        self.with_parsed_overlay(name, text, extends)
    }
}

/// Reads a document, overlays, and the files that they refer to. Without a root, the default of [`Source::read`]
/// applies.
pub(crate) fn read(
    root: Option<&Path>,
    path: &Path,
    overlays: &[PathBuf],
    urls: &BTreeMap<String, String>,
) -> Result<Source, Error> {
    let source = Source::new(path.display().to_string(), read_file(path)?).with_urls(urls);
    #[cfg(feature = "overlay")]
    let source = overlays.iter().try_fold(source, |source, overlay| {
        Ok::<_, Error>(source.with_overlay(overlay.display().to_string(), read_file(overlay)?))
    })?;
    #[cfg(not(feature = "overlay"))]
    let _ = overlays;
    let mut loader = Loader { source, root: root.unwrap_or_else(|| default_root(path)) };
    loader.add_referenced_files();
    Ok(loader.source)
}

struct Loader<'a> {
    source: Source,
    root: &'a Path,
}

impl Loader<'_> {
    /// Reads the files that the document refers to, then those that these refer to, and so on. Overlays come last,
    /// because an overlay may change any of the other files.
    fn add_referenced_files(&mut self) {
        let mut next = 0;
        let mut overlays = VecDeque::new();
        loop {
            while next < self.source.files().count() {
                let file = FileId(next);
                next += 1;
                if self.source.is_overlay(file) {
                    overlays.push_back(file);
                } else {
                    self.add_files_of(file);
                }
            }
            match overlays.pop_front() {
                Some(overlay) => self.add_files_of(overlay),
                None => return,
            }
        }
    }

    fn add_files_of(&mut self, file: FileId) {
        let references = files_referred_to(self.source.name_of(file), self.source.text_of(file));
        let referrer = self.referrer(file).to_owned();
        for ExternalRef { path, elsewhere } in references {
            // The order in which `$ref` resolution tries them.
            for path in elsewhere.into_iter().chain([path]) {
                let is_loaded = self.source.target_file_name(&referrer, &path).is_some_and(|name| self.add_file(name));
                if is_loaded {
                    break;
                }
            }
        }
    }

    /// The name of the file to which references in this file are relative. For an overlay it is the file that it
    /// changes.
    fn referrer(&self, file: FileId) -> &str {
        let is_overlay = self.source.is_overlay(file);
        let file = if is_overlay { self.source.overlaid_file(file).unwrap_or_default() } else { file };
        self.source.name_of(file)
    }

    /// Reads a file unless that was tried before. Returns whether its text is there.
    fn add_file(&mut self, name: String) -> bool {
        match self.source.file_by_name(&name) {
            Ok(_) => return true,
            Err(MissingFile::NotRead) => {}
            Err(_) => return false,
        }
        match self.read_below_root(&name) {
            Ok(text) => {
                self.source.add_file(name, text);
                true
            }
            Err(cause) => {
                self.source.add_missing(name, cause);
                false
            }
        }
    }

    fn read_below_root(&self, name: &str) -> Result<String, MissingFile> {
        if !is_below(self.root, Path::new(name)) {
            let root = if self.root.as_os_str().is_empty() { Path::new(".") } else { self.root };
            return Err(MissingFile::Outside(root.display().to_string()));
        }
        fs::read_to_string(name).map_err(|cause| MissingFile::Unreadable(cause.to_string()))
    }
}

/// The current directory, or the directory of a document that is outside it.
fn default_root(path: &Path) -> &Path {
    let stays_below = path.is_relative() && !path.components().any(|part| part == Component::ParentDir);
    if stays_below { Path::new("") } else { path.parent().unwrap_or(Path::new("")) }
}

/// Whether a file is in a directory, after following symbolic links.
fn is_below(root: &Path, path: &Path) -> bool {
    let directory = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    match (directory.canonicalize(), path.canonicalize()) {
        (Ok(directory), Ok(path)) => path.starts_with(directory),
        // The file does not exist. Reading it gives a better error than "outside".
        _ => path.strip_prefix(root).is_ok_and(|rest| rest.components().all(is_downward)),
    }
}

fn is_downward(part: Component<'_>) -> bool {
    matches!(part, Component::Normal(_) | Component::CurDir)
}

fn read_file(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|cause| Error::Read { path: path.to_owned(), cause })
}
