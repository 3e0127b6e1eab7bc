//! NATS and `JetStream` for code that `asyncapi-codegen` generates.
//!
//! | | [`Nats`] | [`JetStream`] |
//! |---|---|---|
//! | messages | not stored: lost without a subscriber, and if the process ends | stored until they are acknowledged |
//! | sending completes | when the message is written to the connection | when the server has stored it |
//! | dead letters | published to `dead-letters.` and the subject | stored in the stream `NAME-dead-letters` |
//! | order | by subject, if the channel has parameters | the same |
//! | requests and replies | yes | through core NATS |
//!
//! ```no_run
//! use asyncapi_transport::Credentials;
//! use asyncapi_transport_nats::{JetStream, Nats};
//! # use asyncapi_runtime::{BoxFuture, Context, DecodeError, Dispatch, DispatchError, Inbound, Route};
//! # struct Dispatcher;
//! # impl Dispatch for Dispatcher {
//! #     fn route(&self, _: &Inbound) -> Result<Route, DecodeError> { Ok(Route::Unknown(None)) }
//! #     fn dispatch<'a>(&'a self, _: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
//! #         Box::pin(async { Ok(()) })
//! #     }
//! # }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let nats = Nats::connect("nats://localhost:4222", Credentials::None).await?;
//! let consumer = JetStream::new(&nats, "ORDERS").consumer("billing", Dispatcher).await?;
//! consumer.with_concurrency(4).run(std::future::pending()).await;
//! # Ok(())
//! # }
//! ```

mod error;
mod jetstream;
mod message;
mod nats;

pub use self::error::NatsError;
pub use self::jetstream::JetStream;
pub use self::nats::Nats;
