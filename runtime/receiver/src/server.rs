//! An HTTP server for one receiver, with all timers and limits, and a monitor.
//!
//! ```no_run
//! # #[cfg(all(feature = "hmac", feature = "sqlite"))]
//! # mod example {
//! use std::sync::Arc;
//!
//! use asyncapi_receiver::http::Receiver;
//! use asyncapi_receiver::inbox::{EventFields, FieldPath, Sqlite};
//! use asyncapi_receiver::server::{Monitor, Server, terminated};
//! use asyncapi_receiver::verify::{HmacSha256Hex, Secret};
//! use asyncapi_runtime::{BoxError, Dispatch};
//! use asyncapi_receiver::{Durable, Worker};
//! use tokio::net::TcpListener;
//!
//! async fn serve(dispatch: impl Dispatch + 'static, token: String) -> Result<(), BoxError> {
//!     let inbox = Arc::new(Sqlite::open("inbox.sqlite")?);
//!     let event_fields = EventFields::new().with_id(FieldPath::payload("/id")).with_key(FieldPath::payload("/data/id"));
//!     let verifier = HmacSha256Hex::new("x-webhook-signature", [Secret::new(token)?])?;
//!     let receiver = Receiver::new(Durable::new(Arc::clone(&inbox), event_fields), verifier);
//!
//!     let worker = Worker::new(Arc::clone(&inbox), dispatch);
//!     let monitor = Monitor::new().with_inbox(inbox).with_worker_health(worker.health());
//!     let server = Server::new(receiver).with_monitor(monitor);
//!
//!     let listener = TcpListener::bind(("127.0.0.1", 8080)).await?;
//!     let working = tokio::spawn(worker.run(terminated()));
//!     server.serve(listener, terminated()).await;
//!     working.await?;
//!     Ok(())
//! }
//! # }
//! # fn main() {}
//! ```

mod canary;
mod connection;
mod idle_timeout;
mod metrics;
mod monitor;
mod signal;
mod unverified;

use std::fmt;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::http::Receiver;
use crate::{Accept, defaults};
use connection::ConnectionService;
use idle_timeout::Timeouts;
use unverified::Unverified;

pub use canary::Canary;
pub use monitor::Monitor;
pub use signal::terminated;

/// The smallest header limit in bytes: hyper panics below it.
const SMALLEST_HEADER_LIMIT: usize = 8 * 1024;

/// The delay before the next accept when the process has no file descriptors or memory left.
const BREATHER: Duration = Duration::from_millis(100);

/// Serves a [`Receiver`] over HTTP/1.1 and HTTP/2 (with prior knowledge: h2c). Use a proxy for TLS.
///
/// | limit | default | result above it |
/// |---|---|---|
/// | head of a request; time without a request before the first 2xx response | 5 s | the connection is closed |
/// | time without a request after a 2xx response | 2 min; 5 s while more than three quarters of the connections are in use | the connection is closed |
/// | size of a head | 16 KiB, 100 fields | 431 |
/// | body | 10 s, see [`Receiver::with_body_deadline`] | 408 |
/// | size of a body | 8 MiB, see [`Receiver::with_body_limit`] | 413 |
/// | bodies in memory | 64 MiB, see [`Receiver::with_body_budget`] | 503 |
/// | connections | 4,096 | new connections wait in the queue of the operating system |
/// | requests at once | the number of connections; an HTTP/2 connection has at most 16 | 503 for the oldest request whose body has not come |
/// | a body of which no byte comes, on a connection without a verified event | 2 s | 408 |
/// | memory of heads whose bodies have not come, and of connections without a verified event | 12 MiB | the oldest gives way: 503, or the connection is closed |
/// | drain | 30 s | the remaining connections are closed |
///
/// The process needs a few more file descriptors than connections (`ulimit -n`).
///
/// The memory of a large body returns to the operating system after the response, with every allocator.
///
/// When the server is stopped, it accepts no more connections, responds 503 with `Retry-After` to new requests on open
/// connections, lets running requests finish, and ends.
///
/// In your own server, use the [`Receiver`] as a `tower_service::Service`. That server then needs these limits itself,
/// except for bodies: see [`http`](crate::http#in-a-server-of-your-own).
pub struct Server<A> {
    receiver: Receiver<A>,
    monitor: Option<Monitor>,
    canary: Option<Canary>,
    timeouts: Timeouts,
    header_limit: usize,
    connections: usize,
    drain: Duration,
}

