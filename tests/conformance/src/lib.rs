//! Generated types held against JSON Schema: which values they accept, and how these come back.
//!
//! The build script generates the types; the tests run them. `cargo xtask` runs the tests that need more than the sample.

#[cfg(test)]
mod corpus_schemas;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod json_schema_suite;
#[cfg(test)]
mod outcome;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod validation;
