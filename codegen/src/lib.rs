//! Rust from `AsyncAPI` documents, for build scripts.
//!
//! A document becomes the code that a careful colleague might have written by hand: a type for each payload, an enum of
//! the events' names, a `Handler` trait with one method for each operation that arrives, and the dispatch between them.
//!
//! ```no_run
//! fn main() -> Result<(), asyncapi_codegen::Error> {
//!     asyncapi_codegen::Config::new().compile("spec/orders.yaml")
//! }
//! ```
//!
//! [`Config`] holds every option; [`Config::generate`] is the same without files, environment or clock.

mod check;
mod config;
mod diagnostic;
mod document;
mod emit;
mod error;
mod format;
mod generate;
mod hash_suffix;
mod ir;
mod json;
mod limits;
mod load;
mod location;
mod lower;
mod names;
mod normalize;
mod scc;
mod source;
mod suggestion;

pub use self::config::{
    ArrayLengths, Config, Defaults, Discriminator, Formats, Nulls, Perspective, UniqueItems, Untyped, Validation,
    WholeNumbers,
};
pub use self::diagnostic::{Diagnostic, Report, Severity};
pub use self::error::Error;
pub use self::generate::Output;
#[doc(hidden)]
pub use self::ir::Coverage;
pub use self::location::Pointer;
#[doc(hidden)]
pub use self::names::{NameKind, Named};
pub use self::source::Source;
