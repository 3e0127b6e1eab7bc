//! Tests of the guarantees of a receiver with an inbox, and of its behaviour during failures.
//!
//! Some tests have a short and a long form. The long forms are ignored by default and take minutes: `.ci/faults` runs
//! them.

mod acknowledgement;
mod blocked;
mod canary;
#[path = "../http/client.rs"]
mod client;
mod clock;
mod connections;
mod drain;
mod floods;
mod http2;
mod interrupted;
mod kit;
mod lease;
mod load;
mod memory;
mod monitor;
mod process;
mod server;
mod synced;
mod team;
mod worker;
