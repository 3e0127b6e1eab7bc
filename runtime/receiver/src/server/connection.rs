//! Serves one connection.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{Request, Response, StatusCode};
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
use super::idle_timeout::{Activity, Busy, TimedIo, Timeouts};
use super::unverified::{ClaimedBody, Lost, Unverified};
use crate::http::{Outcome, Receiver};
use crate::{Accept, defaults};

/// The maximum number of streams of an HTTP/2 connection. A client that needs more opens another connection.
const STREAMS: u32 = 16;

/// The HTTP/2 window of a connection, in bytes: what a client may send before it is read.
const CONNECTION_WINDOW: u32 = 256 * 1024;

/// The approximate memory of a field of a head besides its bytes, and of a request besides its head.
const FIELD_BYTES: usize = 512;
const REQUEST_BYTES: usize = 2 * 1024;

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
    pub(super) unverified: Unverified,
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
            unverified: self.unverified.clone(),
        }
    }
}

impl<A: Accept + 'static> ConnectionService<A> {
    pub(super) async fn serve(self, stream: TcpStream) {
        // A failure only delays responses.
        let _nodelay = stream.set_nodelay(true);
        let activity = Activity::new(self.unverified.clone(), self.header_limit);
        let mut protocol = auto::Builder::new(TokioExecutor::new());
        let timer = TokioTimer::new();
        // Without the head timer of hyper, which also runs on idle connections.
        protocol.http1().timer(timer.clone()).header_read_timeout(None).max_buf_size(self.header_limit);
        protocol.http1().max_headers(defaults::HEADER_FIELDS);
        let head = u32::try_from(self.header_limit).unwrap_or(u32::MAX);
        protocol.http2().timer(timer).max_concurrent_streams(STREAMS).max_header_list_size(head);
        protocol.http2().initial_connection_window_size(CONNECTION_WINDOW);
        let service = service_fn(|request: Request<Incoming>| {
            let (answering, busy) = (self.clone(), activity.begin(request.version()));
            async move { Ok::<_, Infallible>(answering.answer(request, &busy).await) }
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
        activity.ended();
    }

    /// Completes when the connection is idle for too long. HTTP/2 announces that first, so that requests on their way
    /// get a response. HTTP/1.1 cannot.
    async fn until_idle(&self, activity: &Activity, announced: &Notify) {
        let scarce = || self.is_stopped() || self.places.available_permits().saturating_mul(4) < self.connections;
        match select(pin!(activity.idle_for_too_long(self.timeouts, scarce)), pin!(activity.gives_way())).await {
            Either::Left(_) => {}
            Either::Right(_) => return,
        }
        if activity.is_http_2() {
            announced.notify_one();
            sleep(GOAWAY_GRACE).await;
            activity.idle_for_too_long(self.timeouts, scarce).await;
        }
    }

    async fn answer(mut self, request: Request<Incoming>, busy: &Busy) -> Response<Full<Bytes>> {
        // HTTP/1.1 has checked this already.
        if request.headers().len() > defaults::HEADER_FIELDS {
            let mut response = Response::new(Full::default());
            *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            return response;
        }
        if let Some(monitor) = &self.monitor
            && let Some(response) = monitor.answer(&request).await
        {
            return response;
        }
        if self.is_stopped() {
            return self.refuse(Outcome::Draining);
        }
        // An HTTP/2 connection can have several requests.
        let Some(claim) = self.unverified.request(head_bytes(&request)).map(Arc::new) else {
            return self.refuse(Outcome::Busy);
        };
        busy.claims(&claim);
        let stall = (!busy.is_verified()).then_some(defaults::STALL_DEADLINE);
        let request = request.map(|body| ClaimedBody::new(body, Arc::clone(&claim)));
        let lost = pin!(claim.lost(stall));
        match select(self.receiver.call(request), lost).await {
            Either::Left((Ok(response), _)) => {
                // Only a verified event is answered with 2xx.
                if response.status().is_success() {
                    busy.verified();
                }
                response
            }
            Either::Right((Lost::GaveWay, _)) => self.refuse(Outcome::Busy),
            Either::Right((Lost::Stalled, _)) => self.refuse(Outcome::TooSlow),
        }
    }

    fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    fn refuse(&self, outcome: Outcome) -> Response<Full<Bytes>> {
        self.receiver.response_counts().count(outcome);
        outcome.response()
    }
}

/// The approximate memory of a request whose body has not come.
fn head_bytes<B>(request: &Request<B>) -> usize {
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + FIELD_BYTES);
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    REQUEST_BYTES + target + fields.sum::<usize>()
}
