//! Webhooks over HTTP: a tower service for axum, hyper, or anything else that speaks `http`.
//!
//! ```
//! # // Compiled, not run: it would serve for ever.
//! # #[cfg(feature = "hmac")]
//! # mod example {
//! use asyncapi_runtime::http::Receiver;
//! use asyncapi_runtime::verify::{HmacSha256Hex, Secret};
//! use asyncapi_runtime::{BoxError, DeadLetters, Dispatch, Inline};
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
//! Mounted as above, the receiver limits bodies: their size, their time and the memory they have together. All else
//! is then the job of the server around it, which `server::Server` would have done:
//!
//! - **Timers.** `axum::serve` sets none, and waits for half a head for ever: serve with hyper-util's
//!   `server::conn::auto` and a `TokioTimer`, with `header_read_timeout`, and close connections that are idle.
//! - **A cap on connections**, below the process's file descriptors.
//! - **A cap on the size of heads**, which hyper's builders have (`max_buf_size`, `max_header_list_size`).
//! - **Drain.** On SIGTERM say so (`server::Monitor::drain`), take no connection any more, let requests finish, and end
//!   the worker (`Worker::run` has a `stop` of its own) before the process.
//! - **No layer above that reads, decompresses or rewrites the body**: the signature is over its bytes. No layer that
//!   answers in the receiver's place either, such as a timeout that turns "stored" into an error.
//! - **A `Worker`, run beside it.** Without one, everything is stored and nothing is handled.
//! - **What watches**: `server::Monitor::serve` on a listener of its own, and a canary, `server::Canary::run`, to the URL
//!   that the receiver is mounted at, so that it goes the whole way. The worker's own, which are put into the inbox, are
//!   turned off then (`Worker::with_canary`): they would say that all is well where HTTP is not.

mod body;
mod buffer;
mod memory_budget;
mod outcome;
mod receiver;
mod response_counts;

pub use receiver::Receiver;
pub use response_counts::ResponseCounts;

#[cfg(feature = "server")]
pub(crate) use outcome::Outcome;
