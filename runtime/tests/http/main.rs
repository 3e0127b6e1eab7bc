//! Receiving: what becomes of a delivery, and what its sender is told, over real connections.

mod client;
mod inline;
mod logs;
mod receiver;
mod script;
mod server;
