//! The trait of types that can be alternatives of an untagged union.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::request::Reply;
use crate::{DecodeError, Headers};

/// A possible alternative: any type that is deserialized from JSON, or a [`Reply`], whose headers must match too.
pub trait Alternative: Sized {
    /// The type of the body.
    type Payload: DeserializeOwned + Serialize;

    /// Builds the alternative. Also returns the number of received headers that it keeps.
    ///
    /// # Errors
    ///
    /// The headers do not match.
    fn of(payload: Self::Payload, headers: &Headers) -> Result<(Self, usize), DecodeError>;

    /// The largest number of headers that it may keep.
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
