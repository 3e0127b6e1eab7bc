//! A server for one receiver, with every timer and limit set, and what watches over it.
//!
//! ```no_run
//! # #[cfg(all(feature = "hmac", feature = "sqlite"))]
//! # mod example {
//! use std::sync::Arc;
//!
//! use asyncapi_runtime::http::Receiver;
//! use asyncapi_runtime::inbox::{EventFields, FieldPath, Sqlite};
//! use asyncapi_runtime::server::{Monitor, Server, terminated};
//! use asyncapi_runtime::verify::{HmacSha256Hex, Secret};
//! use asyncapi_runtime::{BoxError, Dispatch, Durable, Worker};
//! use tokio::net::TcpListener;
//!
//! async fn serve(dispatch: impl Dispatch + 'static, token: String) -> Result<(), BoxError> {
//!     let inbox = Arc::new(Sqlite::open("inbox.sqlite")?);
//!     let event_fields = EventFields::new().with_id(FieldPath::pointer("/id")).with_key(FieldPath::pointer("/data/id"));
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

pub use canary::Canary;
pub use monitor::Monitor;
pub use signal::terminated;

/// hyper refuses a smaller one by a panic.
const SMALLEST_HEADER_LIMIT: usize = 8 * 1024;

/// How long to wait when there are no more file descriptors, or no more memory.
const BREATHER: Duration = Duration::from_millis(100);

/// Serves a [`Receiver`] over HTTP/1.1 and HTTP/2 (by prior knowledge: h2c). TLS is a proxy's job.
///
/// | limit | default | beyond it |
/// |---|---|---|
/// | head of a request, and a connection on which none was answered 2xx | 5 s | the connection is closed |
/// | between requests, once one was | 2 min; 5 s while fewer than a quarter of the connections are left | the connection is closed |
/// | size of a head | 64 KiB | 431 |
/// | body | 10 s, see [`Receiver::with_body_deadline`] | 408 |
/// | size of a body | 8 MiB, see [`Receiver::with_body_limit`] | 413 |
/// | bodies in memory | 64 MiB, see [`Receiver::with_body_budget`] | 503 |
/// | connections | 4,096 | they wait in the system's queue |
/// | requests at once, of which HTTP/2 has several a connection | as many as connections | 503 |
/// | drain | 30 s | the connections that are left are closed |
///
/// The process needs as many file descriptors as connections, and some more (`ulimit -n`).
///
/// What large bodies took is the system's again once they are answered, whatever the allocator is: they are in pages of
/// their own.
///
/// When it is told to stop it takes no connection any more, answers 503 with `Retry-After` to requests that come
/// on those it has, lets those that were begun finish, and ends.
///
/// In a team's own server the [`Receiver`] is a `tower_service::Service`, and all of this is that server's
/// job, except for the bodies: see [`http`](crate::http#in-a-server-of-your-own).
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
    /// A server of this receiver, on any path, with the defaults above.
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

    /// Answers `GET` of `/livez`, `/readyz` and `/metrics` too. Default: it does not. Where the receiver is open
    /// to the world, rather give it a listener of its own: [`Monitor::serve`].
    #[must_use]
    pub fn with_monitor(mut self, monitor: Monitor) -> Self {
        self.monitor = Some(monitor.with_response_counts(self.receiver.response_counts()));
        self
    }

    /// Sends these canaries to itself for as long as it serves. Default: it sends none.
    #[must_use]
    pub fn with_canary(mut self, canary: Canary) -> Self {
        self.canary = Some(canary);
        self
    }

    /// Sets how long the head of a request may take, and how long a connection may be without one before any was
    /// answered 2xx. Default: 5 s.
    #[must_use]
    pub fn with_header_deadline(mut self, deadline: Duration) -> Self {
        self.timeouts.head = deadline;
        self
    }

    /// Sets how long a connection is kept between requests, once one of them was answered 2xx. Default: 2 min.
    ///
    /// A request that is sent just as its connection is closed has no answer, and comes again. So this is longer than
    /// clients commonly keep connections, and they close them first. Over HTTP/2 the end is announced.
    #[must_use]
    pub fn with_idle_deadline(mut self, deadline: Duration) -> Self {
        self.timeouts.idle = deadline;
        self
    }

    /// Sets how many bytes the head of a request may have, of which there is one in memory a connection: at least
    /// 8 KiB. Default: 64 KiB.
    #[must_use]
    pub fn with_header_limit(mut self, bytes: usize) -> Self {
        self.header_limit = bytes.max(SMALLEST_HEADER_LIMIT);
        self
    }

    /// Sets how many connections, and how many requests, there may be at once. Default: 4,096.
    #[must_use]
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// Sets how long requests that were begun have to finish once the server is told to stop. Default: 30 s.
    #[must_use]
    pub fn with_drain(mut self, drain: Duration) -> Self {
        self.drain = drain;
        self
    }

    /// Serves until `stop` is done, then drains.
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
            requests: Arc::new(Semaphore::new(self.connections)),
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
            tracing::warn!(connections = open.len(), "connections still open when the drain was over");
        }
    }
}

/// The next connection, once there is a place for it.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, impl Send + use<>) {
    let place = Arc::clone(places).acquire_owned().await;
    let mut told = false;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                // Once, not ten times a second: a log may be on the same disk as the inbox.
                if !told {
                    tracing::error!(
                        %error,
                        "no connection accepted; too many open files ask for a higher limit (ulimit -n) or fewer connections"
                    );
                }
                told = true;
                tokio::time::sleep(BREATHER).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// What the second brings, unless the first is done before.
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
