//! What clients hold before anything that they sent is verified, and who gives way when that is too much.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// Requests whose bodies have not come, and connections without a verified event.
///
/// Both use memory before a signature can be checked. If they use too much together, the oldest gives way. A sender
/// sends the body right after the head, so its requests are young. If there are too many requests, the oldest request
/// whose body has not come gives way.
#[derive(Clone)]
pub(super) struct Unverified(Arc<Shared>);

struct Shared {
    most_requests: usize,
    most_bytes: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: u64,
    bytes: usize,
    connections: BTreeMap<u64, Held>,
    /// Requests whose bodies have not come.
    incomplete: BTreeMap<u64, Held>,
    /// Requests whose bodies have come. They do not give way.
    complete: BTreeSet<u64>,
    /// The memory of what has to give way and has not ended yet.
    ending: BTreeMap<u64, usize>,
    ending_bytes: usize,
}

struct Held {
    bytes: usize,
    gives_way: Arc<Notify>,
}

/// Why a request ends without an answer of the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// It gave way to a younger one.
    GaveWay,
    /// No byte of the body came for too long.
    Stalled,
}

/// A request or a connection among the unverified. It leaves them on drop.
pub(super) struct Claim {
    unverified: Unverified,
    number: u64,
    gives_way: Arc<Notify>,
    last_byte: Mutex<Instant>,
}

impl Unverified {
    pub(super) fn new(most_requests: usize, most_bytes: usize) -> Self {
        Self(Arc::new(Shared { most_requests, most_bytes, state: Mutex::default() }))
    }

    /// A connection that uses this much memory.
    pub(super) fn connection(&self, bytes: usize) -> Claim {
        let mut state = self.lock();
        let (number, held, gives_way) = state.begin(bytes);
        state.connections.insert(number, held);
        state.make_room(self.0.most_bytes);
        drop(state);
        self.claim(number, gives_way)
    }

    /// A request whose head uses this much memory. `None` if the bodies of all other requests have come, and there are
    /// too many of them.
    pub(super) fn request(&self, bytes: usize) -> Option<Claim> {
        let mut state = self.lock();
        while state.incomplete.len() + state.complete.len() >= self.0.most_requests {
            let oldest = *state.incomplete.first_key_value()?.0;
            state.lose(oldest);
        }
        let (number, held, gives_way) = state.begin(bytes);
        state.incomplete.insert(number, held);
        state.make_room(self.0.most_bytes);
        drop(state);
        Some(self.claim(number, gives_way))
    }

    /// Whether much has to give way that has not ended yet. Until it has, no more should be read from clients that are not
    /// trusted.
    pub(super) fn is_short(&self) -> bool {
        self.lock().ending_bytes > self.0.most_bytes / 4
    }

