//! The core, with no feature on: what a delivery is, what can go wrong with it, and what goes out.

mod date_time;
mod decode;
mod dispatch;
mod errors;
mod headers;
mod json;
mod lenient_int;
mod outbound;
mod peek;
mod request;
mod untagged;
mod verbatim;
