//! The validity of the documents according to another parser, from the manifest of the corpus.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Failure;

/// The validity of a document in the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    Valid,
    Invalid,
    /// The manifest does not list the document or its validity.
    Unknown,
}

/// `manifest.tsv`: a header and a line for each document.
pub(crate) struct Manifest {
    validity: BTreeMap<String, Validity>,
}

impl Manifest {
    /// The manifest of the corpus, if it has one.
    pub(crate) fn read(directory: &Path) -> Result<Option<Self>, Failure> {
        let path = directory.join("manifest.tsv");
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(Failure::at("read", &path))?;
        let manifest = Self::parse(&text);
        let lacking = || Failure::Call(format!("{} lacks the columns `path` and `validity`", path.display()));
        manifest.ok_or_else(lacking).map(Some)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let header = lines.next()?;
        let column = |name| header.split('\t').position(|cell| cell == name);
        let (path, validity) = (column("path")?, column("validity")?);
        let entry = |line: &str| {
            let cells: Vec<&str> = line.split('\t').collect();
            let validity = match *cells.get(validity)? {
                "valid" => Validity::Valid,
                "invalid" => Validity::Invalid,
                _ => Validity::Unknown,
            };
            Some((unquote(cells.get(path)?), validity))
        };
        Some(Self { validity: lines.filter_map(entry).collect() })
    }

    /// The validity of a document; `None` if the manifest does not list it.
    pub(crate) fn validity(&self, path: &str) -> Option<Validity> {
        self.validity.get(path).copied()
    }
}

/// A cell with quotes is quoted itself, and its quotes are doubled.
fn unquote(cell: &str) -> String {
    match cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Manifest, Validity};

    #[test]
    fn columns_are_found_by_their_names() {
        let text =
            "validity\ttitle\tpath\nvalid\tA\ta.yaml\ninvalid\tB\t\"b \"\"b\"\".yaml\"\nmissing-file\t\tc.yaml\n";
        let manifest = Manifest::parse(text).expect("it is a manifest");
        assert_eq!(manifest.validity("a.yaml"), Some(Validity::Valid));
        assert_eq!(manifest.validity("b \"b\".yaml"), Some(Validity::Invalid));
        assert_eq!(manifest.validity("c.yaml"), Some(Validity::Unknown));
        assert_eq!(manifest.validity("d.yaml"), None);
        assert!(Manifest::parse("name\tpath\n").is_none());
    }
}
