//! Stage one: the texts of a document, of its overlays and of the files that they refer to, each with the name it goes by.

#[cfg(feature = "overlay")]
mod overlay;
pub(crate) mod uri;

use std::collections::{BTreeMap, VecDeque};
use std::path::{Component, Path, PathBuf};
use std::{fmt, fs};

use crate::document::{ExternalRef, files_referred_to, is_url, percent_decoded};
use crate::error::Error;
use crate::location::FileId;

/// The text of a document, and the texts of the files that it refers to.
///
/// Everything is read before the first stage begins, so that generating needs no files.
#[derive(Clone, Debug)]
pub struct Source {
    files: Vec<File>,
    /// Why a file that is referred to is not here, by its name.
    absent: BTreeMap<String, MissingFile>,
    /// The paths of what is kept of the network, by the beginnings of URLs.
    urls: BTreeMap<String, String>,
    /// In the order in which they are laid over the document.
    #[cfg(feature = "overlay")]
    overlays: Vec<overlay::Overlay>,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    text: String,
}

/// Why a file that is referred to is not here.
#[derive(Clone, Debug)]
pub(crate) enum MissingFile {
    NotRead,
    /// It is not in this directory.
    Outside(String),
    /// What the system says.
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
    /// A byte order mark says nothing about a text that is one already.
    fn new(name: String, text: String) -> Self {
        Self { name, text: text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text) }
    }
}

impl Source {
    /// A document that is at hand as text; `name` stands for it in diagnostics and in the header of the output.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let file = File::new(name.into(), text.into());
        Self {
            files: vec![file],
            absent: BTreeMap::new(),
            urls: BTreeMap::new(),
            #[cfg(feature = "overlay")]
            overlays: Vec::new(),
        }
    }

    /// Adds a file that the document refers to, under the path by which the document's own name reaches it.
    ///
    /// ```
    /// use asyncapi_codegen::Source;
    ///
    /// // `spec/api.yaml` says `$ref: 'types/order.yaml'`.
    /// let source = Source::new("spec/api.yaml", "asyncapi: 3.0.0").with_file("spec/types/order.yaml", "type: object");
    /// # drop(source);
    /// ```
    #[must_use]
    pub fn with_file(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.files.push(File::new(name.into(), text.into()));
        self
    }

    /// Reads a document from a file, and the files that it refers to.
    ///
    /// References may lead anywhere below the current directory (which in a build script is the package), or below the
    /// document's own directory where the document is elsewhere, links followed; see [`Source::read_within`].
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the document cannot be read or is not UTF-8. A file that it refers to and that cannot be read
    /// is a fault of the reference, which the report will show.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        Self::read_within(root_of(path), path)
    }

    /// Reads a document and the files that it refers to, none of which may be outside `root`.
    ///
    /// # Errors
    ///
    /// As [`Source::read`].
    pub fn read_within(root: impl AsRef<Path>, path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = read_file(path)?;
        Ok(Self::new(path.display().to_string(), text).with_files_referred_to(root.as_ref()))
    }

    /// Reads a document as [`Source::read`] does, overlays beside it, and copies of what is on the network.
    pub(crate) fn read_with(
        root: Option<&Path>,
        path: &Path,
        overlays: &[PathBuf],
        urls: &BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let source = Self::new(path.display().to_string(), read_file(path)?).with_urls(urls);
        #[cfg(feature = "overlay")]
        let source = overlays.iter().try_fold(source, |source, overlay| {
            Ok::<_, Error>(source.with_overlay(overlay.display().to_string(), read_file(overlay)?))
        })?;
        #[cfg(not(feature = "overlay"))]
        let _ = overlays;
        Ok(source.with_files_referred_to(root.unwrap_or_else(|| root_of(path))))
    }

    fn with_files_referred_to(mut self, root: &Path) -> Self {
        let mut next = 0;
        let mut overlays = VecDeque::new();
        loop {
            while next < self.files.len() {
                let file = FileId(next);
                next += 1;
                // An overlay may be for any of the others, so they are read first.
                if self.is_overlay(file) {
                    overlays.push_back(file);
                } else {
                    self.add_files_of(file, root);
                }
            }
            match overlays.pop_front() {
                Some(overlay) => self.add_files_of(overlay, root),
                None => return self,
            }
        }
    }

    fn add_files_of(&mut self, file: FileId, root: &Path) {
        let referrer = self.referrer(file).to_owned();
        for ExternalRef { path, elsewhere } in files_referred_to(self.name_of(file), self.text_of(file)) {
            // In the order in which the reference will look for it.
            let meant = elsewhere.into_iter().chain([path]).filter_map(|path| self.target_file_name(&referrer, &path));
            for name in meant.collect::<Vec<_>>() {
                if self.add(root, name) {
                    break;
                }
            }
        }
    }

    /// The same, with copies of what is on the network.
    pub(crate) fn with_urls(mut self, urls: &BTreeMap<String, String>) -> Self {
        self.urls.extend(urls.iter().map(|(url, path)| (url.clone(), path.clone())));
        self
    }

    /// The name of the file that another file means by a path or a URL; none where a URL has no copy.
    pub(crate) fn target_file_name(&self, referrer: &str, path: &str) -> Option<String> {
        let decoded = |text: &str| percent_decoded(text).unwrap_or_else(|| text.to_owned());
        if !is_url(path) {
            return Some(resolve_sibling(referrer, &decoded(path)));
        }
        let fits = self.urls.iter().filter_map(|(url, copy)| Some((url.len(), copy, path.strip_prefix(url.as_str())?)));
        let (_, copy, rest) = fits.max_by_key(|(length, ..)| *length)?;
        let separator = if rest.is_empty() || copy.is_empty() || copy.ends_with('/') { "" } else { "/" };
        Some(resolve_sibling("", &format!("{copy}{separator}{}", decoded(rest.trim_start_matches('/')))))
    }

    /// The file to which references in this one are relative: what an overlay says is said in the file that it changes.
    fn referrer(&self, file: FileId) -> &str {
        #[cfg(feature = "overlay")]
        let file = if self.is_overlay(file) { self.changed_by(file).unwrap_or_default() } else { file };
        self.name_of(file)
    }

    #[cfg(not(feature = "overlay"))]
    #[expect(clippy::unused_self, reason = "with the feature it asks")]
    fn is_overlay(&self, _: FileId) -> bool {
        false
    }

    /// Reads a file once; whether it is here.
    fn add(&mut self, root: &Path, name: String) -> bool {
        if self.find(&name).is_some() {
            return true;
        }
        if self.absent.contains_key(&name) {
            return false;
        }
        let read = if is_below(root, Path::new(&name)) {
            fs::read_to_string(&name).map_err(|cause| MissingFile::Unreadable(cause.to_string()))
        } else {
            Err(MissingFile::Outside(shown(root)))
        };
        match read {
            Ok(text) => {
                self.files.push(File::new(name, text));
                true
            }
            Err(why) => {
                self.absent.insert(name, why);
                false
            }
        }
    }

    /// The path or name that diagnostics show.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name_of(FileId::default())
    }

    /// The document's text as it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text_of(FileId::default())
    }

    /// The names of the document and of its overlays, without directories: the same on every machine.
    pub(crate) fn file_names(&self) -> Vec<&str> {
        let document = std::iter::once(self.name());
        #[cfg(feature = "overlay")]
        let document = document.chain(self.overlays().map(|file| self.name_of(file)));
        document.map(file_name).collect()
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = FileId> {
        (0..self.files.len()).map(FileId)
    }

    pub(crate) fn name_of(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |file| &file.name)
    }

    pub(crate) fn text_of(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |file| &file.text)
    }

    /// The file of this name, or why it is not here.
    pub(crate) fn named(&self, name: &str) -> Result<FileId, &MissingFile> {
        self.find(name).ok_or_else(|| self.absent.get(name).unwrap_or(&MissingFile::NotRead))
    }

    fn find(&self, name: &str) -> Option<FileId> {
        self.files.iter().position(|file| file.name == name).map(FileId)
    }
}

