//! The default limits of receivers, servers and workers.
//!
//! | limit | default | set by |
//! |---|---|---|
//! | time for the head of a request, and lifetime of a connection without a 2xx answer | [5 s](HEADER_DEADLINE) | `Server::with_header_deadline` |
//! | time between requests on a connection with a 2xx answer | [2 min](IDLE_DEADLINE) | `Server::with_idle_deadline` |
//! | size of the head of a request | [16 KiB](HEADER_LIMIT) | `Server::with_header_limit` |
//! | simultaneous connections, and simultaneous requests | [4,096](CONNECTIONS) | `Server::with_connections` |
//! | time for a body, from its first byte to its last | [10 s](BODY_DEADLINE) | `Receiver::with_body_deadline` |
//! | size of a body | [8 MiB](BODY_LIMIT) | `Receiver::with_body_limit` |
//! | total size of all bodies in memory, each from its first byte until the answer | [64 MiB](BODY_BUDGET) | `Receiver::with_body_budget` |
//! | time to store a delivery | [2 s](STORE_DEADLINE) | `Durable::with_store_deadline` |
//! | time of a handler while the sender waits (without an inbox) | [5 s](INLINE_DEADLINE) | `Inline::with_deadline` |
//! | simultaneous handlers | [16](CONCURRENCY) | `Worker::with_concurrency` |
//! | time of one attempt of a handler | [60 s](HANDLER_DEADLINE) | `Worker::with_handler_deadline` |
//! | attempts per event | [25](ATTEMPTS) | `Worker::with_retry_policy` |
//! | delay before the first retry and before the last, reduced by a random part of up to a quarter | [1 s](FIRST_RETRY), [12 h](LAST_RETRY) | `Worker::with_retry_policy` |
//! | delay after the end of a process has interrupted an event for the second time, doubled each further time | [1 s](FIRST_INTERRUPTED_RETRY) to [10 min](LAST_INTERRUPTED_RETRY) | not a setting |
//! | retention of the ids of handled events, to recognize duplicates | [7 days](HORIZON) | `Worker::with_horizon` |
//! | retention of dead letters | [until they are requeued or discarded](DEAD_LETTER_RETENTION) | `Worker::with_dead_letter_retention` |
//! | time between canaries | [60 s](CANARY_PERIOD) | `Worker::with_canary`, `Canary::with_period` |
//! | silence of a worker until it counts as dead | [60 s](WORKER_SILENCE) | `Monitor::with_worker_deadline` |
//! | time of a drain | [30 s](DRAIN) | `Server::with_drain`, `Worker::with_drain` |
//! | lease of an event, with JetStream only; renewed while its handler runs | [2 min](NATS_LEASE) | `Nats::open_with_lease` |
//!
//! These values cannot be set:
//!
//! - With JetStream, an inbox has 32 partitions and recognizes duplicates for 2 hours.
//! - A 503 has `Retry-After: 60` after a failure, and `10` if the cause is short (memory limit, drain).
//! - An HTTP/2 connection has at most 16 concurrent streams.
//! - The head of a request has at most [100 fields](HEADER_FIELDS).
//! - A body of which no byte comes for [2 s](STALL_DEADLINE) is refused, if its connection has sent no verified event.
//! - Heads whose bodies have not come, and connections without a verified event, use at most [12 MiB](UNVERIFIED_BUDGET).

use std::time::Duration;

/// How long the head of a request may take, and how long a connection may last without a request answered with 2xx.
pub const HEADER_DEADLINE: Duration = Duration::from_secs(5);
/// How long a connection stays open between requests, after a request was answered with 2xx.
pub const IDLE_DEADLINE: Duration = Duration::from_secs(2 * 60);
/// The largest head of a request, in bytes.
pub const HEADER_LIMIT: usize = 16 * 1024;
/// The largest number of fields in the head of a request.
pub const HEADER_FIELDS: usize = 100;
/// How long no byte of a body may come, on a connection that has sent no verified event.
pub const STALL_DEADLINE: Duration = Duration::from_secs(2);
/// The largest memory of heads whose bodies have not come and of connections without a verified event, in bytes.
pub const UNVERIFIED_BUDGET: usize = 12 * 1024 * 1024;
/// The largest number of simultaneous connections, and of simultaneous requests.
pub const CONNECTIONS: usize = 4_096;
/// How long a body may take.
pub const BODY_DEADLINE: Duration = Duration::from_secs(10);
/// The largest body, in bytes.
pub const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// The largest total size of all bodies in memory, in bytes.
pub const BODY_BUDGET: usize = 64 * 1024 * 1024;
/// How long storing may take before the answer is 503.
pub const STORE_DEADLINE: Duration = Duration::from_secs(2);
/// How long a handler may take while the sender waits for it.
pub const INLINE_DEADLINE: Duration = Duration::from_secs(5);
/// The largest number of handlers that run at the same time.
pub const CONCURRENCY: usize = 16;
/// How long one attempt of a handler may take.
pub const HANDLER_DEADLINE: Duration = Duration::from_secs(60);
/// The largest number of attempts per event.
pub const ATTEMPTS: u32 = 25;
/// The delay between the first failure and the next attempt.
pub const FIRST_RETRY: Duration = Duration::from_secs(1);
/// The delay before the last attempt.
pub const LAST_RETRY: Duration = Duration::from_secs(12 * 60 * 60);
/// The delay after the end of a process has interrupted an event for the second time. Doubled each further time.
pub const FIRST_INTERRUPTED_RETRY: Duration = Duration::from_secs(1);
/// The longest delay after the end of a process has interrupted an event.
pub const LAST_INTERRUPTED_RETRY: Duration = Duration::from_secs(10 * 60);
/// How long the id of a handled event is kept.
pub const HORIZON: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long a dead letter is kept; `None` until it is requeued or discarded.
pub const DEAD_LETTER_RETENTION: Option<Duration> = None;
/// The time between two canaries.
pub const CANARY_PERIOD: Duration = Duration::from_secs(60);
/// How long a worker may be silent before it counts as dead.
pub const WORKER_SILENCE: Duration = Duration::from_secs(60);
/// How long a server or a worker may take to shut down.
pub const DRAIN: Duration = Duration::from_secs(30);
/// How long an event in JetStream is leased before it is redelivered.
pub const NATS_LEASE: Duration = Duration::from_secs(2 * 60);
