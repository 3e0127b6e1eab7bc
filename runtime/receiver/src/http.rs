//! Webhooks over HTTP: a tower service for axum, hyper, and other servers that use the `http` crate.
//!
//! ```
//! # // Compiled only: the server does not end.
//! # #[cfg(feature = "hmac")]
//! # mod example {
//! use asyncapi_receiver::http::Receiver;
//! use asyncapi_receiver::verify::{HmacSha256Hex, Secret};
//! use asyncapi_runtime::{BoxError, Dispatch};
//! use asyncapi_receiver::{DeadLetters, Inline};
//!
//! async fn serve(
//!     dispatch: impl Dispatch + 'static,
//!     dead_letters: impl DeadLetters + 'static,
//!     token: String,
//! ) -> Result<(), BoxError> {
//!     let verifier = HmacSha256Hex::new("x-webhook-signature", [Secret::new(token)?])?;
//!     let inline = Inline::new(dispatch).with_dead_letters(dead_letters);
//!     let receiver = Receiver::new(inline, verifier);
//!
//!     let router = axum::Router::new().route_service("/hooks", receiver);
//!     let listener = tokio::net::TcpListener::bind(("127.0.0.1", 8080)).await?;
//!     axum::serve(listener, router).await?;
//!     Ok(())
//! }
//! # }
//! # fn main() {}
//! ```
//!
//! # In a server of your own
//!
//! The receiver limits bodies: their size, their time and their memory. `server::Server` also does the following; your
//! own server has to do it itself:
//!
//! - **Timers.** `axum::serve` sets none, and waits for an incomplete request head forever. Use `server::conn::auto` of
//!   hyper-util with a `TokioTimer` and `header_read_timeout`, and close idle connections.
//! - **A limit for connections**, below the limit of file descriptors of the process.
//! - **A limit for the size of request heads**: `max_buf_size` and `max_header_list_size` of hyper's builders.
//! - **Drain.** On SIGTERM, call `server::Monitor::drain`, accept no more connections, let requests finish, and end the
//!   worker (`Worker::run` has its own `stop`) before the process ends.
//! - **No layer that reads, decompresses or rewrites the body**: the signature is over the raw bytes. Also no layer
//!   that responds instead of the receiver, such as a timeout that turns "stored" into an error.
//! - **A running `Worker`.** Without one, events are stored and not handled.
//! - **Monitoring**: `server::Monitor::serve` on a separate listener, and `server::Canary::run` with the URL of the
//!   receiver, so that canaries take the same path as events. Disable the canaries of the worker then
//!   (`Worker::with_canary`): they skip HTTP and would hide a failure there.

mod body;
mod buffer;
mod memory_budget;
mod outcome;
mod receiver;
mod refusals;
mod response_counts;

pub use receiver::Receiver;
pub use response_counts::ResponseCounts;

#[cfg(feature = "server")]
pub(crate) use outcome::Outcome;
