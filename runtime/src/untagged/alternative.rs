//! What can be tried as an alternative of a union.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::request::Reply;
use crate::{DecodeError, Headers};

/// What can be tried: whatever is read from JSON, and a [`Reply`], whose headers have to fit too.
pub trait Alternative: Sized {
    /// What the body is read as.
    type Payload: DeserializeOwned + Serialize;

    /// The alternative, and how many of the headers that came it keeps.
    ///
    /// # Errors
    ///
    /// The headers cannot be read.
    fn of(payload: Self::Payload, headers: &Headers) -> Result<(Self, usize), DecodeError>;

    /// The most headers that it may keep.
    fn most(headers: &Headers) -> usize;
}

impl<V: DeserializeOwned + Serialize> Alternative for V {
    type Payload = V;

    fn of(payload: V, _: &Headers) -> Result<(Self, usize), DecodeError> {
        Ok((payload, 0))
    }

    fn most(_: &Headers) -> usize {
        0
    }
}

impl<P, H> Alternative for Reply<P, H>
where
    P: DeserializeOwned + Serialize,
    H: DeserializeOwned + Serialize,
{
    type Payload = P;

    fn of(payload: P, headers: &Headers) -> Result<(Self, usize), DecodeError> {
        let read: H = headers.decode()?;
        let written = Headers::encode(&read).map_err(DecodeError::custom)?;
        let kept = headers.iter().filter(|(name, _)| written.get(name).is_some()).count();
        Ok((Self::new(payload, read), kept))
    }

    fn most(headers: &Headers) -> usize {
        headers.len()
    }
}
