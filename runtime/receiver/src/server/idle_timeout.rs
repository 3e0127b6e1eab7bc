//! Detects connections that are idle for too long.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Version;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

use super::unverified::{Claim, Unverified};

/// The approximate memory of a connection over HTTP/1.1 with its buffers, in bytes, and of one over HTTP/2.
const HTTP_1_BYTES: usize = 16 * 1024;
const HTTP_2_BYTES: usize = 64 * 1024;

/// The time between two looks at the requests of a connection that has to give way.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The time limits for a connection without a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    /// For an incomplete head, and before the first 2xx response.
    pub(super) head: Duration,
    /// After a 2xx response.
    pub(super) idle: Duration,
}

/// Whether a connection has running requests, and since when it has none.
///
/// The timer of hyper has the same limit for heads and idle time, and starts only when the HTTP version is known.
pub(super) struct Activity {
    state: Mutex<State>,
    unverified: Unverified,
    /// The largest head, in bytes.
    header_limit: usize,
    claimed: Notify,
}

struct State {
    requests: usize,
    /// When the last request ended.
    quiet_since: Instant,
    /// When the first bytes of the next head arrived.
    head_since: Option<Instant>,
    /// Whether the client has sent a verified event, so that it is trusted.
    is_verified: bool,
    /// The memory of a client that is not trusted, from its first byte on.
    claim: Option<Arc<Claim>>,
    /// The claims of the running requests.
    request_claims: Vec<Weak<Claim>>,
    /// The bytes of the head that is coming.
    head_bytes: usize,
    /// In HTTP/2, bytes between requests may be pings instead of a head.
    is_http_2: bool,
}

impl Activity {
    pub(super) fn new(unverified: Unverified, header_limit: usize) -> Arc<Self> {
        let state = State {
            requests: 0,
            quiet_since: Instant::now(),
            head_since: None,
            is_verified: false,
            claim: None,
            request_claims: Vec::new(),
            head_bytes: 0,
            is_http_2: false,
        };
        Arc::new(Self { state: Mutex::new(state), unverified, header_limit, claimed: Notify::new() })
    }

    /// Counts a request until the result is dropped.
    pub(super) fn begin(self: &Arc<Self>, version: Version) -> Busy {
        let mut state = self.lock();
        state.requests += 1;
        state.head_since = None;
        state.head_bytes = 0;
        state.is_http_2 = version == Version::HTTP_2;
        drop(state);
        Busy(Arc::clone(self))
    }

    pub(super) fn is_http_2(&self) -> bool {
        self.lock().is_http_2
    }

    /// Completes when the connection is idle for too long. The short limit applies to all while connections are
    /// `scarce`.
    pub(super) async fn idle_for_too_long(&self, timeouts: Timeouts, scarce: impl Fn() -> bool) {
        loop {
            let now = Instant::now();
            // Changes are noticed in time, since no limit is shorter than this.
            let mut look_again = now + timeouts.head;
            if let Some(end) = self.lock().end(timeouts, scarce()) {
                if end <= now {
                    return;
                }
                look_again = look_again.min(end);
            }
            sleep_until(look_again).await;
        }
    }

    /// Completes when this connection has to give way to others. A request whose body has come is answered first.
    pub(super) async fn gives_way(&self) {
        loop {
            let claim = self.lock().claim.clone();
            match claim {
                Some(claim) => break claim.gives_way().await,
                None => self.claimed.notified().await,
            }
        }
        while self.has_complete_request() {
            sleep(LOOK_AGAIN).await;
        }
    }

    /// The connection has ended. Requests that still run have claims of their own.
    pub(super) fn ended(&self) {
        if let Some(claim) = self.lock().claim.take() {
            claim.release();
        }
    }

    fn has_complete_request(&self) -> bool {
        let claims = self.lock().request_claims.clone();
        claims.iter().filter_map(Weak::upgrade).any(|claim| claim.is_complete())
    }

    fn has_to_wait(&self) -> bool {
        !self.lock().is_verified && self.unverified.is_short()
    }

    fn record_bytes(&self, bytes: &[u8]) {
        let mut state = self.lock();
        if state.requests == 0 {
            state.head_since.get_or_insert_with(Instant::now);
            // More bytes belong to the body of a refused request, which is not kept.
            state.head_bytes = (state.head_bytes + bytes.len()).min(self.header_limit);
        }
        if state.is_verified {
            return;
        }
        // The beginning of the preface of HTTP/2.
        state.is_http_2 |= state.claim.is_none() && bytes.starts_with(b"PRI");
        let memory = if state.is_http_2 { HTTP_2_BYTES } else { HTTP_1_BYTES + state.head_bytes };
        if let Some(claim) = &state.claim {
            claim.set_bytes(memory);
        } else {
            state.claim = Some(Arc::new(self.unverified.connection(memory)));
            self.claimed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn end(&self, timeouts: Timeouts, scarce: bool) -> Option<Instant> {
        if self.requests > 0 {
            return None;
        }
        // Bytes do not extend the limit of an untrusted client.
        Some(match self.head_since {
            _ if scarce || !self.is_verified => self.quiet_since + timeouts.head,
            Some(since) if !self.is_http_2 => since + timeouts.head,
            _ => self.quiet_since + timeouts.idle,
        })
    }
}

/// A running request.
pub(super) struct Busy(Arc<Activity>);

impl Busy {
    pub(super) fn is_verified(&self) -> bool {
        self.0.lock().is_verified
    }

    /// Trusts the client: it has sent a verified event.
    pub(super) fn verified(&self) {
        let mut state = self.0.lock();
        state.is_verified = true;
        if let Some(claim) = state.claim.take() {
            claim.release();
        }
    }

    /// Remembers the claim of this request.
    pub(super) fn claims(&self, claim: &Arc<Claim>) {
        let mut state = self.0.lock();
        state.request_claims.retain(|known| known.strong_count() > 0);
        state.request_claims.push(Arc::downgrade(claim));
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.requests -= 1;
        state.quiet_since = Instant::now();
    }
}

/// A stream that records when bytes arrive.
pub(super) struct TimedIo<S> {
    pub(super) stream: S,
    pub(super) activity: Arc<Activity>,
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedIo<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.activity.has_to_wait() {
            // What has to give way ends first.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.activity.record_bytes(&buffer.filled()[before..]);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedIo<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
