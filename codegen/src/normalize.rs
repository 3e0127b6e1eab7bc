//! The stage between reading and lowering: one schema for each location that several schemas describe together.
//!
//! ```yaml
//! allOf:
//!   - properties: {owner: {$ref: '#/components/schemas/Person'}}
//!   - properties: {owner: {required: [mail]}}
//! # `owner` gets a schema of its own: {allOf: [{$ref: '#/components/schemas/Person'}, {required: [mail]}]}
//! ```
//!
//! This is the only stage that adds schemas to the document. Later stages look them up with [`merge`].

mod alternatives;
mod conditional;
pub(crate) mod merge;
mod nullability;
mod property_intersection;
mod unsatisfiable;

pub(crate) use self::alternatives::{alternatives, listed_alternatives, only_requires};
pub(crate) use self::conditional::{conditional_properties, describes_conditional, exclude_each_other};
pub(crate) use self::nullability::is_nullable;
use crate::diagnostic::Diagnostics;
use crate::document::Document;

/// Adds the schemas that several schemas describe together, and reports `allOf`s that no value satisfies.
pub(crate) fn normalize(mut document: Document, diagnostics: &Diagnostics) -> Document {
    property_intersection::add_intersections(&mut document.schemas);
    conditional::add_conditional_properties(&mut document.schemas, diagnostics);
    unsatisfiable::check(&document.schemas, diagnostics);
    document
}
