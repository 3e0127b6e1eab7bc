//! Liveness, readiness and metrics of a receiver over HTTP.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::{AbortHandle, JoinSet};

use super::metrics;
use crate::defaults;
use crate::http::ResponseCounts;
use crate::inbox::{Inbox, Stats};
use crate::worker::WorkerHealth;

/// The time limit for the statistics of the inbox, the same as for storing a delivery.
const INBOX_DEADLINE: Duration = Duration::from_secs(2);

/// How old a reported state of the inbox may be.
const MAX_AGE: Duration = Duration::from_secs(1);

/// The largest number of connections to a listener of the monitor. One more closes the oldest.
const CONNECTIONS: usize = 64;

/// Reports the health of a receiver.
///
/// | path | response |
/// |---|---|
/// | `/livez` | 200; 503 if the worker has not looked for events for a minute: restart the process |
/// | `/readyz` | 200; 503 while the server drains, or when no event could be stored now, for example because the disk is full, the file is damaged, or the inbox does not answer within 2 seconds |
/// | `/metrics` | metrics in the text format of Prometheus |
///
/// The inbox is asked at most once per second, however many requests there are. A request costs the same whatever the
/// inbox contains. [`serve`](Self::serve) keeps at most 64 connections, and closes the oldest for another one.
///
/// **Silence is an alarm.** Alert on these conditions. Acknowledged events are stored meanwhile, and most senders
/// repeat other events for about an hour.
///
/// | condition | what it means | what to do |
/// |---|---|---|
/// | `absent(asyncapi_inbox_up) or asyncapi_inbox_up == 0` | the receiver or its inbox does not respond | start it, or read in the log why it cannot store: a full disk, a moved or locked file, no NATS server |
/// | `asyncapi_inbox_last_event_seconds > 3600` | longer than the sender is usually silent: the webhook may be disabled or missing | check the webhook at the sender, and ask the sender for the missing events |
/// | `asyncapi_inbox_oldest_pending_seconds > 900` | handlers fail or are too slow | read `attempt failed` in the log; repair the handlers, or run more at once. No event is lost |
/// | `asyncapi_worker_heartbeat_seconds > 60` | the worker is dead, or its threads are blocked | restart the process: interrupted events are tried again |
/// | `asyncapi_canary_seconds > 180` | canaries do not arrive | read `canary not …` in the log; without such a line, the worker does not work |
/// | `asyncapi_inbox_dead > 0` | there are dead letters | list them with their reasons, repair the handler or the document, requeue them |
/// | `increase(asyncapi_answers_total{answer="too_large"}[1h]) > 0` | a body is too large, and is rejected at each repetition | raise the body limit and the body budget within an hour |
/// | `increase(asyncapi_answers_total{status="503"}[10m]) > 0` | storing fails, or the memory budget is used up | `not_accepted`: as in the first row; `busy`: too many requests or a small budget; `draining`: a restart, no action |
/// | `increase(asyncapi_answers_total{status="401"}[10m]) > 0` | the token was changed, or the requests are forged | compare the token with the sender; accept the old and the new token for a while |
///
/// Canaries count as responses and attempts, not as events.
#[derive(Clone)]
pub struct Monitor {
    inbox: Option<Arc<dyn Inbox>>,
    health: Option<WorkerHealth>,
    response_counts: Option<ResponseCounts>,
    worker_deadline: Option<Duration>,
    max_age: Duration,
    draining: Arc<AtomicBool>,
    since: Instant,
    last: Arc<Mutex<Option<(Instant, InboxHealth)>>>,
}

/// The state of the inbox.
#[derive(Clone, Copy, Default)]
struct InboxHealth {
    /// `None` if they could not be read.
    stats: Option<Stats>,
    /// Whether an event could be stored.
    is_writable: bool,
}

impl Monitor {
    /// A monitor that always reports success.
    #[must_use]
    pub fn new() -> Self {
        Self {
            inbox: None,
            health: None,
            response_counts: None,
            worker_deadline: None,
            max_age: MAX_AGE,
            draining: Arc::default(),
            since: Instant::now(),
            last: Arc::default(),
        }
    }

    /// Reports on this inbox.
    #[must_use]
    pub fn with_inbox(mut self, inbox: impl Inbox + 'static) -> Self {
        self.inbox = Some(Arc::new(inbox));
        self
    }

    /// Reports on this worker.
    #[must_use]
    pub fn with_worker_health(mut self, health: WorkerHealth) -> Self {
        self.health = Some(health);
        self
    }

    /// Reports the responses of this receiver. [`Server::with_monitor`](super::Server::with_monitor) does that itself.
    #[must_use]
    pub fn with_response_counts(mut self, response_counts: ResponseCounts) -> Self {
        self.response_counts = Some(response_counts);
        self
    }

