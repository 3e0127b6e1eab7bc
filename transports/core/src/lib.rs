//! What the transports of an AsyncAPI document share.
//!
//! A [`Consumer`] receives messages, calls the generated dispatcher, and settles each message. A transport implements
//! [`Source`] and [`Settle`] for it, and `Transport` and `RequestReply` of `asyncapi-runtime` for publishers and
//! requesters. [`Memory`] is a transport for unit tests.
//!
//! `docs/transports.md` of the repository shows how to use each transport.
//!
//! ```
//! use asyncapi_runtime::{BoxFuture, Context, DecodeError, Dispatch, DispatchError, Inbound, Outbound, Route};
//! use asyncapi_runtime::{Subscription, Transport};
//! use asyncapi_transport::Memory;
//!
//! /// Generated code implements this.
//! struct Dispatcher;
//!
//! impl Dispatch for Dispatcher {
//!     fn route(&self, _: &Inbound) -> Result<Route, DecodeError> {
//!         Ok(Route::Known("order".to_owned()))
//!     }
//!
//!     fn dispatch<'a>(&'a self, cx: &'a Context<'a>) -> BoxFuture<'a, Result<(), DispatchError>> {
//!         Box::pin(async move {
//!             let _order: u32 = cx.decode()?;
//!             Ok(())
//!         })
//!     }
//!
//!     fn subscriptions(&self) -> &'static [Subscription] {
//!         const SUBSCRIPTIONS: &[Subscription] = &[Subscription::new("orders.{customer}")];
//!         SUBSCRIPTIONS
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let memory = Memory::new();
//! memory.send(Outbound::json("orders.ada", "not a number")?).await?;
//! let consumer = memory.consumer(Dispatcher);
//! let dead = async { while memory.dead_letters().is_empty() { tokio::task::yield_now().await } };
//! consumer.run(dead).await;
//! assert_eq!(memory.dead_letters()[0].headers().get_str("dead-letter-reason"), Some("undecodable"));
//! # Ok(())
//! # }
//! ```

mod address;
mod bindings;
mod consumer;
mod credentials;
pub mod dead_letter;
mod memory;
mod source;
mod store_first;
mod unsettled;

pub use self::address::{Address, Addresses, WildcardSyntax};
pub use self::bindings::warn_of_unsupported_bindings;
pub use self::consumer::{Consumer, ConsumerHealth, IN_FLIGHT};
pub use self::credentials::Credentials;
pub use self::memory::{Memory, NoReply};
pub use self::source::{Received, Settle, SettleError, Source, SourceEvent};
pub use self::store_first::StoreFirst;
pub use asyncapi_receiver::worker::{RetryPolicy, ShutdownOutcome, UnknownEventPolicy};
