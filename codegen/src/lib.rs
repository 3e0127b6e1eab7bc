//! Generates Rust from `AsyncAPI` documents, in a build script.
//!
//! The generated code looks like careful hand-written code: a type for each payload, an enum of the event names, a
//! `Handler` trait with one method for each incoming operation, and a dispatcher that calls it.
//!
//! ```no_run
//! fn main() -> Result<(), asyncapi_codegen::Error> {
//!     asyncapi_codegen::Config::new().compile("spec/orders.yaml")
//! }
//! ```
//!
//! [`Config`] contains every option. [`Config::generate`] does the same without files, environment or clock.

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
    ArrayLengths, Config, Defaults, EventNameLocation, Formats, FreeForm, IntegerParsing, Nulls, Perspective,
    UniqueItems, UntypedSchemas, Validation,
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
