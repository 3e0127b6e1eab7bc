//! The durable receiver for Kustomer: it stores each event before it acknowledges it.

use std::fmt;
use std::future::poll_fn;
use std::panic::resume_unwind;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use asyncapi_receiver::http::Receiver;
use asyncapi_receiver::inbox::{EventFields, FieldPath, Inbox};
use asyncapi_receiver::server::{Canary, Monitor, Server};
use asyncapi_receiver::verify::{HmacSha256Hex, SecretError};
use asyncapi_receiver::worker::ShutdownOutcome;
use asyncapi_receiver::{CanaryToken, Durable, Worker};
use asyncapi_runtime::Dispatch;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::{Dispatcher, Handler, verifier};

/// The locations of the fields of a Kustomer event that the inbox needs.
///
/// | field | JSON pointer | use |
/// |---|---|---|
/// | id | `/id` | deduplication |
/// | name | `/name` | lists and logs |
/// | key | `/data/id` | events of one resource are handled in order |
/// | revision | `/data/attributes/rev` | an integer that grows by one with each change |
/// | revision before | `/changes/attributes/rev/before` | detects gaps and stale events; only in updates |
///
/// The source is samples of delivered events. The document does not state what these fields mean.
#[must_use]
pub fn event_fields() -> EventFields {
    EventFields::new()
        .with_id(FieldPath::payload("/id"))
        .with_name(FieldPath::payload("/name"))
        .with_key(FieldPath::payload("/data/id"))
        .with_revision(FieldPath::payload("/data/attributes/rev"))
        .with_revision_before(FieldPath::payload("/changes/attributes/rev/before"))
}

/// Creates a receiver that stores each event in the inbox before it acknowledges it, and calls the handler later.
///
/// # Errors
///
/// [`SecretError`] if there is no token, or if a token is empty.
///
/// # Examples
///
/// ```no_run
/// # #[cfg(feature = "sqlite")]
/// # mod example {
/// use kustomer_webhooks::asyncapi_receiver::inbox::Sqlite;
/// use kustomer_webhooks::runtime::BoxError;
/// use kustomer_webhooks::asyncapi_receiver::server::terminated;
/// use kustomer_webhooks::{Handler, durable};
/// use tokio::net::TcpListener;
///
/// async fn serve(crm: impl Handler + 'static, token: String) -> Result<(), BoxError> {
///     let inbox = Sqlite::open("/var/lib/crm/inbox.sqlite")?;
///     let listener = TcpListener::bind(("127.0.0.1", 8080)).await?;
///     durable(crm, [token], inbox)?.run(listener, terminated()).await;
///     Ok(())
/// }
/// # }
/// # fn main() {}
/// ```
pub fn durable<H: Handler + 'static>(
    handler: H,
    tokens: impl IntoIterator<Item = impl Into<Vec<u8>>>,
    inbox: impl Inbox + 'static,
) -> Result<DurableReceiver<Dispatcher<H>>, SecretError> {
    Ok(DurableReceiver::new(Dispatcher::new(handler), verifier(tokens)?, inbox))
}

/// Receives, stores and acknowledges events, and then handles them. Created by [`durable`].
///
/// **Guaranteed**, with an inbox that survives the process, such as `inbox::Sqlite`:
///
/// - No event is acknowledged before it is durable.
/// - Every stored event is handled at least once, or becomes a dead letter with its reason. A dead letter can be retried
///   after the cause is corrected.
/// - At most one completion is recorded for each event id within the deduplication horizon. The default horizon is 7 days.
///   With a JetStream of NATS it is 2 hours.
/// - Events of one resource (`data.id`) are handled in order of arrival. [`Context::freshness`] reports gaps and stale
///   events.
/// - The response to Kustomer does not depend on the handler. So a failing handler cannot disable the webhook.
///
/// **Not guaranteed**: the order in which the events occurred, and exactly-once handling. Handlers must be idempotent. Use
/// [`Context::event_id`] to detect a repeated event.
///
/// The limits and their defaults are those of [`Server`], [`Receiver`] and [`Worker`]. To change them:
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # fn build<H: kustomer_webhooks::Handler + 'static>(handler: H, inbox: kustomer_webhooks::asyncapi_receiver::inbox::Sqlite)
/// # -> Result<(), kustomer_webhooks::asyncapi_receiver::verify::SecretError> {
/// use std::time::Duration;
///
/// let receiver = kustomer_webhooks::durable(handler, ["token"], inbox)?
///     .with_worker(|worker| worker.with_concurrency(4))
///     .with_server(|server| server.with_drain(Duration::from_secs(10)));
/// # drop(receiver);
/// # Ok(())
/// # }
/// ```
///
/// [`Context::freshness`]: crate::Context::freshness
/// [`Context::event_id`]: crate::Context::event_id
pub struct DurableReceiver<D> {
    inbox: Arc<dyn Inbox>,
    receiver: Receiver<Durable<Arc<dyn Inbox>>>,
    worker: Worker<D>,
    verifier: HmacSha256Hex,
    canary_token: CanaryToken,
    configure_server: Box<dyn FnOnce(DurableServer) -> DurableServer + Send>,
    configure_monitor: Box<dyn Fn(Monitor) -> Monitor + Send>,
    monitor_placement: MonitorPlacement,
    /// All monitors are clones of this one, so all report the drain.
    monitor: Monitor,
}

