//! Receives the events of an AsyncAPI document and hands them to their handlers.
//!
//! The code that `asyncapi-codegen` generates implements `Dispatch` of `asyncapi-runtime`. This crate calls it: a
//! [receiver](http) takes a request and verifies it, an [`Accept`] takes responsibility for the event, and a
//! [`Worker`] runs its handler.
//!
//! # Features
//!
//! None is enabled by default.
//!
//! | feature | adds | depends on |
//! |---|---|---|
//! | `hmac` | `verify::HmacSha256Hex`, `verify::WebhookSignature`, `verify::Secret`, `verify::sign` | hmac, sha2, base16ct, base64 |
//! | `ed25519` | `v1a` signatures of Standard Webhooks; implies `hmac` | ed25519-dalek |
//! | `inline` | `Inline`, an [`Accept`] that dispatches while the sender waits | tokio (`time`), futures-util, tracing |
//! | `http` | `http::Receiver`, a tower service for axum or hyper; implies `inline` | http, http-body, http-body-util, tower-service, memmap2 |
//! | `durable` | `Durable`, an [`Accept`] that stores first; `Worker`, which handles later; `inbox` with `inbox::Memory` | tokio (`rt`, `sync`, `time`), futures-util, tracing, sha2, base16ct, getrandom |
//! | `sqlite` | `inbox::Sqlite`, an inbox in one file; implies `durable` | rusqlite with `SQLite` itself, which needs a C compiler |
//! | `nats` | `inbox::Nats`, an inbox in a JetStream, for several nodes; implies `durable` | async-nats |
//! | `server` | `server::Server` and `server::Monitor`; implies `durable` and `http` | hyper, hyper-util, tokio (`net`, `signal`) |
//!
//! # A receiver that loses no acknowledged event
//!
//! ```text
//! accept ─▶ body ─▶ verify ─▶ peek ─▶ put, durable ─▶ 2xx          lease ─▶ decode ─▶ handler ─▶ done
//!   │ timers │ cap     │ raw     │ id      │                           ▲                   │  ├─▶ retry, later
//!   │        │ budget  │ bytes   │ name    ▼                           │                   │  ╰─▶ dead letter
//!   ╰ Server ╰─────────╯ Receiver╰ key ─ Durable ──────▶ Inbox ────────╯      Worker       ╰ deadline, panics
//! ```
//!
//! `server` has an example with all parts.
//!
//! ## What is guaranteed
//!
//! With `Durable`, a `Worker` and an inbox that survives the process, such as `inbox::Sqlite`:
//!
//! - **No delivery is acknowledged before it is durable.** If it cannot be stored, the answer is 503, and the sender
//!   sends it again.
//! - **Every stored event is handled at least once, or becomes a dead letter with a reason.** The reasons include: the
//!   body is not JSON, the payload has the wrong shape (with a JSON pointer), no handler exists for the event, the
//!   handler rejects it, the handler fails or panics at the last attempt, the process dies during the last attempt.
//! - **At most one completion is recorded for each event id and inbox** within the deduplication horizon,
//!   [7 days](defaults::HORIZON).
//! - **Events with the same key are handled one after the other, in the order of arrival.** If they have revisions,
//!   `Context::freshness` reports gaps and stale events.
//! - **The answer to the sender, and its latency, do not depend on handlers or payloads.**
//!
//! ## What is not guaranteed
//!
//! - The order in which the events occurred: senders deliver in any order.
//! - Exactly once: a handler runs again if the process ends before the completion is recorded. Make handlers
//!   idempotent; use `Context::event_id`.
//! - Events with a body above the limit: the answer is 413. They are counted and not stored.
//! - Events that the sender never sent, or stopped sending while no receiver ran. `server::Monitor` reports silence.
//! - Two machines that share one file, and a machine that loses its disk. Use `inbox::Nats` there; its documentation
//!   says which guarantees are weaker.
//!
//! Every limit has a default and can be set: see [`defaults`].
//!
//! # What is not logged
//!
//! Payloads contain personal data, and headers contain credentials. Logs and `Debug` output contain names, sizes and
//! JSON pointers, never values.

mod accept;
#[cfg(feature = "durable")]
mod clock;
mod dead_letter;
pub mod defaults;
#[cfg(feature = "durable")]
mod durable;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "durable")]
pub mod inbox;
#[cfg(feature = "inline")]
mod inline;
#[cfg(any(feature = "durable", feature = "inline"))]
mod log_escape;
#[cfg(feature = "durable")]
mod retry_policy;
#[cfg(feature = "server")]
pub mod server;
pub mod verify;
#[cfg(feature = "durable")]
pub mod worker;

pub use self::accept::{Accept, Accepted, NotAccepted, Refusal, RetryCause};
#[cfg(feature = "durable")]
pub use self::clock::{Clock, SteadyClock};
pub use self::dead_letter::{DeadLetter, DeadLetters};
#[cfg(feature = "durable")]
pub use self::durable::{CanaryToken, Durable};
#[cfg(feature = "inline")]
pub use self::inline::Inline;
#[cfg(feature = "durable")]
pub use self::worker::Worker;
