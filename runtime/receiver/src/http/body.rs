//! Reads request bodies within the limits for size, time and memory.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use asyncapi_runtime::BoxError;
use bytes::{Buf, Bytes};
use futures_util::future::{Either, select};
use http_body_util::BodyExt;
use tokio::sync::Semaphore;

use super::buffer::Buffer;
use super::memory_budget::{Budget, Permit};

/// How many rejected bodies are read and dropped at the same time.
pub(super) const DISCARDS: usize = 512;

/// Why a body could not be read.
pub(super) enum BodyError {
    TooLarge,
    TooSlow,
    Broken,
    OverBudget,
}

/// The limits for each body.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub(super) bytes: usize,
    pub(super) deadline: Duration,
    pub(super) budget: Budget,
    /// The number of further rejected bodies that may be read at the same time.
    pub(super) discards: Arc<Semaphore>,
}

impl Limits {
    /// The largest possible body, in bytes: the limit for one body, or the whole budget if that is smaller.
    fn max_bytes(&self) -> usize {
        self.bytes.min(self.budget.total())
    }

    /// Checks the declared length, before any byte is read and before `100 Continue` is sent.
    pub(super) fn check_declared(&self, body: &impl http_body::Body) -> Result<(), BodyError> {
        let declared = usize::try_from(body.size_hint().lower());
        if declared.is_ok_and(|declared| declared <= self.max_bytes()) { Ok(()) } else { Err(BodyError::TooLarge) }
    }
}

/// Reads a whole body, within the limits.
pub(super) async fn read_body<B>(body: &mut Pin<Box<B>>, limits: &Limits) -> Result<(Bytes, Permit), BodyError>
where
    B: http_body::Body<Error: Into<BoxError>>,
{
    let mut permit = limits.budget.permit();
    let preempted = permit.preempted();
    let collected = collect(body, limits.max_bytes(), &mut permit);
    let collected = async {
        match select(pin!(collected), pin!(preempted)).await {
            Either::Left((collected, _)) => collected,
            Either::Right(((), _)) => Err(BodyError::OverBudget),
        }
    };
    match tokio::time::timeout(limits.deadline, collected).await {
        Ok(collected) => Ok((collected?, permit)),
        Err(_elapsed) => Err(BodyError::TooSlow),
    }
}

/// Reads and drops a rejected body until the deadline. A client that sends the whole body before it reads the response
/// would otherwise see a closed connection instead of the response. If many such bodies are read already, this one is
/// dropped at once.
pub(super) fn discard<B>(mut body: Pin<Box<B>>, limits: &Limits)
where
    B: http_body::Body<Data: Send> + Send + 'static,
{
    let Ok(place) = Arc::clone(&limits.discards).try_acquire_owned() else { return };
    let reading = async move {
        while let Some(Ok(_)) = body.frame().await {}
        drop(place);
    };
    tokio::spawn(tokio::time::timeout(limits.deadline, reading));
}

async fn collect<B>(body: &mut Pin<Box<B>>, limit: usize, permit: &mut Permit) -> Result<Bytes, BodyError>
where
    B: http_body::Body<Error: Into<BoxError>>,
{
    let announced = body.size_hint().upper().and_then(|bytes| usize::try_from(bytes).ok());
    let mut collected = Buffer::new(announced.map_or(limit, |announced| announced.min(limit)));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        // Trailers are ignored.
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        let more = data.remaining();
        if more > limit - collected.len() {
            return Err(BodyError::TooLarge);
        }
        // Only received bytes count: a declared length costs the sender nothing.
        if !permit.grow(more) {
            return Err(BodyError::OverBudget);
        }
        while data.has_remaining() {
            let part = data.chunk();
            let bytes = part.len();
            collected.push(part).map_err(|_no_memory| BodyError::OverBudget)?;
            data.advance(bytes);
        }
    }
    if permit.complete() { Ok(collected.freeze()) } else { Err(BodyError::OverBudget) }
}
