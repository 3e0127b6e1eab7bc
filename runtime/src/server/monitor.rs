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
use tokio::task::JoinSet;

use super::metrics;
use crate::defaults;
use crate::http::ResponseCounts;
use crate::inbox::{Inbox, Stats};
use crate::worker::WorkerHealth;

/// How long the inbox has to answer before it is taken for gone: as long as it has to store a delivery.
const INBOX_DEADLINE: Duration = Duration::from_secs(2);

/// Says whether a receiver is well.
///
/// | path | answer |
/// |---|---|
/// | `/livez` | 200; 503 once the worker has not looked for work for a minute, which a restart may cure |
/// | `/readyz` | 200; 503 while the server drains, or when the inbox does not answer within 2 seconds |
/// | `/metrics` | numbers in Prometheus' text format |
///
/// **Silence is an alarm.** What to be woken by, as conditions for Prometheus, and what to do then. What was acknowledged is
/// stored meanwhile; what was not is sent again for about an hour by most senders.
///
/// | condition | what it means | what to do |
/// |---|---|---|
/// | `absent(asyncapi_inbox_up) or asyncapi_inbox_up == 0` | nobody answers, or the inbox does not | start it; else the log says why it cannot store: room on the disk, the file where it was, nobody who holds it, a NATS server that answers |
/// | `asyncapi_inbox_last_event_seconds > 3600` | longer than the sender is ever silent: it may have disabled the webhook, or never have known it | look at the sender's side, and enable it by hand; what it did not send in between it has to be asked for |
/// | `asyncapi_inbox_oldest_pending_seconds > 900` | handlers are behind, or fail | `attempt failed` in the log says why; mend what they need, or allow more at once. Nothing is lost, and nothing has to be sent again |
/// | `asyncapi_worker_heartbeat_seconds > 60` | the worker is dead, or its threads are blocked | restart the process: what it worked on is handled again |
/// | `asyncapi_canary_seconds > 180` | what goes in does not come out | `canary not …` in the log says where it is stuck; with no such line, the worker |
/// | `asyncapi_inbox_dead > 0` | there is work for a person | list them with their reasons, mend the handler or the document, requeue them |
/// | `increase(asyncapi_answers_total{answer="too_large"}[1h]) > 0` | a body that never comes through, however often it is sent | raise the limit of bodies within the hour, and with it the budget |
/// | `increase(asyncapi_answers_total{status="503"}[10m]) > 0` | storing fails, or memory is short | `not_accepted`: as with the first; `busy`: a flood, or a budget that is too small; `draining`: a restart, and nothing to do |
/// | `increase(asyncapi_answers_total{status="401"}[10m]) > 0` | the token was changed, or somebody guesses | compare the token with the sender's; accept the old one and the new one for a while |
///
/// Canaries are counted among answers and attempts, not among events.
#[derive(Clone)]
pub struct Monitor {
    inbox: Option<Arc<dyn Inbox>>,
    health: Option<WorkerHealth>,
    response_counts: Option<ResponseCounts>,
    worker_deadline: Option<Duration>,
    draining: Arc<AtomicBool>,
    since: Instant,
    last: Arc<Mutex<Option<CachedStats>>>,
}

/// What the inbox said when it was last asked.
#[derive(Clone, Copy)]
struct CachedStats {
    began: Instant,
    stats: Option<Stats>,
}

impl Monitor {
    /// A monitor of nothing: always well.
    #[must_use]
    pub fn new() -> Self {
        Self {
            inbox: None,
            health: None,
            response_counts: None,
            worker_deadline: None,
            draining: Arc::default(),
            since: Instant::now(),
            last: Arc::default(),
        }
    }

    /// Watches this inbox.
    #[must_use]
    pub fn with_inbox(mut self, inbox: impl Inbox + 'static) -> Self {
        self.inbox = Some(Arc::new(inbox));
        self
    }

