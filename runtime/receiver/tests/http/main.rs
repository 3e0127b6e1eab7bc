//! Receiving: what becomes of a delivery, and what its sender is told, over real connections.

mod client;
mod inline;
mod receiver;
mod script;
mod server;
