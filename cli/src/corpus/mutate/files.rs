//! A document as a tree of its files: what stands in each, under its path below the corpus, the document itself first.
//!
//! References in the tree name the file that they lead to, so that a part can be moved from one to another; as texts
//! they are relative again.

use std::fs;

use serde_yaml::{Mapping, Value};

use super::places;
use crate::corpus::documents::Document;

/// Longer documents take long, and hold little that shorter ones do not.
const LONGEST: usize = 40_000;

/// The files that a document is made of, where all can be read.
pub(super) fn read(document: &Document) -> Option<Value> {
    let mut files = Mapping::new();
    let mut left = vec![document.path.clone()];
    let mut length = 0;
    while let Some(path) = left.pop() {
        if files.contains_key(path.as_str()) {
            continue;
        }
        let text = fs::read_to_string(document.root.join(&path)).ok()?;
        length += text.len();
        let mut value: Value = serde_yaml::from_str(&text).ok().filter(|_| length <= LONGEST)?;
        let mut is_whole = value.is_mapping();
        places::each_reference(&mut value, &mut |reference| match whole(&path, reference) {
            Some(whole) => {
                left.push(file(&whole).to_owned());
                *reference = whole;
            }
            None => is_whole = false,
        });
        if !is_whole {
            return None;
        }
        files.insert(path.into(), value);
    }
    Some(files.into())
}

/// The files as texts, with their paths.
pub(super) fn texts(tree: &Value) -> Option<Vec<(String, String)>> {
    let text = |(path, value): (&Value, &Value)| {
        let (path, mut value) = (path.as_str()?, value.clone());
        places::each_reference(&mut value, &mut |reference| *reference = relative(path, reference));
        Some((path.to_owned(), serde_yaml::to_string(&value).ok()?))
    };
    tree.as_mapping()?.iter().map(text).collect()
}

/// The path of the document itself.
pub(super) fn document(tree: &Value) -> Option<&str> {
    tree.as_mapping()?.keys().next()?.as_str()
}

/// The file that a reference of the tree leads to; empty where it means its own.
pub(super) fn file(reference: &str) -> &str {
    reference.split_once('#').map_or(reference, |(file, _)| file)
}

/// A reference as the tree has it; `None` where it leads out of the corpus.
fn whole(path: &str, reference: &str) -> Option<String> {
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

/// A reference of the tree as the text of a file has it.
fn relative(path: &str, reference: &str) -> String {
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
    use super::{relative, whole};

    #[test]
    fn references_come_back_as_they_were() {
        for (path, reference, expected) in [
            ("a.yaml", "#/b", "a.yaml#/b"),
            ("a.yaml", "c.yaml", "c.yaml"),
            ("x/a.yaml", "c.yaml#/b", "x/c.yaml#/b"),
            ("x/y/a.yaml", "../c.yaml#", "x/c.yaml#"),
            ("x/a.yaml", "y/c.yaml#/b", "x/y/c.yaml#/b"),
            ("x/a.yaml", "../z/c.yaml", "z/c.yaml"),
        ] {
            let found = whole(path, reference);
            assert_eq!(found.as_deref(), Some(expected));
            assert_eq!(relative(path, expected), reference);
        }
        assert_eq!(whole("x/a.yaml", "../../c.yaml"), None, "it is outside");
        assert_eq!(whole("a.yaml", "https://example.com/c.yaml"), None);
        assert_eq!(relative("a.yaml", "#/components/schemas/itself"), "#/components/schemas/itself");
    }
}
