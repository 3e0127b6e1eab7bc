//! The receiver that loses nothing that it acknowledged, wired for Kustomer.

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

/// Where Kustomer's events say what an inbox has to know.
///
/// The `id` of the event tells events apart, and `data.id` is what they are about, so that those of one customer are
/// handled one after the other. `data.attributes.rev` grows by one with each change, and updates tell the revision
/// before in `changes.attributes.rev`, so that gaps and stale events can be told. No document states this; it is what
/// delivered events show.
#[must_use]
pub fn event_fields() -> EventFields {
    EventFields::new()
        .with_id(FieldPath::payload("/id"))
        .with_name(FieldPath::payload("/name"))
        .with_key(FieldPath::payload("/data/id"))
        .with_revision(FieldPath::payload("/data/attributes/rev"))
        .with_revision_before(FieldPath::payload("/changes/attributes/rev/before"))
}

/// A receiver that stores each event in the inbox before it acknowledges it, and hands it to the handler later.
///
/// # Errors
///
/// [`SecretError`] when there is no token, or an empty one.
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

/// Receives, stores, acknowledges; then handles. Made by [`durable`].
///
/// **What is promised**, with an inbox that survives the process, such as `inbox::Sqlite`:
///
/// - No event is acknowledged before it is durable.
/// - Every stored event is handled at least once, or becomes a dead letter with its reason, to be handled again once
///   the cause is mended.
/// - At most one completion is recorded for an event's id within the deduplication horizon: 7 days, and 2 hours
///   where the inbox is a JetStream of NATS, which knows no more.
/// - Events of one resource (`data.id`) are handled in the order they arrived, and [`Context::freshness`] flags gaps and
///   stale ones among them.
/// - Nothing that a handler does changes what Kustomer is answered, so no event can have the webhook disabled.
///
/// **What is not**: the order in which the events occurred, and exactly once. Handlers have to be idempotent, by
/// [`Context::event_id`].
///
/// The limits and their defaults are those of [`Server`], [`Receiver`] and [`Worker`], and changed there:
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
    mark: CanaryToken,
    served: Box<dyn FnOnce(DurableServer) -> DurableServer + Send>,
    watched: Box<dyn Fn(Monitor) -> Monitor + Send>,
    monitored: MonitorPlacement,
    /// What all its monitors are made of, so that all are told of the drain.
    monitor: Monitor,
}

/// The server of a [`DurableReceiver`].
pub type DurableServer = Server<Durable<Arc<dyn Inbox>>>;

/// The parts of a [`DurableReceiver`], each to be run beside the others in a server of one's own. Without the worker
/// nothing is handled; without the endpoint nothing is received.
#[derive(Debug)]
pub struct ServerParts<D> {
    /// What receives: a tower service, for one route.
    pub endpoint: Receiver<Durable<Arc<dyn Inbox>>>,
    /// What handles. It puts no canaries of its own.
    pub worker: Worker<D>,
    /// What answers whether all is well, on a listener of its own.
    pub monitor: Monitor,
    /// What tries the whole way, once it is told the URL of the endpoint; `None` where the worker was to have none.
    pub canary: Option<Canary>,
}

/// Where `/livez`, `/readyz` and `/metrics` are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MonitorPlacement {
    /// By the server that receives.
    #[default]
    Here,
    /// Not by it: the world that can reach the receiver need not see them. See [`DurableReceiver::monitor`].
    Elsewhere,
}

