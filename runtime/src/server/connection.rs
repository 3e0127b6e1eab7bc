//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::Instant;
use tower_service::Service;

use super::Monitor;
use crate::Accept;
use crate::http::{Answer, Receiver};

/// The streams that one HTTP/2 connection may have open.
const STREAMS: u32 = 100;

/// Everything a connection is answered from.
pub(super) struct Answering<A> {
    pub(super) receiver: Receiver<A>,
    pub(super) monitor: Option<Arc<Monitor>>,
    pub(super) header_deadline: Duration,
    pub(super) header_limit: usize,
    pub(super) stopped: watch::Receiver<bool>,
}

impl<A> Clone for Answering<A> {
    fn clone(&self) -> Self {
        Self {
            receiver: self.receiver.clone(),
            monitor: self.monitor.clone(),
            header_deadline: self.header_deadline,
            header_limit: self.header_limit,
            stopped: self.stopped.clone(),
        }
    }
}

impl<A: Accept + 'static> Answering<A> {
    pub(super) async fn serve(self, stream: TcpStream) {
        // It only delays answers if it fails.
        let _nodelay = stream.set_nodelay(true);
        let activity = Arc::new(Activity::new());
        let mut protocol = auto::Builder::new(TokioExecutor::new());
        let timer = TokioTimer::new();
        protocol.http1().timer(timer.clone()).header_read_timeout(self.header_deadline).max_buf_size(self.header_limit);
        let head = u32::try_from(self.header_limit).unwrap_or(u32::MAX);
        protocol.http2().timer(timer).max_concurrent_streams(STREAMS).max_header_list_size(head);
        let service = service_fn(|request| {
            let (answering, busy) = (self.clone(), activity.busy());
            async move {
                let response = answering.answer(request).await;
                drop(busy);
                response
            }
        });
        let mut connection = pin!(protocol.serve_connection(TokioIo::new(stream), service));
        let mut idle = pin!(activity.idle_for(self.header_deadline));
        let mut stopped = self.stopped.clone();
        let mut stop = pin!(stopped.wait_for(|stopped| *stopped));
        let mut stopping = false;
        poll_fn(|cx| {
            if !stopping && stop.as_mut().poll(cx).is_ready() {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            // How it ended is the client's business: what it was told it was told.
            let ended = connection.as_mut().poll(cx).is_ready() || idle.as_mut().poll(cx).is_ready();
            if ended { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    async fn answer(mut self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        if let Some(monitor) = &self.monitor
            && let Some(response) = monitor.answer(&request).await
        {
            return Ok(response);
        }
        if *self.stopped.borrow() {
            self.receiver.tally().count(Answer::Draining);
            return Ok(Answer::Draining.response());
        }
        self.receiver.call(request).await
    }
}

/// Whether a connection has a request on it, and since when it has none.
///
/// hyper's timer starts with the first byte of a head, and only once the version is known. This one always runs.
struct Activity {
    requests: AtomicUsize,
    idle_since: Mutex<Instant>,
}

impl Activity {
    fn new() -> Self {
        Self { requests: AtomicUsize::new(0), idle_since: Mutex::new(Instant::now()) }
    }

    /// There is one request more, until this is dropped.
    fn busy(self: &Arc<Self>) -> Busy {
        self.requests.fetch_add(1, Ordering::SeqCst);
        Busy(Arc::clone(self))
    }

    /// Done when there was no request for this long.
    async fn idle_for(&self, limit: Duration) {
        loop {
            let idle = self.idle_since.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
            let left = match self.requests.load(Ordering::SeqCst) {
                0 => limit.saturating_sub(idle),
                _ => limit,
            };
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }
}

struct Busy(Arc<Activity>);

impl Drop for Busy {
    fn drop(&mut self) {
        *self.0.idle_since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.0.requests.fetch_sub(1, Ordering::SeqCst);
    }
}
