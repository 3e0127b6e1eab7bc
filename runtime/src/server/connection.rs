//! One connection, from its first byte to its last.

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

/// The streams that one HTTP/2 connection may have open.
const STREAMS: u32 = 100;

/// How long after it was announced a connection is closed, if nobody does so before.
const FAREWELL: Duration = Duration::from_secs(1);

/// Everything a connection is answered from.
pub(super) struct ConnectionService<A> {
    pub(super) receiver: Receiver<A>,
    pub(super) monitor: Option<Arc<Monitor>>,
    pub(super) timeouts: Timeouts,
    pub(super) header_limit: usize,
    pub(super) stopped: watch::Receiver<bool>,
    /// Those that are left of all connections.
    pub(super) places: Arc<Semaphore>,
    pub(super) connections: usize,
    /// Those that are left of all requests, of which there are as many as connections.
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
        // It only delays answers if it fails.
        let _nodelay = stream.set_nodelay(true);
        let activity = Activity::new();
        let mut protocol = auto::Builder::new(TokioExecutor::new());
        let timer = TokioTimer::new();
        // Without hyper's timer of heads, which would take a connection at rest for one.
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
            // First: it may be announced.
            let idle = idle.as_mut().poll(cx).is_ready();
            if !leaving && Pin::new(&mut leave).poll(cx).is_ready() {
                leaving = true;
                connection.as_mut().graceful_shutdown();
            }
            // How it ended is the client's business: what it was told it was told.
            let ended = connection.as_mut().poll(cx).is_ready() || idle;
            if ended { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Done once there was no request for too long. Where the protocol has words for it, that is announced first, so that
    /// a request which is on its way just then is answered. HTTP/1.1 has none.
    async fn until_idle(&self, activity: &Activity, announced: &Notify) {
        let scarce = || self.is_stopped() || self.places.available_permits().saturating_mul(4) < self.connections;
        activity.over(self.timeouts, scarce).await;
        if activity.is_http_2() {
            announced.notify_one();
            sleep(FAREWELL).await;
            activity.over(self.timeouts, scarce).await;
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
        // Over HTTP/2 one connection may have many.
        let requests = Arc::clone(&self.requests);
        let Ok(_place) = requests.try_acquire() else {
            return Ok(self.refuse(Outcome::Busy));
        };
        self.receiver.call(request).await
    }

    fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    fn refuse(&self, answer: Outcome) -> Response<Full<Bytes>> {
        self.receiver.response_counts().count(answer);
        answer.response()
    }
}