    /// Watches this worker.
    #[must_use]
    pub fn with_worker_health(mut self, health: WorkerHealth) -> Self {
        self.health = Some(health);
        self
    }

    /// Watches this receiver's answers. A server that has this monitor sees to it itself.
    #[must_use]
    pub fn with_response_counts(mut self, response_counts: ResponseCounts) -> Self {
        self.response_counts = Some(response_counts);
        self
    }

    /// Sets how long the worker may be silent before it is taken for dead. Default: 60 s.
    #[must_use]
    pub fn with_worker_deadline(mut self, deadline: Duration) -> Self {
        self.worker_deadline = Some(deadline);
        self
    }

    /// Answers on a listener of its own, so that the world need not see it, until `stop` is done.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()> + Send) {
        let monitor = Arc::new(self);
        let mut stop = std::pin::pin!(stop);
        let mut open = JoinSet::new();
        while let Some(accepted) = super::shutdown_or(stop.as_mut(), listener.accept()).await {
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(super::BREATHER).await;
                continue;
            };
            let monitor = Arc::clone(&monitor);
            open.spawn(async move {
                let service = service_fn(move |request| {
                    let monitor = Arc::clone(&monitor);
                    async move {
                        let answer = monitor.answer(&request).await;
                        Ok::<_, std::convert::Infallible>(answer.unwrap_or_else(|| plain(StatusCode::NOT_FOUND, "")))
                    }
                });
                let mut protocol = http1::Builder::new();
                protocol.timer(TokioTimer::new()).header_read_timeout(defaults::HEADER_DEADLINE);
                // How it ended is the client's business.
                let _ended = protocol.serve_connection(TokioIo::new(stream), service).await;
            });
            while open.try_join_next().is_some() {}
        }
    }

    /// What is answered to a request, if it is one of ours.
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

    /// From now on it is not ready, so that nothing more is sent here: for a server of one's own that was told to stop.
    /// Its clones know.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    fn livez(&self) -> Response<Full<Bytes>> {
        let deadline = self.worker_deadline.unwrap_or(defaults::WORKER_SILENCE);
        if self.health.as_ref().is_some_and(|health| health.heartbeat_age() > deadline) {
            plain(StatusCode::SERVICE_UNAVAILABLE, "the worker is silent\n")
        } else {
            plain(StatusCode::OK, "alive\n")
        }
    }

    async fn readyz(&self) -> Response<Full<Bytes>> {
        if self.draining.load(Ordering::Relaxed) {
            plain(StatusCode::SERVICE_UNAVAILABLE, "draining\n")
        } else if self.inbox.is_some() && self.stats().await.is_none() {
            plain(StatusCode::SERVICE_UNAVAILABLE, "the inbox does not answer\n")
        } else {
            plain(StatusCode::OK, "ready\n")
        }
    }

    async fn metrics(&self) -> Response<Full<Bytes>> {
        let mut stats = self.stats().await;
        if let Some(stats) = &mut stats {
            // A webhook that never worked is silent too.
            stats.last_event.get_or_insert_with(|| self.since.elapsed());
        }
        let text = metrics::text(self.inbox.is_some(), stats, self.health.as_ref(), self.response_counts.as_ref());
        let mut response = Response::new(Full::from(text));
        let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        response
    }

    async fn stats(&self) -> Option<Stats> {
        tokio::time::timeout(INBOX_DEADLINE, self.look()).await.ok().flatten()
    }

    /// Asks the inbox once for all who ask meanwhile: where the world can reach this, it must not keep events from being
    /// stored.
    async fn look(&self) -> Option<Stats> {
        let asked = Instant::now();
        let mut last = self.last.lock().await;
        if let Some(looked) = last.filter(|looked| looked.began > asked) {
            return looked.stats;
        }
        let began = Instant::now();
        let stats = self.inbox.as_ref()?.stats().await.ok();
        *last = Some(CachedStats { began, stats });
        stats
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
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