    fn claim(&self, number: u64, gives_way: Arc<Notify>) -> Claim {
        Claim { unverified: self.clone(), number, gives_way, last_byte: Mutex::new(Instant::now()) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn begin(&mut self, bytes: usize) -> (u64, Held, Arc<Notify>) {
        let number = self.next;
        self.next += 1;
        self.bytes += bytes;
        let gives_way = Arc::new(Notify::new());
        (number, Held { bytes, gives_way: Arc::clone(&gives_way) }, gives_way)
    }

    fn make_room(&mut self, most: usize) {
        while self.bytes > most {
            let oldest = self.connections.keys().next().into_iter().chain(self.incomplete.keys().next()).min();
            let Some(oldest) = oldest.copied() else { return };
            self.lose(oldest);
        }
    }

    fn lose(&mut self, number: u64) {
        if let Some(held) = self.release(number) {
            self.ending.insert(number, held.bytes);
            self.ending_bytes += held.bytes;
            held.gives_way.notify_one();
        }
    }

    fn end(&mut self, number: u64) {
        self.release(number);
        if let Some(bytes) = self.ending.remove(&number) {
            self.ending_bytes -= bytes;
        }
    }

    /// Removes a connection, or a request whose body has not come.
    fn release(&mut self, number: u64) -> Option<Held> {
        let held = self.incomplete.remove(&number).or_else(|| self.connections.remove(&number))?;
        self.bytes -= held.bytes;
        Some(held)
    }
}

impl Claim {
    /// Sets the memory of this connection.
    pub(super) fn set_bytes(&self, bytes: usize) {
        let mut state = self.unverified.lock();
        if let Some(held) = state.connections.get_mut(&self.number) {
            let before = std::mem::replace(&mut held.bytes, bytes);
            state.bytes = state.bytes - before + bytes;
        }
        state.make_room(self.unverified.0.most_bytes);
    }

    /// The body of this request has come: from now on the receiver accounts for it.
    fn complete(&self) {
        let mut state = self.unverified.lock();
        if state.incomplete.contains_key(&self.number) {
            state.release(self.number);
            state.complete.insert(self.number);
        }
    }

    /// This connection has ended, or its client is trusted: nothing of it has to give way.
    pub(super) fn release(&self) {
        self.unverified.lock().end(self.number);
    }

    /// Whether the body of this request has come.
    pub(super) fn is_complete(&self) -> bool {
        self.unverified.lock().complete.contains(&self.number)
    }

    fn record_byte(&self) {
        *self.last_byte.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Completes when this connection has to give way.
    pub(super) async fn gives_way(&self) {
        self.gives_way.notified().await;
    }

    /// Completes when this request is lost: it has to give way, or, with a limit, no byte of its body came for so long.
    pub(super) async fn lost(&self, stall: Option<Duration>) -> Lost {
        use futures_util::future::{Either, select};
        let stalled = async {
            let Some(limit) = stall else { return std::future::pending().await };
            loop {
                let end = *self.last_byte.lock().unwrap_or_else(PoisonError::into_inner) + limit;
                if self.is_complete() {
                    return std::future::pending().await;
                }
                if end <= Instant::now() {
                    return;
                }
                sleep_until(end).await;
            }
        };
        match select(std::pin::pin!(self.gives_way.notified()), std::pin::pin!(stalled)).await {
            Either::Left(_) => Lost::GaveWay,
            Either::Right(((), _)) => Lost::Stalled,
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut state = self.unverified.lock();
        state.end(self.number);
        state.complete.remove(&self.number);
    }
}

/// A body that tells its claim what has come of it.
pub(super) struct ClaimedBody {
    body: Incoming,
    claim: Arc<Claim>,
}

impl ClaimedBody {
    pub(super) fn new(body: Incoming, claim: Arc<Claim>) -> Self {
        if body.is_end_stream() {
            claim.complete();
        }
        Self { body, claim }
    }
}

impl Body for ClaimedBody {
    type Data = <Incoming as Body>::Data;
    type Error = <Incoming as Body>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(_))) if !self.body.is_end_stream() => self.claim.record_byte(),
            Poll::Ready(Some(Ok(_)) | None) => self.claim.complete(),
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn is_lost(claim: &Claim) -> bool {
        claim.gives_way().now_or_never().is_some()
    }

    #[test]
    fn the_oldest_request_without_its_body_gives_way_to_a_new_one() {
        let unverified = Unverified::new(2, 1_000);
        let first = unverified.request(1).unwrap();
        let second = unverified.request(1).unwrap();
        first.complete();
        let third = unverified.request(1).unwrap();
        assert_eq!([&first, &second, &third].map(is_lost), [false, true, false]);
        third.complete();
        assert!(unverified.request(1).is_none(), "all bodies have come");
        drop(first);
        assert!(unverified.request(1).is_some());
    }

    #[test]
    fn the_oldest_gives_way_when_the_memory_is_used_up() {
        let unverified = Unverified::new(100, 100);
        let connection = unverified.connection(40);
        let request = unverified.request(40).unwrap();
        let complete = unverified.request(20).unwrap();
        complete.complete();
        let growing = unverified.connection(10);
        assert!(!is_lost(&connection));
        growing.set_bytes(30);
        assert_eq!([&connection, &request, &complete, &growing].map(is_lost), [true, false, false, false]);
        drop((connection, request, complete, growing));
        assert_eq!(unverified.lock().bytes, 0);
    }
}
