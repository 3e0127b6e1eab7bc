//! Overlays: local corrections, laid over a document before anything else reads it (`OpenAPI` Overlay 1.0.0).
//!
//! A document that a vendor wrote stays as it came, and what is known better stands beside it. Overlays change the
//! document itself and none of the files that it refers to: a path that is asked of the document ends where it does.

mod action;
mod apply;
mod target;

use super::origin::Origin;
use super::place::Place;
use super::read::Tree;
use super::resource::Resources;
use super::value::Value;
use crate::diagnostic::{Diagnostics, Strictness};
use crate::source::Source;

/// Lays every overlay over the document, in order; `None` where one of them is wrong, and the diagnostics say why.
///
/// A document that lacks its corrections would be blamed for what they correct, so nothing is read after that.
pub(super) fn apply(mut roots: Vec<Value>, source: &Source, diagnostics: &Diagnostics) -> Option<Vec<Value>> {
    let mut document = std::mem::replace(roots.first_mut()?, Value::Null);
    let mut origin = Origin::new(Place::root());
    let tree = Tree { roots: &roots, source, resources: &Resources::default(), diagnostics };
    for file in source.overlays() {
        for action in action::read(tree, file).unwrap_or_default() {
            apply::apply(&action, &mut document, &mut origin);
        }
    }
    diagnostics.came_from(origin);
    *roots.first_mut()? = document;
    (!diagnostics.has_errors(Strictness::Lenient)).then_some(roots)
}
