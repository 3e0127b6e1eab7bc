//! Tests of the runtime without optional features: inbound messages, their errors, and outbound messages.

mod date_time;
mod decode;
mod dispatch;
mod errors;
mod headers;
mod json;
mod json_object;
mod lenient_int;
mod outbound;
mod peek;
mod request;
mod untagged;
mod verbatim;
