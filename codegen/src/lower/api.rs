//! The API objects of AsyncAPI in the IR: events, operations, replies, channels, servers and bindings.

pub(super) mod bindings;
pub(super) mod channel;
mod correlation;
pub(super) mod event;
pub(super) mod operation;
mod reply;
pub(super) mod server;
mod wildcards;