    /// Sets how long the worker may be silent before `/livez` fails. Default: 60 s.
    #[must_use]
    pub fn with_worker_deadline(mut self, deadline: Duration) -> Self {
        self.worker_deadline = Some(deadline);
        self
    }

    /// Sets how old the reported state of the inbox may be. Default: 1 s.
    #[must_use]
    pub fn with_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// Serves on a separate listener, which need not be public, until `stop` completes.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()> + Send) {
        let monitor = Arc::new(self);
        let mut stop = std::pin::pin!(stop);
        let mut open = JoinSet::new();
        let mut handles = VecDeque::new();
        while let Some(accepted) = super::shutdown_or(stop.as_mut(), listener.accept()).await {
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(super::BREATHER).await;
                continue;
            };
            handles.retain(|handle: &AbortHandle| !handle.is_finished());
            if handles.len() >= CONNECTIONS
                && let Some(oldest) = handles.pop_front()
            {
                oldest.abort();
            }
            let monitor = Arc::clone(&monitor);
            handles.push_back(open.spawn(async move {
                let service = service_fn(move |request| {
                    let monitor = Arc::clone(&monitor);
                    async move {
                        let answer = monitor.answer(&request).await;
                        Ok::<_, std::convert::Infallible>(
                            answer.unwrap_or_else(|| text_response(StatusCode::NOT_FOUND, "")),
                        )
                    }
                });
                let mut protocol = http1::Builder::new();
                protocol.timer(TokioTimer::new()).header_read_timeout(defaults::HEADER_DEADLINE);
                // Errors of a connection do not matter here.
                let _ended = protocol.serve_connection(TokioIo::new(stream), service).await;
            }));
            while open.try_join_next().is_some() {}
        }
    }

    /// The response to a request for one of the three paths; `None` for other requests.
    pub(super) async fn answer<B>(&self, request: &Request<B>) -> Option<Response<Full<Bytes>>> {
        if request.method() != Method::GET {
            return None;
        }
        match request.uri().path() {
            "/livez" => Some(self.livez()),
            "/readyz" => Some(self.readyz().await),
            "/metrics" => Some(self.metrics().await),
            _ => None,
        }
    }

    /// Makes `/readyz` fail from now on, in all clones: for your own server when it is stopped.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    fn livez(&self) -> Response<Full<Bytes>> {
        let deadline = self.worker_deadline.unwrap_or(defaults::WORKER_SILENCE);
        if self.health.as_ref().is_some_and(|health| health.heartbeat_age() > deadline) {
            text_response(StatusCode::SERVICE_UNAVAILABLE, "the worker is silent\n")
        } else {
            text_response(StatusCode::OK, "alive\n")
        }
    }

    async fn readyz(&self) -> Response<Full<Bytes>> {
        if self.draining.load(Ordering::Relaxed) {
            text_response(StatusCode::SERVICE_UNAVAILABLE, "draining\n")
        } else if self.inbox.is_some() && !self.inbox_health().await.is_writable {
            text_response(StatusCode::SERVICE_UNAVAILABLE, "no event can be stored\n")
        } else {
            text_response(StatusCode::OK, "ready\n")
        }
    }

    async fn metrics(&self) -> Response<Full<Bytes>> {
        let InboxHealth { mut stats, is_writable } = self.inbox_health().await;
        if let Some(stats) = &mut stats {
            // Without any event, the silence starts with the monitor.
            stats.last_event.get_or_insert_with(|| self.since.elapsed());
        }
        let is_up = self.inbox.is_some().then_some(is_writable);
        let text = metrics::render(is_up, stats, self.health.as_ref(), self.response_counts.as_ref());
        let mut response = Response::new(Full::from(text));
        let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        response
    }

    /// The state of the inbox. It is read once for all concurrent requests, and at most once in the maximum age, so that
    /// many requests do not slow the inbox.
    async fn inbox_health(&self) -> InboxHealth {
        let asked = Instant::now();
        let mut last = self.last.lock().await;
        if let Some((began, health)) = *last
            && (began > asked || began.elapsed() < self.max_age)
        {
            return health;
        }
        let began = Instant::now();
        let read = tokio::time::timeout(INBOX_DEADLINE, self.read_inbox_health()).await;
        let health = read.unwrap_or_default();
        *last = Some((began, health));
        health
    }

    async fn read_inbox_health(&self) -> InboxHealth {
        let Some(inbox) = &self.inbox else {
            return InboxHealth::default();
        };
        let stats = inbox.stats().await.ok();
        InboxHealth { stats, is_writable: stats.is_some() && inbox.check_writable().await.is_ok() }
    }
}

fn text_response(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

impl Default for Monitor {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor")
            .field("health", &self.health)
            .field("response_counts", &self.response_counts)
            .field("draining", &self.draining)
            .finish_non_exhaustive()
    }
}
