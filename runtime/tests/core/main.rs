//! The core, with no feature on: what a delivery is, what can go wrong with it, and what goes out.

mod choice;
mod date_time;
mod decode;
mod dispatch;
mod errors;
mod exact;
mod headers;
mod json;
mod outbound;
mod peek;
mod request;
mod whole;
