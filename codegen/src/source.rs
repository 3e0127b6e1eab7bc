//! Stage one: the texts of a document and of the files that it refers to, each with the name it goes by.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::document::{FileId, files_referred_to};
use crate::error::Error;

/// The text of a document, and the texts of the files that it refers to.
///
/// Everything is read before the first stage begins, so that generating needs no files.
#[derive(Clone, Debug)]
pub struct Source {
    files: Vec<File>,
    /// Why a file that is referred to is not here, by its name.
    absent: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    text: String,
}

impl Source {
    /// A document that is at hand as text; `name` stands for it in diagnostics and in the header of the output.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let file = File { name: name.into(), text: text.into() };
        Self { files: vec![file], absent: BTreeMap::new() }
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
        self.files.push(File { name: name.into(), text: text.into() });
        self
    }

    /// Reads a document from a file, and the files that it refers to.
    ///
    /// References may lead anywhere below the current directory (which in a build script is the package), or below the
    /// document's own directory where the document is elsewhere; see [`Source::read_within`].
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the document cannot be read or is not UTF-8. A file that it refers to and that cannot be read
    /// is a fault of the reference, which the report will show.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let stays_below = path.is_relative() && !path.components().any(|part| part == Component::ParentDir);
        let root = if stays_below { Path::new("") } else { path.parent().unwrap_or(Path::new("")) };
        Self::read_within(root, path)
    }

    /// Reads a document and the files that it refers to, none of which may be outside `root`.
    ///
    /// # Errors
    ///
    /// As [`Source::read`].
    pub fn read_within(root: impl AsRef<Path>, path: impl AsRef<Path>) -> Result<Self, Error> {
        let (root, path) = (root.as_ref(), path.as_ref());
        let text = read(path).map_err(|cause| Error::Read { path: path.to_owned(), cause })?;
        let mut source = Self::new(path.display().to_string(), text);
        let mut next = 0;
        while let Some(file) = source.files.get(next) {
            let wanted: Vec<String> =
                files_referred_to(&file.name, &file.text).iter().map(|path| beside(&file.name, path)).collect();
            for name in wanted {
                source.add(root, name);
            }
            next += 1;
        }
        Ok(source)
    }

    fn add(&mut self, root: &Path, name: String) {
        if self.find(&name).is_some() || self.absent.contains_key(&name) {
            return;
        }
        let below = Path::new(&name)
            .strip_prefix(root)
            .is_ok_and(|rest| rest.components().all(|part| part != Component::ParentDir));
        if !below {
            self.absent.insert(name, format!("it is outside `{}`, where references must stay", shown(root)));
            return;
        }
        match read(Path::new(&name)) {
            Ok(text) => self.files.push(File { name, text }),
            Err(cause) => {
                self.absent.insert(name, cause.to_string());
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

    /// The last part of the name, which is the same on every machine.
    pub(crate) fn file_name(&self) -> &str {
        self.name().rsplit(['/', '\\']).next().unwrap_or_default()
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
    pub(crate) fn named(&self, name: &str) -> Result<FileId, &str> {
        self.find(name).ok_or_else(|| self.absent.get(name).map_or("it was not read", String::as_str))
    }

    fn find(&self, name: &str) -> Option<FileId> {
        self.files.iter().position(|file| file.name == name).map(FileId)
    }
}

/// The text of a file, without a byte order mark.
fn read(path: &Path) -> std::io::Result<String> {
    let text = fs::read_to_string(path)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn shown(root: &Path) -> String {
    if root.as_os_str().is_empty() { ".".to_owned() } else { root.display().to_string() }
}

/// The name of a file that another file refers to by a relative path, without `.` and `..` in it where that can be.
pub(crate) fn beside(name: &str, path: &str) -> String {
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
    use super::beside;

    #[test]
    fn paths_are_relative_to_the_file_that_says_them() {
        assert_eq!(beside("spec/api.yaml", "./types/order.yaml"), "spec/types/order.yaml");
        assert_eq!(beside("spec/v1/api.yaml", "../types.yaml"), "spec/types.yaml");
        assert_eq!(beside("api.yaml", "../../types.yaml"), "../../types.yaml");
        assert_eq!(beside("api.yaml", "types.yaml"), "types.yaml");
    }
}
