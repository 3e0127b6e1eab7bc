//! What code generated from an AsyncAPI document calls.
//!
//! A message that was received is an [`Inbound`]: headers and the raw body. Generated code implements [`Dispatch`]: it
//! finds out which event the message is without decoding all of it, decodes the payload, and calls the handler. A
//! handler returns a plain `Result` and uses `?`; see [`HandlerError`].
//!
//! ```
//! use asyncapi_runtime::{Context, HandlerError, Inbound};
//!
//! #[derive(serde::Deserialize)]
//! struct CustomerCreated {
//!     id: String,
//! }
//!
//! fn handle(event: &CustomerCreated) -> Result<(), HandlerError> {
//!     if event.id.is_empty() {
//!         return Err(HandlerError::reject("a customer without an id")); // another attempt cannot help
//!     }
//!     Ok(())
//! }
//!
//! let inbound = Inbound::new(r#"{"name": "customer.create", "id": "c1"}"#);
//! assert_eq!(inbound.peek("/name")?.as_deref(), Some("customer.create"));
//! let cx = Context::new(&inbound);
//! assert!(handle(&cx.decode()?).is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A message to send is an [`Outbound`]. A [`Transport`] sends it; a transport that implements [`RequestReply`] also
//! waits for replies.
//!
//! This crate does no I/O and needs no executor. `asyncapi-receiver` receives events over HTTP and stores them.
//!
//! # Features
//!
//! None is enabled by default.
//!
//! | feature | adds | depends on |
//! |---|---|---|
//! | `base64` | `Base64`, for payloads | base64 |
//! | `validation` | `Schemas` and `Violations`, for generated `validate` functions | jsonschema |
//!
//! # What is not logged
//!
//! Payloads contain personal data, and headers contain credentials. `Debug` of [`Inbound`], [`Outbound`], [`Headers`]
//! and [`DecodeError`] therefore shows names, sizes and JSON pointers, never values.

#[cfg(feature = "base64")]
mod base64;
mod boxed;
mod context;
mod date_time;
mod decode_error;
mod dispatch;
mod field_path;
mod freshness;
mod handler_error;
mod header_serde;
mod headers;
mod inbound;
mod iso_duration;
mod json_object;
mod json_text;
mod json_value;
#[doc(hidden)]
pub mod lenient_int;
mod outbound;
mod password;
mod peek;
mod pointer;
pub mod request;
mod request_reply;
mod subscription;
mod transport;
#[doc(hidden)]
pub mod untagged;
#[cfg(feature = "validation")]
mod validation;
mod verbatim;

pub use self::boxed::{BoxError, BoxFuture};
pub use self::context::Context;
pub use self::date_time::DateTime;
pub use self::decode_error::{DecodeError, DecodeErrorKind};
pub use self::dispatch::{Dispatch, Route, UnknownEvent};
pub use self::field_path::FieldPath;
pub use self::freshness::Freshness;
pub use self::handler_error::{DispatchError, HandlerError};
pub use self::headers::{Headers, Iter as HeadersIter};
pub use self::inbound::Inbound;
pub use self::iso_duration::IsoDuration;
pub use self::json_object::JsonObject;
pub use self::json_value::JsonValue;
pub use self::outbound::Outbound;
pub use self::password::Password;
pub use self::peek::Scalar;
pub use self::request_reply::{RequestError, RequestReply};
pub use self::subscription::Subscription;
pub use self::transport::{PublishError, Transport};
#[cfg(feature = "validation")]
pub use self::validation::{Schemas, Violation, Violations};
pub use self::verbatim::Verbatim;
#[cfg(feature = "base64")]
pub use base64::{Base64, NotBase64};
