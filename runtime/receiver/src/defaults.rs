//! Every limit of a receiver as it is unless it is set otherwise.
//!
//! | what | default | set by |
//! |---|---|---|
//! | head of a request, and a connection on which none was answered 2xx | [5 s](HEADER_DEADLINE) | `Server::with_header_deadline` |
//! | a connection between requests, once one was | [2 min](IDLE_DEADLINE) | `Server::with_idle_deadline` |
//! | size of the head of a request | [64 KiB](HEADER_LIMIT) | `Server::with_header_limit` |
//! | connections at once, and requests | [4,096](CONNECTIONS) | `Server::with_connections` |
//! | body, from its first byte to its last | [10 s](BODY_DEADLINE) | `Receiver::with_body_deadline` |
//! | size of a body | [8 MiB](BODY_LIMIT) | `Receiver::with_body_limit` |
//! | bodies in memory together, from their first byte until the answer | [64 MiB](BODY_BUDGET) | `Receiver::with_body_budget` |
//! | storing a delivery | [2 s](STORE_DEADLINE) | `Durable::with_store_deadline` |
//! | handling while the sender waits (without a store) | [5 s](INLINE_DEADLINE) | `Inline::with_deadline` |
//! | handlers at once | [16](CONCURRENCY) | `Worker::with_concurrency` |
//! | one attempt of a handler | [60 s](HANDLER_DEADLINE) | `Worker::with_handler_deadline` |
//! | attempts | [8](ATTEMPTS) | `Worker::with_retry_policy` |
//! | between attempts, at first and at last, less up to a quarter at random | [1 s](FIRST_RETRY), [10 min](LAST_RETRY) | `Worker::with_retry_policy` |
//! | after the end of a process that interrupted an event for the second time and more, doubled each time | [1 s](FIRST_INTERRUPTED_RETRY) to [10 min](LAST_INTERRUPTED_RETRY) | not a setting |
//! | ids of done events, so that duplicates are known | [7 days](HORIZON) | `Worker::with_horizon` |
//! | dead letters | [until somebody sees to them](DEAD_LETTER_RETENTION) | `Worker::with_dead_letter_retention` |
//! | between canaries | [60 s](CANARY_PERIOD) | `Worker::with_canary`, `Canary::with_period` |
//! | a silent worker, until it is taken for dead | [60 s](WORKER_SILENCE) | `Monitor::with_worker_deadline` |
//! | drain, once told to stop | [30 s](DRAIN) | `Server::with_drain`, `Worker::with_drain` |
//! | lease of an event, in a JetStream only; renewed while its handler runs | [2 min](NATS_LEASE) | `Nats::open_with_lease` |
//!
//! Not settings: a JetStream has 32 partitions and knows duplicates for 2 hours; a 503 says `Retry-After: 60` where
//! something failed, and `10` where it soon passes (memory, a drain); one HTTP/2 connection has 100 streams.

use std::time::Duration;

/// How long the head of a request may take, and how long a connection may be without one before any was answered 2xx.
pub const HEADER_DEADLINE: Duration = Duration::from_secs(5);
/// How long a connection is kept between requests, once one was answered 2xx.
pub const IDLE_DEADLINE: Duration = Duration::from_secs(2 * 60);
/// How many bytes the head of a request may have.
pub const HEADER_LIMIT: usize = 64 * 1024;
/// How many connections there may be at once, and how many requests.
pub const CONNECTIONS: usize = 4_096;
/// How long a body may take.
pub const BODY_DEADLINE: Duration = Duration::from_secs(10);
/// How many bytes a body may have.
pub const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// How many bytes all bodies in memory may have together.
pub const BODY_BUDGET: usize = 64 * 1024 * 1024;
/// How long storing may take before the sender is told to try again.
pub const STORE_DEADLINE: Duration = Duration::from_secs(2);
/// How long a handler may take while the sender waits for it.
pub const INLINE_DEADLINE: Duration = Duration::from_secs(5);
/// How many handlers run at once.
pub const CONCURRENCY: usize = 16;
/// How long one attempt of a handler may take.
pub const HANDLER_DEADLINE: Duration = Duration::from_secs(60);
/// How often an event is tried.
pub const ATTEMPTS: u32 = 8;
/// How long after the first failure it is tried again.
pub const FIRST_RETRY: Duration = Duration::from_secs(1);
/// How long before the last attempt.
pub const LAST_RETRY: Duration = Duration::from_secs(10 * 60);
/// How long an event waits that was interrupted by the end of its process for the second time. Doubled each time.
pub const FIRST_INTERRUPTED_RETRY: Duration = Duration::from_secs(1);
/// The longest time that an event waits after the end of its process interrupted it.
pub const LAST_INTERRUPTED_RETRY: Duration = Duration::from_secs(10 * 60);
/// How long the id of a done event is kept.
pub const HORIZON: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long a dead letter is kept; `None` for as long as nobody requeues or discards it.
pub const DEAD_LETTER_RETENTION: Option<Duration> = None;
/// How long after one canary the next is sent.
pub const CANARY_PERIOD: Duration = Duration::from_secs(60);
/// How long a worker may be silent before it is taken for dead.
pub const WORKER_SILENCE: Duration = Duration::from_secs(60);
/// How long a server or a worker may take to end once it is told to.
pub const DRAIN: Duration = Duration::from_secs(30);
/// How long an event of a JetStream is its worker's before it comes again.
pub const NATS_LEASE: Duration = Duration::from_secs(2 * 60);
