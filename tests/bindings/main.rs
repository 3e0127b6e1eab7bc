//! Tests of the bindings with every event: the types, the dispatch and the receivers over real HTTP.

mod document;
#[cfg(feature = "durable")]
mod durable;
#[cfg(feature = "http")]
mod http;
mod round_trip;
mod support;
