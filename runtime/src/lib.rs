//! What code generated from an AsyncAPI document, and whatever receives its events, stands on.
//!
//! A delivery comes in as an [`Inbound`]: headers and the raw body. The generated code implements
//! [`Dispatch`], which finds out what event it is (peeking, not decoding), decodes the payload and calls the
//! team's handler. A handler says how it went with plain `Result`s and `?`; see [`HandlerError`].
//!
//! ```
//! use asyncapi_runtime::{Context, HandlerError, Inbound};
//!
//! #[derive(serde::Deserialize)]
//! struct CustomerCreated {
//!     id: String,
//! }
//!
//! fn handle(event: &CustomerCreated, cx: &Context<'_>) -> Result<(), HandlerError> {
//!     if event.id.is_empty() {
//!         return Err(HandlerError::reject("a customer without an id"));
//!     }
//!     let _revision: u64 = cx.inbound().header("x-revision").unwrap_or("0").parse()?; // may be tried again
//!     Ok(())
//! }
//!
//! let inbound = Inbound::new(r#"{"name": "customer.create", "id": "c1"}"#);
//! assert_eq!(inbound.peek("/name")?.as_deref(), Some("customer.create"));
//!
//! let cx = Context::new(&inbound);
//! handle(&cx.decode()?, &cx).map_err(|error| error.to_string())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What goes out is an [`Outbound`], by a [`Transport`] of your broker; one that also implements [`RequestReply`] can
//! wait for replies.
//!
//! # Features
//!
//! None is on by default; the core does no I/O and needs no executor.
//!
//! | feature | adds | pulls in |
//! |---|---|---|
//! | `hmac` | `verify::HmacSha256Hex`, `verify::Secret`, `verify::sign` | hmac, sha2, base16ct |
//! | `base64` | `Base64`, for payloads | base64 |
//! | `inline` | `Inline`, an [`Accept`] that dispatches while the sender waits | tokio (`time`), futures-util, tracing |
//! | `durable` | `Durable`, an [`Accept`] that stores first; `Worker`, which handles later; `inbox`, with `inbox::Memory` | tokio (`rt`, `sync`, `time`), futures-util, tracing, sha2, base16ct |
//! | `sqlite` | `inbox::Sqlite`, the inbox in one file; implies `durable` | rusqlite with `SQLite` itself, which needs a C compiler |
//! | `nats` | `inbox::Nats`, the inbox in a JetStream, for several nodes; implies `durable` | async-nats |
//! | `server` | `server::Server` and `server::Monitor`; implies `durable` and `http` | hyper, hyper-util, tokio (`net`, `signal`) |
//! | `validation` | `Schemas`, `Violations`: what `validate` of generated types stands on | jsonschema |
//! | `http` | `http::Receiver`, a tower service for axum or hyper; implies `inline` | http, http-body, http-body-util, tower-service |
//!
//! # A receiver that loses nothing that it acknowledged
//!
//! ```text
//! accept ─▶ body ─▶ verify ─▶ peek ─▶ put, durable ─▶ 2xx          lease ─▶ decode ─▶ handler ─▶ done
//!   │ timers │ cap     │ raw     │ id      │                           ▲                   │  ├─▶ retry, later
//!   │        │ budget  │ bytes   │ name    ▼                           │                   │  ╰─▶ dead letter
//!   ╰ Server ╰─────────╯ Receiver╰ key ─ Durable ──────▶ Inbox ────────╯      Worker       ╰ deadline, panics
//! ```
//!
//! `server` has an example that puts all of it together.
//!
//! ## What is promised
//!
//! With `Durable`, a `Worker` and an inbox that survives the process, such as `inbox::Sqlite`:
//!
//! - **No delivery is acknowledged before it is durable.** What is not is answered with a 503, and sent again.
//! - **Every stored event is handled at least once, or becomes a dead letter with its reason.** That goes for a body
//!   that is not JSON, a payload of the wrong shape (with the JSON pointer of the fault), an event that nobody
//!   handles, a handler that rejects it, fails or panics to the last attempt, and a process that dies in it.
//! - **At most one completion is recorded for an event id and inbox** within the deduplication horizon,
//!   [7 days](defaults::HORIZON).
//! - **Events of one key are handled one after the other, in the order they arrived.** Gaps and stale events among
//!   them are told by [`Context::freshness`], where they bear a revision.
//! - **Nothing that a handler does, and no payload, changes what the sender is answered**, or how soon.
//!
//! ## What is not
//!
//! - The order in which the events occurred: senders deliver in any order.
//! - Exactly once: a handler runs again if the process ends before its end is written down. Make it idempotent, by
//!   [`Context::event_id`].
//! - Anything of an event whose body is above the limit: it is answered with 413, counted, and not stored.
//! - Events that the sender never sent, or gave up on while nobody listened. `server::Monitor` tells of silence.
//! - Two machines on one file, or one that loses its disk: that is what `inbox::Nats` is for, and it says what it
//!   promises less.
//!
//! Every limit has a default, and can be set: see [`defaults`].
//!
//! # What is not logged
//!
//! Payloads hold other people's data and headers hold credentials. `Debug` on [`Inbound`], [`Outbound`],
//! [`Headers`] and [`DecodeError`] therefore shows names, sizes and places, never values.

mod accept;
#[cfg(feature = "base64")]
mod base64;
mod boxed;
#[cfg(feature = "durable")]
mod clock;
mod context;
mod date_time;
mod dead_letter;
mod decode_error;
pub mod defaults;
mod dispatch;
#[cfg(feature = "durable")]
mod durable;
mod freshness;
mod handler_error;
mod header_serde;
mod headers;
#[cfg(feature = "http")]
pub mod http;
mod inbound;
#[cfg(feature = "durable")]
pub mod inbox;
#[cfg(feature = "inline")]
mod inline;
mod iso_duration;
pub mod lenient_int;
#[cfg(any(feature = "durable", feature = "inline"))]
mod log_escape;
mod outbound;
mod password;
mod peek;
mod pointer;
pub mod request;
mod request_reply;
#[cfg(feature = "server")]
pub mod server;
mod transport;
pub mod untagged;
#[cfg(feature = "validation")]
mod validation;
mod verbatim;
pub mod verify;
#[cfg(feature = "durable")]
pub mod worker;

pub use accept::{Accept, Accepted, NotAccepted, Refusal, RetryCause};
#[cfg(feature = "base64")]
pub use base64::{Base64, NotBase64};
pub use boxed::{BoxError, BoxFuture};
#[cfg(feature = "durable")]
pub use clock::{Clock, SteadyClock};
pub use context::Context;
pub use date_time::DateTime;
pub use dead_letter::{DeadLetter, DeadLetters};
pub use decode_error::{DecodeError, DecodeErrorKind};
pub use dispatch::{Dispatch, Route, UnknownEvent};
#[cfg(feature = "durable")]
pub use durable::{CanaryToken, Durable};
pub use freshness::Freshness;
pub use handler_error::{DispatchError, HandlerError};
pub use headers::{Headers, Iter as HeadersIter};
pub use inbound::Inbound;
#[cfg(feature = "inline")]
pub use inline::Inline;
pub use iso_duration::IsoDuration;
pub use outbound::Outbound;
pub use password::Password;
pub use request_reply::{RequestError, RequestReply};
pub use transport::{PublishError, Transport};
#[cfg(feature = "validation")]
pub use validation::{Schemas, Violation, Violations};
pub use verbatim::Verbatim;
#[cfg(feature = "durable")]
pub use worker::Worker;
