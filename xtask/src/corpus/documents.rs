//! The documents of a corpus.

use std::fs;
use std::path::{Path, PathBuf};

use super::Failure;
use super::detect::is_asyncapi;
use super::manifest::{Manifest, Validity};

/// One document.
pub(crate) struct Document {
    /// The path in the corpus, with `/` between the steps. The manifest and the result use it.
    pub(crate) path: String,
    pub(crate) file: PathBuf,
    /// The root of the corpus. References must not leave it.
    pub(crate) root: PathBuf,
    pub(crate) validity: Validity,
}

/// Every document below the directory, in the order of their paths. Without a manifest all count as valid.
pub(crate) fn find(directory: &Path) -> Result<Vec<Document>, Failure> {
    if !directory.is_dir() {
        return Err(Failure::Call(format!("{} is not a directory", directory.display())));
    }
    let manifest = Manifest::read(directory)?;
    let mut files = Vec::new();
    walk(directory, &mut files)?;
    let documents = files.into_iter().filter_map(|file| document(directory, file, manifest.as_ref()));
    let mut documents: Vec<Document> = documents.collect();
    documents.sort_by(|a, b| a.path.cmp(&b.path));
    if documents.is_empty() {
        return Err(Failure::Call(format!("there is no AsyncAPI document below {}", directory.display())));
    }
    Ok(documents)
}

/// Symbolic links are not followed, because they may form a cycle.
fn walk(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(directory).map_err(Failure::at("read", directory))? {
        let entry = entry.map_err(Failure::at("read", directory))?;
        let file_type = entry.file_type().map_err(Failure::at("read", &entry.path()))?;
        if file_type.is_dir() {
            walk(&entry.path(), files)?;
        } else if file_type.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn document(directory: &Path, file: PathBuf, manifest: Option<&Manifest>) -> Option<Document> {
    let steps: Vec<_> = file.strip_prefix(directory).ok()?.iter().map(|step| step.to_string_lossy()).collect();
    let path = steps.join("/");
    let listed = manifest.and_then(|manifest| manifest.validity(&path));
    if listed.is_none() && !(has_known_extension(&file) && is_document(&file)) {
        return None;
    }
    let unlisted = if manifest.is_some() { Validity::Unknown } else { Validity::Valid };
    let root = directory.to_owned();
    Some(Document { path, file, root, validity: listed.unwrap_or(unlisted) })
}

fn has_known_extension(file: &Path) -> bool {
    file.extension()
        .is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// A text in another encoding counts, too: the generator has to refuse it.
fn is_document(file: &Path) -> bool {
    fs::read(file).is_ok_and(|bytes| is_asyncapi(&String::from_utf8_lossy(&bytes)))
}
