//! The files of a document as one tree: the contents of each file under its path in the corpus, the document first.
//!
//! References in the tree contain the path of the file in the corpus, so a part can be moved to another file. In the texts of
//! the files they are relative.

use std::fs;

use serde_yaml::{Mapping, Value};

use super::places;
use crate::corpus::documents::Document;

/// The greatest size of a document, in bytes. Longer documents take long and have few other features.
const MAX_BYTES: usize = 40_000;

/// The tree of a document; `None` if a file cannot be read.
pub(super) fn read_tree(document: &Document) -> Option<Value> {
    let mut files = Mapping::new();
    let mut left = vec![document.path.clone()];
    let mut length = 0;
    while let Some(path) = left.pop() {
        if files.contains_key(path.as_str()) {
            continue;
        }
        let text = fs::read_to_string(document.root.join(&path)).ok()?;
        length += text.len();
        let mut value: Value = serde_yaml::from_str(&text).ok().filter(|_| length <= MAX_BYTES)?;
        let mut is_complete = value.is_mapping();
        places::each_reference(&mut value, &mut |reference| match to_absolute(&path, reference) {
            Some(absolute) => {
                left.push(file(&absolute).to_owned());
                *reference = absolute;
            }
            None => is_complete = false,
        });
        if !is_complete {
            return None;
        }
        files.insert(path.into(), value);
    }
    Some(files.into())
}

/// The paths and texts of the files.
pub(super) fn texts(tree: &Value) -> Option<Vec<(String, String)>> {
    let text = |(path, value): (&Value, &Value)| {
        let (path, mut value) = (path.as_str()?, value.clone());
        places::each_reference(&mut value, &mut |reference| *reference = to_relative(path, reference));
        Some((path.to_owned(), serde_yaml::to_string(&value).ok()?))
    };
    tree.as_mapping()?.iter().map(text).collect()
}

/// The path of the document.
pub(super) fn document(tree: &Value) -> Option<&str> {
    tree.as_mapping()?.keys().next()?.as_str()
}

/// The file of a reference; empty for the file with the reference.
pub(super) fn file(reference: &str) -> &str {
    reference.split_once('#').map_or(reference, |(file, _)| file)
}

/// A reference as it is in the tree; `None` if its target is outside of the corpus.
fn to_absolute(path: &str, reference: &str) -> Option<String> {
    let file = file(reference);
    if file.contains(':') || file.starts_with('/') {
        return None;
    }
    let rest = &reference[file.len()..];
    if file.is_empty() {
        return Some(format!("{path}{rest}"));
    }
    let mut steps: Vec<&str> = path.split('/').collect();
    steps.pop();
    for step in file.split('/') {
        match step {
            "." | "" => {}
            ".." => drop(steps.pop()?),
            step => steps.push(step),
        }
    }
    Some(steps.join("/") + rest)
}

/// A reference as it is in the text of a file.
fn to_relative(path: &str, reference: &str) -> String {
    let file = file(reference);
    let rest = &reference[file.len()..];
    if file == path && !rest.is_empty() {
        return rest.to_owned();
    }
    if file.is_empty() {
        return reference.to_owned();
    }
    let from: Vec<&str> = path.split('/').collect();
    let to: Vec<&str> = file.split('/').collect();
    let directories = from.len().min(to.len()) - 1;
    let shared = from.iter().zip(&to).take(directories).take_while(|(from, to)| from == to).count();
    "../".repeat(from.len() - 1 - shared) + &to[shared..].join("/") + rest
}

#[cfg(test)]
mod tests {
    use super::{to_absolute, to_relative};

    #[test]
    fn conversion_to_absolute_references_is_reversible() {
        for (path, reference, expected) in [
            ("a.yaml", "#/b", "a.yaml#/b"),
            ("a.yaml", "c.yaml", "c.yaml"),
            ("x/a.yaml", "c.yaml#/b", "x/c.yaml#/b"),
            ("x/y/a.yaml", "../c.yaml#", "x/c.yaml#"),
            ("x/a.yaml", "y/c.yaml#/b", "x/y/c.yaml#/b"),
            ("x/a.yaml", "../z/c.yaml", "z/c.yaml"),
        ] {
            let found = to_absolute(path, reference);
            assert_eq!(found.as_deref(), Some(expected));
            assert_eq!(to_relative(path, expected), reference);
        }
        assert_eq!(to_absolute("x/a.yaml", "../../c.yaml"), None, "the target is outside");
        assert_eq!(to_absolute("a.yaml", "https://example.com/c.yaml"), None);
        assert_eq!(to_relative("a.yaml", "#/components/schemas/itself"), "#/components/schemas/itself");
    }
}