/// The directory that references must not leave: the current one, or the document's own where it is elsewhere.
fn root_of(path: &Path) -> &Path {
    let stays_below = path.is_relative() && !path.components().any(|part| part == Component::ParentDir);
    if stays_below { Path::new("") } else { path.parent().unwrap_or(Path::new("")) }
}

/// Whether a file is in a directory, wherever links lead.
fn is_below(root: &Path, path: &Path) -> bool {
    let directory = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    match (directory.canonicalize(), path.canonicalize()) {
        (Ok(directory), Ok(path)) => path.starts_with(directory),
        // There is no such file, which is said where it would have to be.
        _ => path.strip_prefix(root).is_ok_and(|rest| rest.components().all(is_step_down)),
    }
}

fn is_step_down(part: Component<'_>) -> bool {
    matches!(part, Component::Normal(_) | Component::CurDir)
}

fn read_file(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|cause| Error::Read { path: path.to_owned(), cause })
}

/// The last part of a name.
pub(crate) fn file_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or_default()
}

fn shown(root: &Path) -> String {
    if root.as_os_str().is_empty() { ".".to_owned() } else { root.display().to_string() }
}

/// The name of a file that another file refers to by a relative path, without `.` and `..` in it where that can be.
pub(crate) fn resolve_sibling(name: &str, path: &str) -> String {
    let mut result = Path::new(name).parent().map(PathBuf::from).unwrap_or_default();
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(result.components().next_back(), Some(Component::Normal(_))) => {
                result.pop();
            }
            part => result.push(part),
        }
    }
    result.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::resolve_sibling;

    #[test]
    fn paths_are_relative_to_the_file_that_says_them() {
        assert_eq!(resolve_sibling("spec/api.yaml", "./types/order.yaml"), "spec/types/order.yaml");
        assert_eq!(resolve_sibling("spec/v1/api.yaml", "../types.yaml"), "spec/types.yaml");
        assert_eq!(resolve_sibling("api.yaml", "../../types.yaml"), "../../types.yaml");
        assert_eq!(resolve_sibling("api.yaml", "types.yaml"), "types.yaml");
    }
}