/// The server of a [`DurableReceiver`].
pub type DurableServer = Server<Durable<Arc<dyn Inbox>>>;

/// The parts of a [`DurableReceiver`], to run them in your own server. Without the endpoint no event is received, and without
/// the worker no event is handled.
#[derive(Debug)]
pub struct ServerParts<D> {
    /// Receives events. It is a tower service for one route.
    pub endpoint: Receiver<Durable<Arc<dyn Inbox>>>,
    /// Handles stored events. It sends no canaries.
    pub worker: Worker<D>,
    /// Answers `/livez`, `/readyz` and `/metrics` on a separate listener.
    pub monitor: Monitor,
    /// Sends canaries to the URL of the endpoint, to test the complete path. `None` if canaries are turned off for the worker.
    pub canary: Option<Canary>,
}

/// Where `/livez`, `/readyz` and `/metrics` are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MonitorPlacement {
    /// On the listener of the receiver.
    #[default]
    Shared,
    /// Not on the listener of the receiver, so that senders cannot reach them. Serve [`DurableReceiver::monitor`] on
    /// another listener.
    Separate,
}

impl<D: Dispatch + 'static> DurableReceiver<D> {
    /// Like [`durable`], but with any dispatcher instead of a [`Handler`], for example to forward events without decoding.
    #[must_use]
    pub fn new(dispatch: D, verifier: HmacSha256Hex, inbox: impl Inbox + 'static) -> Self {
        let inbox: Arc<dyn Inbox> = Arc::new(inbox);
        let canary_token = CanaryToken::random();
        let durable = Durable::new(Arc::clone(&inbox), event_fields()).with_canary(canary_token.clone());
        Self {
            receiver: Receiver::new(durable, verifier.clone()),
            worker: Worker::new(Arc::clone(&inbox), dispatch),
            verifier,
            canary_token,
            configure_server: Box::new(|server| server),
            configure_monitor: Box::new(|monitor| monitor),
            monitor_placement: MonitorPlacement::default(),
            monitor: Monitor::new(),
            inbox,
        }
    }

    /// Changes the options of the worker, which handles events.
    #[must_use]
    pub fn with_worker(mut self, change: impl FnOnce(Worker<D>) -> Worker<D>) -> Self {
        self.worker = change(self.worker);
        self
    }

    /// Changes the options for storing events.
    #[must_use]
    pub fn with_durable(mut self, change: impl FnOnce(Durable<Arc<dyn Inbox>>) -> Durable<Arc<dyn Inbox>>) -> Self {
        self.receiver = self.receiver.with_accept(change);
        self
    }

    /// Changes the options of the endpoint, for example the limits of a body.
    #[must_use]
    pub fn with_receiver(
        mut self,
        change: impl FnOnce(Receiver<Durable<Arc<dyn Inbox>>>) -> Receiver<Durable<Arc<dyn Inbox>>>,
    ) -> Self {
        self.receiver = change(self.receiver);
        self
    }

    /// Changes the options of the server, for example the limits of connections.
    #[must_use]
    pub fn with_server(mut self, change: impl FnOnce(DurableServer) -> DurableServer + Send + 'static) -> Self {
        let previous = self.configure_server;
        self.configure_server = Box::new(|server| change(previous(server)));
        self
    }

    /// Changes the options of the monitor. A second call replaces the first.
    #[must_use]
    pub fn with_monitor(mut self, change: impl Fn(Monitor) -> Monitor + Send + 'static) -> Self {
        self.configure_monitor = Box::new(change);
        self
    }

    /// Sets where `/livez`, `/readyz` and `/metrics` are served. Default: [`MonitorPlacement::Shared`].
    #[must_use]
    pub fn with_monitor_placement(mut self, placement: MonitorPlacement) -> Self {
        self.monitor_placement = placement;
        self
    }

    /// Creates a monitor of this receiver for a separate listener. Call it after all other options are set.
    #[must_use]
    pub fn monitor(&self) -> Monitor {
        let monitor = self.monitor.clone().with_inbox(Arc::clone(&self.inbox)).with_worker_health(self.worker.health());
        (self.configure_monitor)(monitor.with_response_counts(self.receiver.response_counts()))
    }

    /// Splits the receiver into the endpoint and the worker, without a monitor and a canary. See also
    /// [`into_server_parts`](Self::into_server_parts).
    #[must_use]
    pub fn into_receiver_and_worker(self) -> (Receiver<Durable<Arc<dyn Inbox>>>, Worker<D>) {
        (self.receiver, self.worker)
    }

    /// Splits the receiver into all its parts, for your own server. Timeouts, limits and the drain are then the job of that
    /// server. See [`http`](asyncapi_receiver::http#in-a-server-of-your-own).
    ///
    /// ```no_run
    /// # #[cfg(feature = "sqlite")]
    /// # mod example {
    /// use kustomer_webhooks::runtime::BoxError;
    /// use kustomer_webhooks::asyncapi_receiver::{inbox::Sqlite, server::terminated};
    /// use kustomer_webhooks::{Handler, ServerParts, durable};
    /// use tokio::net::TcpListener;
    ///
    /// async fn serve(crm: impl Handler + 'static, token: String, inbox: Sqlite) -> Result<(), BoxError> {
    ///     let ServerParts { endpoint, worker, monitor, canary } = durable(crm, [token], inbox)?.into_server_parts();
    ///     let working = tokio::spawn(worker.run(terminated()));
    ///     let monitor_listener = TcpListener::bind(("127.0.0.1", 9090)).await?;
    ///     tokio::spawn(monitor.serve(monitor_listener, std::future::pending()));
    ///
    ///     let router = axum::Router::new().route_service("/kustomer", endpoint);
    ///     let listener = TcpListener::bind(("127.0.0.1", 8080)).await?;
    ///     if let Some(canary) = canary {
    ///         tokio::spawn(canary.run("http://127.0.0.1:8080/kustomer", terminated()));
    ///     }
    ///     axum::serve(listener, router).with_graceful_shutdown(terminated()).await?;
    ///     working.await?;
    ///     Ok(())
    /// }
    /// # }
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn into_server_parts(self) -> ServerParts<D> {
        let monitor = self.monitor();
        let (worker, canary) = with_http_canary(self.worker, self.canary_token, self.verifier);
        ServerParts { endpoint: self.receiver, worker, monitor, canary }
    }

    /// Receives and handles events until `stop` completes or another process has taken over the inbox. Then it drains: open
    /// requests are answered, and running handlers may finish. During the drain, each [`monitor`](Self::monitor) reports that
    /// the receiver is not ready.
    ///
    /// # Panics
    ///
    /// If the worker panics, which is a bug. Stored events stay stored.
    pub async fn run(self, listener: TcpListener, stop: impl Future<Output = ()> + Send) -> ShutdownOutcome {
        let mut server = Server::new(self.receiver.clone());
        if self.monitor_placement == MonitorPlacement::Shared {
            server = server.with_monitor(self.monitor());
        }
        let (worker, canary) = with_http_canary(self.worker, self.canary_token, self.verifier);
        let (drain, monitor) = (worker.drain(), self.monitor);
        if let Some(canary) = canary {
            server = server.with_canary(canary);
        }
        let server = (self.configure_server)(server);
        let (worker_stop, mut worker_stopped) = watch::channel(());
        // The worker stops when the channel closes, so it also stops when this future is dropped.
        let mut working = tokio::spawn(worker.run(async move { while worker_stopped.changed().await.is_ok() {} }));
        let (mut worker_stop, mut worker_outcome, mut deadline) = (Some(worker_stop), None, None);
        let mut stop = pin!(stop);
        let shutdown = poll_fn(|cx| {
            if let Poll::Ready(outcome) = Pin::new(&mut working).poll(cx) {
                worker_outcome = Some(outcome);
            } else if stop.as_mut().poll(cx).is_ready() {
                drop(worker_stop.take());
            } else {
                return Poll::Pending;
            }
            monitor.drain();
            deadline = Some(Instant::now() + drain);
            Poll::Ready(())
        });
        server.serve(listener, shutdown).await;
        let outcome = match worker_outcome {
            Some(outcome) => outcome,
            None => working.await,
        };
        if let Some(deadline) = deadline {
            // Events may have arrived while the worker ended. A failed checkpoint loses nothing: the events are stored already.
            let _ignored = timeout_at(deadline, self.inbox.checkpoint()).await;
        }
        match outcome {
            Ok(outcome) => outcome,
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            // Only a runtime that shuts down aborts the worker, and it also aborts this future.
            Err(_aborted) => ShutdownOutcome::CutShort(0),
        }
    }
}

/// Replaces the canary of the worker by one over HTTP with the same period, so that it tests the complete path.
fn with_http_canary<D: Dispatch + 'static>(
    worker: Worker<D>,
    token: CanaryToken,
    verifier: HmacSha256Hex,
) -> (Worker<D>, Option<Canary>) {
    let canary = worker
        .canary()
        .map(|period| Canary::new(token, move |body| verifier.sign(body), worker.health()).with_period(period));
    (worker.with_canary(None), canary)
}

impl<D> fmt::Debug for DurableReceiver<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DurableReceiver")
            .field("receiver", &self.receiver)
            .field("worker", &self.worker)
            .field("monitor_placement", &self.monitor_placement)
            .finish_non_exhaustive()
    }
}