impl<A: Accept + 'static> Server<A> {
    /// A server for this receiver on all paths, with the defaults above.
    #[must_use]
    pub fn new(receiver: Receiver<A>) -> Self {
        Self {
            receiver,
            monitor: None,
            canary: None,
            timeouts: Timeouts { head: defaults::HEADER_DEADLINE, idle: defaults::IDLE_DEADLINE },
            header_limit: defaults::HEADER_LIMIT,
            connections: defaults::CONNECTIONS,
            drain: defaults::DRAIN,
        }
    }

    /// Serves `GET /livez`, `/readyz` and `/metrics` too. Default: not served. If the receiver is open to the internet,
    /// use a separate listener instead: [`Monitor::serve`].
    #[must_use]
    pub fn with_monitor(mut self, monitor: Monitor) -> Self {
        self.monitor = Some(monitor.with_response_counts(self.receiver.response_counts()));
        self
    }

    /// Sends canaries to itself while it serves. Default: no canaries.
    #[must_use]
    pub fn with_canary(mut self, canary: Canary) -> Self {
        self.canary = Some(canary);
        self
    }

    /// Sets the time limit for the head of a request, and for a connection without a request before its first 2xx
    /// response. Default: 5 s.
    #[must_use]
    pub fn with_header_deadline(mut self, deadline: Duration) -> Self {
        self.timeouts.head = deadline;
        self
    }

    /// Sets how long an idle connection stays open after a 2xx response. Default: 2 min.
    ///
    /// A request that is sent while its connection is being closed gets no response, and the sender repeats it. So this
    /// should be longer than the idle timeout of common clients. HTTP/2 announces the end of a connection.
    #[must_use]
    pub fn with_idle_deadline(mut self, deadline: Duration) -> Self {
        self.timeouts.idle = deadline;
        self
    }

    /// Sets the maximum size of the head of a request in bytes, at least 8 KiB. Each connection has one head in memory.
    /// Default: 16 KiB.
    #[must_use]
    pub fn with_header_limit(mut self, bytes: usize) -> Self {
        self.header_limit = bytes.max(SMALLEST_HEADER_LIMIT);
        self
    }

    /// Sets the maximum number of connections, and of requests at once. Default: 4,096.
    #[must_use]
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// Sets the time limit for running requests after the server is stopped. Default: 30 s.
    #[must_use]
    pub fn with_drain(mut self, drain: Duration) -> Self {
        self.drain = drain;
        self
    }

    /// Serves until `stop` completes, then drains.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()> + Send) {
        let (stopping, stopped) = watch::channel(false);
        let places = Arc::new(Semaphore::new(self.connections));
        let answering = ConnectionService {
            receiver: self.receiver,
            monitor: self.monitor.map(Arc::new),
            timeouts: self.timeouts,
            header_limit: self.header_limit,
            stopped,
            places: Arc::clone(&places),
            connections: self.connections,
            unverified: Unverified::new(self.connections, defaults::UNVERIFIED_BUDGET),
        };
        let mut stop = pin!(stop);
        let mut open = JoinSet::new();
        let mut canaries = JoinSet::new();
        if let (Some(canary), Ok(address)) = (self.canary, listener.local_addr()) {
            canaries.spawn(canary.send_all(address));
        }
        while let Some((stream, place)) = shutdown_or(stop.as_mut(), accept(&listener, &places)).await {
            let serving = answering.clone().serve(stream);
            open.spawn(async move {
                serving.await;
                drop(place);
            });
            while open.try_join_next().is_some() {}
        }
        drop(listener);
        canaries.abort_all();
        stopping.send_replace(true);
        if let Some(monitor) = &answering.monitor {
            monitor.drain();
        }
        drop(answering);
        let drained = tokio::time::timeout(self.drain, async { while open.join_next().await.is_some() {} }).await;
        if drained.is_err() {
            tracing::warn!(connections = open.len(), "connections still open at the end of the drain");
        }
    }
}

/// Accepts the next connection, when the number of connections is below the limit.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, impl Send + use<>) {
    let place = Arc::clone(places).acquire_owned().await;
    let mut is_logged = false;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                // Logged once, not ten times a second: the log may be on the disk of the inbox.
                if !is_logged {
                    tracing::error!(
                        %error,
                        "no connection accepted; too many open files ask for a higher limit (ulimit -n) or fewer connections"
                    );
                }
                is_logged = true;
                tokio::time::sleep(BREATHER).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// The output of `next`; `None` if `stop` completes first.
async fn shutdown_or<T>(stop: impl Future<Output = ()> + Unpin, next: impl Future<Output = T>) -> Option<T> {
    use futures_util::future::{Either, select};
    match select(stop, pin!(next)).await {
        Either::Left(_) => None,
        Either::Right((next, _)) => Some(next),
    }
}

impl<A> fmt::Debug for Server<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("receiver", &self.receiver)
            .field("timeouts", &self.timeouts)
            .field("header_limit", &self.header_limit)
            .field("connections", &self.connections)
            .field("drain", &self.drain)
            .finish_non_exhaustive()
    }
}
