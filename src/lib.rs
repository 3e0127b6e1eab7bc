//! Typed bindings for Kustomer's outbound webhooks.
//!
//! Most of this crate is generated from `spec/kustomer.yaml` by `cargo build`: the payload type [`KustomerEvent`], the enum
//! [`EventName`], the trait [`Handler`] with a method for each operation, and the [`Dispatcher`] that calls the methods.
//! When the document changes, the code changes, and the compiler shows what to adapt.
//!
//! ```
//! use kustomer_webhooks::{Context, EventName, Handler, HandlerError, KustomerEvent};
//!
//! struct Crm;
//!
//! impl Handler for Crm {
//!     async fn on_customer_create(&self, event: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> {
//!         let customer = event.data.and_then(|data| data.id).ok_or_else(|| HandlerError::reject("no customer"))?;
//!         println!("hello, {customer}");
//!         Ok(())
//!     }
//! #   async fn on_customer_update(&self, _: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> { Ok(()) }
//! #   async fn on_conversation_create(&self, _: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> { Ok(()) }
//! #   async fn on_conversation_update(&self, _: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> { Ok(()) }
//! #   async fn on_message_create(&self, _: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> { Ok(()) }
//! #   async fn on_message_update(&self, _: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> { Ok(()) }
//! #   async fn on_user_create(&self, _: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> { Ok(()) }
//! #   async fn on_user_update(&self, _: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> { Ok(()) }
//! #   async fn on_team_create(&self, _: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> { Ok(()) }
//! #   async fn on_team_update(&self, _: KustomerEvent, _: &Context<'_>) -> Result<(), HandlerError> { Ok(()) }
//!     // … one method for each operation; `on_unknown` has a default.
//! }
//! # assert_eq!(EventName::KNOWN.len(), 10);
//! ```
//!
//! With the feature `http` (on by default), [`receiver`] turns a handler into a webhook endpoint for axum or hyper. With
//! the feature `durable`, the function `durable` creates a receiver that stores each event before it acknowledges it, and
//! calls the handler later. The features `sqlite` and `nats` add the stores.

mod delivery;
#[cfg(feature = "durable")]
mod durable;
// The document determines the generated names and docs, so pedantic lints do not apply.
#[rustfmt::skip]
#[allow(clippy::pedantic)]
#[path = "../generated/kustomer.rs"]
mod generated;
#[cfg(feature = "http")]
mod receiver;

pub use asyncapi_receiver;
pub use asyncapi_runtime as runtime;
pub use asyncapi_runtime::{Context, HandlerError, UnknownEvent};

pub use self::delivery::{EVENT_HEADER, SIGNATURE_HEADER, sign, verifier};
#[cfg(feature = "durable")]
pub use self::durable::{DurableReceiver, DurableServer, MonitorPlacement, ServerParts, durable, event_fields};
pub use self::generated::*;
#[cfg(feature = "http")]
pub use self::receiver::receiver;
