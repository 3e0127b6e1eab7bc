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

mod answer;
mod body;
mod budget;
mod receiver;
mod tally;

pub use receiver::Receiver;
pub use tally::Tally;

#[cfg(feature = "server")]
pub(crate) use answer::Answer;
