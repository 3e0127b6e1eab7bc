use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::BoxError;

/// Why there is no body to look at.
pub(super) enum BodyError {
    TooLarge,
    TooSlow,
    Broken,
}

/// Reads a whole body, but no more of it than `limit` bytes and for no longer than `deadline`.
pub(super) async fn read<B>(body: B, limit: usize, deadline: Duration) -> Result<Bytes, BodyError>
where
    B: http_body::Body<Error: Into<BoxError>>,
{
    // What the sender says of its length, before a byte of it is read or a `100 Continue` sent.
    let declared = body.size_hint().lower();
    if usize::try_from(declared).map_or(true, |declared| declared > limit) {
        return Err(BodyError::TooLarge);
    }
    match tokio::time::timeout(deadline, Limited::new(body, limit).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Ok(Err(_)) => Err(BodyError::Broken),
        Err(_elapsed) => Err(BodyError::TooSlow),
    }
}
