//! The bindings end to end: every event, through the types, the dispatch and real HTTP.

mod document;
#[cfg(feature = "durable")]
mod durable;
#[cfg(feature = "http")]
mod http;
mod round_trip;
mod support;
