//! Validation of values against the JSON Schemas of a document.

mod cause;
mod patterns;
mod schemas;
mod violation;

pub use schemas::Schemas;
pub use violation::{Violation, Violations};
