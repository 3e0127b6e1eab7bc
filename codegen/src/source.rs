//! Stage one: the text of a document and the name it goes by in diagnostics.

use std::path::Path;

use crate::error::Error;

/// The text of a document.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
}

impl Source {
    /// A document that is at hand as text; `name` stands for it in diagnostics and in the header of the output.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// Reads a document from a file.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when the file cannot be read or is not UTF-8.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|cause| Error::Read { path: path.to_owned(), cause })?;
        Ok(Self::new(path.display().to_string(), text))
    }

    /// The path or name that diagnostics show.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The last part of the name, which is the same on every machine.
    pub(crate) fn file_name(&self) -> &str {
        let end = self.name.rsplit(['/', '\\']).next();
        end.unwrap_or(&self.name)
    }

    /// The text as it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}
