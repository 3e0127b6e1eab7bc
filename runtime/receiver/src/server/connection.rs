//! Serves one connection.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::select;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::sleep;
use tower_service::Service;

use super::Monitor;
use super::idle_timeout::{Activity, TimedIo, Timeouts};
use crate::Accept;
use crate::http::{Outcome, Receiver};

/// The maximum number of streams of an HTTP/2 connection.
const STREAMS: u32 = 100;

/// The time between the announcement (GOAWAY) and the end of an idle HTTP/2 connection.
const GOAWAY_GRACE: Duration = Duration::from_secs(1);

/// What a connection needs to respond to requests.
pub(super) struct ConnectionService<A> {
    pub(super) receiver: Receiver<A>,
    pub(super) monitor: Option<Arc<Monitor>>,
    pub(super) timeouts: Timeouts,
    pub(super) header_limit: usize,
    pub(super) stopped: watch::Receiver<bool>,
    /// Permits for the remaining connections.
    pub(super) places: Arc<Semaphore>,
    pub(super) connections: usize,
    /// Permits for the remaining requests. Their number is the number of connections.
    pub(super) requests: Arc<Semaphore>,
}

impl<A> Clone for ConnectionService<A> {
    fn clone(&self) -> Self {
        Self {
            receiver: self.receiver.clone(),
            monitor: self.monitor.clone(),
            timeouts: self.timeouts,
            header_limit: self.header_limit,
            stopped: self.stopped.clone(),
            places: Arc::clone(&self.places),
            connections: self.connections,
            requests: Arc::clone(&self.requests),
        }
    }
}

impl<A: Accept + 'static> ConnectionService<A> {
    pub(super) async fn serve(self, stream: TcpStream) {
        // A failure only delays responses.
        let _nodelay = stream.set_nodelay(true);
        let activity = Activity::new();
        let mut protocol = auto::Builder::new(TokioExecutor::new());
        let timer = TokioTimer::new();
        // Without the head timer of hyper, which also runs on idle connections.
        protocol.http1().timer(timer.clone()).header_read_timeout(None).max_buf_size(self.header_limit);
        let head = u32::try_from(self.header_limit).unwrap_or(u32::MAX);
        protocol.http2().timer(timer).max_concurrent_streams(STREAMS).max_header_list_size(head);
        let service = service_fn(|request: Request<Incoming>| {
            let (answering, busy) = (self.clone(), activity.begin(request.version()));
            async move {
                let Ok(response) = answering.answer(request).await;
                busy.answered(response.status());
                Ok::<_, Infallible>(response)
            }
        });
        let stream = TimedIo { stream, activity: Arc::clone(&activity) };
        let mut connection = pin!(protocol.serve_connection(TokioIo::new(stream), service));
        let announced = Notify::new();
        let mut idle = pin!(self.until_idle(&activity, &announced));
        let mut stopped = self.stopped.clone();
        let (told, idling) = (pin!(stopped.wait_for(|stopped| *stopped)), pin!(announced.notified()));
        let mut leave = select(told, idling);
        let mut leaving = false;
        poll_fn(|cx| {
            // Polled first, since it may announce the end.
            let idle = idle.as_mut().poll(cx).is_ready();
            if !leaving && Pin::new(&mut leave).poll(cx).is_ready() {
                leaving = true;
                connection.as_mut().graceful_shutdown();
            }
            // Errors of the connection do not matter: all responses are sent or lost.
            let ended = connection.as_mut().poll(cx).is_ready() || idle;
            if ended { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Completes when the connection is idle for too long. HTTP/2 announces that first, so that requests on their way
    /// get a response. HTTP/1.1 cannot.
    async fn until_idle(&self, activity: &Activity, announced: &Notify) {
        let scarce = || self.is_stopped() || self.places.available_permits().saturating_mul(4) < self.connections;
        activity.idle_for_too_long(self.timeouts, scarce).await;
        if activity.is_http_2() {
            announced.notify_one();
            sleep(GOAWAY_GRACE).await;
            activity.idle_for_too_long(self.timeouts, scarce).await;
        }
    }

    async fn answer(mut self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        if let Some(monitor) = &self.monitor
            && let Some(response) = monitor.answer(&request).await
        {
            return Ok(response);
        }
        if self.is_stopped() {
            return Ok(self.refuse(Outcome::Draining));
        }
        // An HTTP/2 connection can have several requests.
        let requests = Arc::clone(&self.requests);
        let Ok(_place) = requests.try_acquire() else {
            return Ok(self.refuse(Outcome::Busy));
        };
        self.receiver.call(request).await
    }

    fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    fn refuse(&self, outcome: Outcome) -> Response<Full<Bytes>> {
        self.receiver.response_counts().count(outcome);
        outcome.response()
    }
}