impl<D: Dispatch + 'static> DurableReceiver<D> {
    /// The same for events that are not handled by a [`Handler`], as when they are passed on unread.
    #[must_use]
    pub fn new(dispatch: D, verifier: HmacSha256Hex, inbox: impl Inbox + 'static) -> Self {
        let inbox: Arc<dyn Inbox> = Arc::new(inbox);
        let mark = CanaryToken::random();
        let durable = Durable::new(Arc::clone(&inbox), event_fields()).with_canary(mark.clone());
        Self {
            receiver: Receiver::new(durable, verifier.clone()),
            worker: Worker::new(Arc::clone(&inbox), dispatch),
            verifier,
            mark,
            served: Box::new(|server| server),
            watched: Box::new(|monitor| monitor),
            monitored: MonitorPlacement::default(),
            monitor: Monitor::new(),
            inbox,
        }
    }

    /// Changes how events are handled.
    #[must_use]
    pub fn with_worker(mut self, change: impl FnOnce(Worker<D>) -> Worker<D>) -> Self {
        self.worker = change(self.worker);
        self
    }

    /// Changes how events are stored.
    #[must_use]
    pub fn with_durable(mut self, change: impl FnOnce(Durable<Arc<dyn Inbox>>) -> Durable<Arc<dyn Inbox>>) -> Self {
        self.receiver = self.receiver.with_accept(change);
        self
    }

    /// Changes how bodies are read.
    #[must_use]
    pub fn with_receiver(
        mut self,
        change: impl FnOnce(Receiver<Durable<Arc<dyn Inbox>>>) -> Receiver<Durable<Arc<dyn Inbox>>>,
    ) -> Self {
        self.receiver = change(self.receiver);
        self
    }

    /// Changes how connections are served.
    #[must_use]
    pub fn with_server(mut self, change: impl FnOnce(DurableServer) -> DurableServer + Send + 'static) -> Self {
        let before = self.served;
        self.served = Box::new(|server| change(before(server)));
        self
    }

    /// Changes what is watched.
    #[must_use]
    pub fn with_monitor(mut self, change: impl Fn(Monitor) -> Monitor + Send + 'static) -> Self {
        self.watched = Box::new(change);
        self
    }

    /// Sets where the monitor answers. Default: [`MonitorPlacement::Here`].
    #[must_use]
    pub fn monitored(mut self, monitored: MonitorPlacement) -> Self {
        self.monitored = monitored;
        self
    }

    /// Says whether this receiver is well, for a listener of its own. Take it once all else is set.
    #[must_use]
    pub fn monitor(&self) -> Monitor {
        let watched = self.monitor.clone().with_inbox(Arc::clone(&self.inbox)).with_worker_health(self.worker.health());
        (self.watched)(watched.with_response_counts(self.receiver.response_counts()))
    }

    /// The endpoint and the worker alone. What is to watch over them in a server of one's own comes with
    /// [`into_server_parts`](Self::into_server_parts).
    #[must_use]
    pub fn into_receiver_and_worker(self) -> (Receiver<Durable<Arc<dyn Inbox>>>, Worker<D>) {
        (self.receiver, self.worker)
    }

    /// All of it in parts, for a server of one's own. What is then that server's job (timers, caps, the drain) is told in
    /// [`http`](asyncapi_receiver::http#in-a-server-of-your-own).
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
    ///     let watched = TcpListener::bind(("127.0.0.1", 9090)).await?;
    ///     tokio::spawn(monitor.serve(watched, std::future::pending()));
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
        let (worker, canary) = with_canary_by_http(self.worker, self.mark, self.verifier);
        ServerParts { endpoint: self.receiver, worker, monitor, canary }
    }

    /// Receives and handles until `stop` is done or another process has taken over the inbox, then drains: requests
    /// that were begun are answered, handlers that run may finish. From then on its [`monitor`](Self::monitor)s say that
    /// it is not ready.
    ///
    /// # Panics
    ///
    /// Where the worker did, which is a bug. What is stored stays stored.
    pub async fn run(self, listener: TcpListener, stop: impl Future<Output = ()> + Send) -> ShutdownOutcome {
        let mut server = Server::new(self.receiver.clone());
        if self.monitored == MonitorPlacement::Here {
            server = server.with_monitor(self.monitor());
        }
        let (worker, canary) = with_canary_by_http(self.worker, self.mark, self.verifier);
        let (drain, monitor) = (worker.drain(), self.monitor);
        if let Some(canary) = canary {
            server = server.with_canary(canary);
        }
        let server = (self.served)(server);
        let (tell, mut told) = watch::channel(());
        // It is told by the end of the channel, so also when this future is dropped.
        let mut working = tokio::spawn(worker.run(async move { while told.changed().await.is_ok() {} }));
        let (mut tell, mut ended, mut over) = (Some(tell), None, None);
        let mut stop = pin!(stop);
        let either = poll_fn(|cx| {
            if let Poll::Ready(outcome) = Pin::new(&mut working).poll(cx) {
                ended = Some(outcome);
            } else if stop.as_mut().poll(cx).is_ready() {
                drop(tell.take());
            } else {
                return Poll::Pending;
            }
            monitor.drain();
            over = Some(Instant::now() + drain);
            Poll::Ready(())
        });
        server.serve(listener, either).await;
        let outcome = match ended {
            Some(outcome) => outcome,
            None => working.await,
        };
        if let Some(over) = over {
            // What came in while the worker ended. Whatever it comes to: what is stored is stored.
            let _whole_or_not = timeout_at(over, self.inbox.checkpoint()).await;
        }
        match outcome {
            Ok(ended) => ended,
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            // Nobody aborts it but a runtime that ends, and with it this.
            Err(_aborted) => ShutdownOutcome::CutShort(0),
        }
    }
}

/// A canary in place of the worker's own, as often, by HTTP, so that it goes the whole way.
fn with_canary_by_http<D: Dispatch + 'static>(
    worker: Worker<D>,
    mark: CanaryToken,
    signing: HmacSha256Hex,
) -> (Worker<D>, Option<Canary>) {
    let canary = worker
        .canary()
        .map(|period| Canary::new(mark, move |body| signing.sign(body), worker.health()).with_period(period));
    (worker.with_canary(None), canary)
}

impl<D> fmt::Debug for DurableReceiver<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DurableReceiver")
            .field("receiver", &self.receiver)
            .field("worker", &self.worker)
            .field("monitored", &self.monitored)
            .finish_non_exhaustive()
    }
}
