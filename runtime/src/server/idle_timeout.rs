//! What happens on a connection, and for how long nothing has.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{StatusCode, Version};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, sleep_until};

/// How long a connection may be without a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    /// With one whose head has begun, and before one was answered 2xx.
    pub(super) head: Duration,
    /// After one was answered 2xx.
    pub(super) idle: Duration,
}

/// Whether a connection has a request on it, and since when it has none.
///
/// hyper's own timer is for a head and for the time without one alike, and does not run before the version is known.
pub(super) struct Activity(Mutex<State>);

struct State {
    requests: usize,
    /// Since when there is no request.
    quiet_since: Instant,
    /// When what may be the head of the next one began to come.
    head_since: Option<Instant>,
    /// Whether a request was answered 2xx: whoever is there is no stranger.
    is_known: bool,
    /// Bytes between requests are no head: they may be a ping.
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

    /// There is one request more, until this is dropped.
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

    /// Done once there was no request for too long. Where connections are `scarce`, none is waited for longer than for a
    /// stranger.
    pub(super) async fn over(&self, timeouts: Timeouts, scarce: impl Fn() -> bool) {
        loop {
            let now = Instant::now();
            // What changes meanwhile is noticed in time, since no wait that could begin is shorter.
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

    fn heard(&self) {
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
        // A byte now and then does not help a stranger.
        Some(match self.head_since {
            _ if scarce || !self.is_known => self.quiet_since + timeouts.head,
            Some(since) if !self.is_http_2 => since + timeouts.head,
            _ => self.quiet_since + timeouts.idle,
        })
    }
}

/// A request that is being answered.
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

/// A stream that tells when something comes in.
pub(super) struct TimedIo<S> {
    pub(super) stream: S,
    pub(super) activity: Arc<Activity>,
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedIo<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.activity.heard();
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
