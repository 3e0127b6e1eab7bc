//! Stored, acknowledged, handled: what a receiver promises, and the faults it survives.
//!
//! The short forms run with the others. The long ones, of the same tests, take minutes: `.ci/faults`.

mod acknowledgement;
mod blocked;
mod canary;
#[path = "../http/client.rs"]
mod client;
mod clock;
mod connections;
mod drain;
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
