use std::pin::Pin;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use http_body_util::BodyExt;

use super::budget::{Budget, Hold};
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

/// Reads a whole body, but no more of it than the limits allow.
pub(super) async fn read<B>(body: B, limits: &Limits) -> Result<(Bytes, Hold), BodyError>
where
    B: http_body::Body<Error: Into<BoxError>>,
{
    read_part(&mut Box::pin(body), limits).await
}

/// The same, and what is above the limits goes on being read for a while, to be thrown away: a sender that sends
/// all before it looks for the answer would find a closed connection in place of it.
pub(super) async fn read_or_discard<B>(body: B, limits: &Limits) -> Result<(Bytes, Hold), BodyError>
where
    B: http_body::Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
{
    let mut body = Box::pin(body);
    let outcome = read_part(&mut body, limits).await;
    if matches!(outcome, Err(BodyError::TooLarge | BodyError::OverBudget)) {
        tokio::spawn(tokio::time::timeout(limits.deadline, discard(body)));
    }
    outcome
}

async fn discard<B: http_body::Body>(mut body: Pin<Box<B>>) {
    while let Some(Ok(_)) = body.frame().await {}
}

async fn read_part<B>(body: &mut Pin<Box<B>>, limits: &Limits) -> Result<(Bytes, Hold), BodyError>
where
    B: http_body::Body<Error: Into<BoxError>>,
{
    // What the sender says of its length, before a byte of it is read or a `100 Continue` sent.
    let declared = body.size_hint().lower();
    if usize::try_from(declared).map_or(true, |declared| declared > limits.bytes) {
        return Err(BodyError::TooLarge);
    }
    let mut hold = limits.budget.hold();
    match tokio::time::timeout(limits.deadline, collect(body, limits.bytes, &mut hold)).await {
        Ok(collected) => Ok((collected?, hold)),
        Err(_elapsed) => Err(BodyError::TooSlow),
    }
}

async fn collect<B>(body: &mut Pin<Box<B>>, limit: usize, hold: &mut Hold) -> Result<Bytes, BodyError>
where
    B: http_body::Body<Error: Into<BoxError>>,
{
    let mut collected = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        // The other kind of frame is trailers.
        let Ok(data) = frame.into_data() else {
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
        bytes::BufMut::put(&mut collected, data);
    }
    Ok(collected.freeze())
}
