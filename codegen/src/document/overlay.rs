//! Overlays: local corrections, laid over a document before anything else reads it (`OpenAPI` Overlay 1.0.0).
//!
//! A document that a vendor wrote stays as it came, and what is known better stands beside it. An overlay changes one file:
//! the document, or the file that it `extends`. A path that is asked of a file ends where that file does.

mod action;
mod apply;
mod json_path;
mod no_match;

use std::collections::BTreeMap;

use super::cursor::Tree;
use super::schema_ids::Resources;
use crate::diagnostic::{Diagnostics, Strictness};
use crate::json::Value;
use crate::location::{FileId, Location, Origin, Origins, Pointer};
use crate::source::Source;

/// A file that overlays change, and where its nodes came from.
struct Overlaid {
    root: Value,
    origin: Origin,
}

impl Overlaid {
    fn new(file: FileId, root: Value) -> Self {
        Self { root, origin: Origin::new(Location { file, pointer: Pointer::root() }) }
    }
}

/// Lays every overlay over its file, in order; `None` where one of them is wrong, and the diagnostics say why.
///
/// A document that lacks its corrections would be blamed for what they correct, so nothing is read after that.
pub(super) fn apply(mut roots: Vec<Value>, source: &Source, diagnostics: &Diagnostics) -> Option<Vec<Value>> {
    let mut changed: BTreeMap<FileId, Overlaid> = BTreeMap::new();
    for file in source.overlays().map(|overlay| source.overlaid_file(overlay).unwrap_or_default()) {
        changed.entry(file).or_insert_with(|| {
            let root = roots.get_mut(file.0).map(|root| std::mem::replace(root, Value::Null));
            Overlaid::new(file, root.unwrap_or(Value::Null))
        });
    }
    let tree = Tree { roots: &roots, source, resources: &Resources::default(), diagnostics };
    for overlay in source.overlays() {
        let actions = action::read(tree, overlay).unwrap_or_default();
        let file = source.overlaid_file(overlay).unwrap_or_default();
        for action in actions {
            let ways = changed.get(&file).map(|changed| action.target.match_paths(&changed.root)).unwrap_or_default();
            if ways.is_empty() {
                no_match::report(&action, file, &changed);
            } else if let Some(changed) = changed.get_mut(&file) {
                apply::apply(&action, &ways, changed);
            }
        }
    }
    let mut origins = Origins::default();
    for (file, changed) in changed {
        origins.0.insert(file, changed.origin);
        if let Some(root) = roots.get_mut(file.0) {
            *root = changed.root;
        }
    }
    diagnostics.set_provenance(origins);
    (!diagnostics.has_errors(Strictness::Lenient)).then_some(roots)
}
