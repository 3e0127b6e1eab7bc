//! What the schemas of a document ask of values beyond their types.

mod cause;
mod patterns;
mod schemas;
mod violation;

pub use schemas::Schemas;
pub use violation::{Violation, Violations};
