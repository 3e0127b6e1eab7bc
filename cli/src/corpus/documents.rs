//! The documents of a corpus.

use std::fs;
use std::path::{Path, PathBuf};

use super::Failure;
use super::manifest::{Manifest, Validity};
use super::recognise::is_asyncapi;

/// One document.
pub(crate) struct Document {
    /// Below the corpus, with `/` between the parts: what the manifest and the result call it.
    pub(crate) path: String,
    pub(crate) file: PathBuf,
    /// The corpus, which references may not leave.
    pub(crate) root: PathBuf,
    pub(crate) validity: Validity,
}

/// Every document below the directory, in the order of their paths.
///
/// Without a manifest all are taken to be valid: whoever keeps them means them to be.
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

/// Links are not followed: they may lead in a circle.
fn walk(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(directory).map_err(Failure::at("read", directory))? {
        let entry = entry.map_err(Failure::at("read", directory))?;
        let kind = entry.file_type().map_err(Failure::at("read", &entry.path()))?;
        if kind.is_dir() {
            walk(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn document(directory: &Path, file: PathBuf, manifest: Option<&Manifest>) -> Option<Document> {
    let parts: Vec<_> = file.strip_prefix(directory).ok()?.iter().map(|part| part.to_string_lossy()).collect();
    let path = parts.join("/");
    let listed = manifest.and_then(|manifest| manifest.validity(&path));
    if listed.is_none() && !(has_known_ending(&file) && reads_as_asyncapi(&file)) {
        return None;
    }
    let unlisted = if manifest.is_some() { Validity::Unknown } else { Validity::Valid };
    let root = directory.to_owned();
    Some(Document { path, file, root, validity: listed.unwrap_or(unlisted) })
}

fn has_known_ending(file: &Path) -> bool {
    file.extension()
        .is_some_and(|ending| ["yaml", "yml", "json"].iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

/// A text in another encoding is looked at, too: the generator has to refuse it.
fn reads_as_asyncapi(file: &Path) -> bool {
    fs::read(file).is_ok_and(|bytes| is_asyncapi(&String::from_utf8_lossy(&bytes)))
}
