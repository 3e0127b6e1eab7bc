//! Detects connections that are idle for too long.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{StatusCode, Version};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, sleep_until};

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
pub(super) struct Activity(Mutex<State>);

struct State {
    requests: usize,
    /// When the last request ended.
    quiet_since: Instant,
    /// When the first bytes of the next head arrived.
    head_since: Option<Instant>,
    /// Whether there was a 2xx response, so that the client is trusted.
    is_known: bool,
    /// In HTTP/2, bytes between requests may be pings instead of a head.
    is_http_2: bool,
}

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            requests: 0,
            quiet_since: Instant::now(),
            head_since: None,
            is_known: false,
            is_http_2: false,
        })))
    }

    /// Counts a request until the result is dropped.
    pub(super) fn begin(self: &Arc<Self>, version: Version) -> Busy {
        let mut state = self.lock();
        state.requests += 1;
        state.head_since = None;
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

    fn record_bytes(&self) {
        let mut state = self.lock();
        if state.requests == 0 {
            state.head_since.get_or_insert_with(Instant::now);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn end(&self, timeouts: Timeouts, scarce: bool) -> Option<Instant> {
        if self.requests > 0 {
            return None;
        }
        // Bytes do not extend the limit of an untrusted client.
        Some(match self.head_since {
            _ if scarce || !self.is_known => self.quiet_since + timeouts.head,
            Some(since) if !self.is_http_2 => since + timeouts.head,
            _ => self.quiet_since + timeouts.idle,
        })
    }
}

/// A running request.
pub(super) struct Busy(Arc<Activity>);

impl Busy {
    pub(super) fn answered(self, status: StatusCode) {
        self.0.lock().is_known |= status.is_success();
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
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.activity.record_bytes();
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
