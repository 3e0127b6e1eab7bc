//! Webhooks over HTTP: a tower service for axum, hyper, or anything else that speaks `http`.

mod answer;
mod body;
mod receiver;

pub use receiver::Receiver;
