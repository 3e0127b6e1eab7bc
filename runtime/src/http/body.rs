use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_util::future::{Either, select};
use http_body_util::BodyExt;

use super::buffer::Buffer;
use super::memory_budget::{Budget, Permit};
use crate::BoxError;

/// Why there is no body to look at.
pub(super) enum BodyError {
    TooLarge,
    TooSlow,
    Broken,
    OverBudget,
}

/// What a body may cost.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub(super) bytes: usize,
    pub(super) deadline: Duration,
    pub(super) budget: Budget,
}

impl Limits {
    /// The most bytes that a body can have: none is larger than all of them together.
    fn most(&self) -> usize {
        self.bytes.min(self.budget.whole())
    }

    /// What the sender says of its length, before a byte of it is read or a `100 Continue` sent.
    pub(super) fn check_declared(&self, body: &impl http_body::Body) -> Result<(), BodyError> {
        let declared = usize::try_from(body.size_hint().lower());
        if declared.is_ok_and(|declared| declared <= self.most()) { Ok(()) } else { Err(BodyError::TooLarge) }
    }
}

/// Reads a whole body, but no more of it than the limits allow.
pub(super) async fn read<B>(body: &mut Pin<Box<B>>, limits: &Limits) -> Result<(Bytes, Permit), BodyError>
where
    B: http_body::Body<Error: Into<BoxError>>,
{
    let mut hold = limits.budget.hold();
    let preempted = hold.preempted();
    let collected = collect(body, limits.most(), &mut hold);
    let collected = async {
        match select(pin!(collected), pin!(preempted)).await {
            Either::Left((collected, _)) => collected,
            Either::Right(((), _)) => Err(BodyError::OverBudget),
        }
    };
    match tokio::time::timeout(limits.deadline, collected).await {
        Ok(collected) => Ok((collected?, hold)),
        Err(_elapsed) => Err(BodyError::TooSlow),
    }
}

/// Reads for a while what nobody wants, to be thrown away: a sender that sends all before it looks for the answer would
/// find a closed connection in place of it.
pub(super) fn discard<B>(mut body: Pin<Box<B>>, limits: &Limits)
where
    B: http_body::Body<Data: Send> + Send + 'static,
{
    let reading = async move { while let Some(Ok(_)) = body.frame().await {} };
    tokio::spawn(tokio::time::timeout(limits.deadline, reading));
}

async fn collect<B>(body: &mut Pin<Box<B>>, limit: usize, hold: &mut Permit) -> Result<Bytes, BodyError>
where
    B: http_body::Body<Error: Into<BoxError>>,
{
    let announced = body.size_hint().upper().and_then(|bytes| usize::try_from(bytes).ok());
    let mut collected = Buffer::new(announced.map_or(limit, |announced| announced.min(limit)));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        // The other kind of frame is trailers.
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        let more = data.remaining();
        if more > limit - collected.len() {
            return Err(BodyError::TooLarge);
        }
        // What has come, not what was announced: an announcement costs its sender nothing.
        if !hold.grow(more) {
            return Err(BodyError::OverBudget);
        }
        while data.has_remaining() {
            let part = data.chunk();
            let bytes = part.len();
            collected.push(part).map_err(|_no_memory| BodyError::OverBudget)?;
            data.advance(bytes);
        }
    }
    if hold.settle() { Ok(collected.freeze()) } else { Err(BodyError::OverBudget) }
}
