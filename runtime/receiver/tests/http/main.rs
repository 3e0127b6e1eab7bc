//! Tests of the HTTP receiver over real connections: how a delivery is handled, and how it is answered.

mod client;
mod inline;
mod receiver;
mod script;
mod server;
