use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::{DecodeError, Freshness, Headers, Inbound};

/// What a handler may know about a delivery beside its payload.
///
/// ```
/// use asyncapi_runtime::{Context, Inbound};
///
/// let inbound = Inbound::new(r#"{"id": "c1"}"#).with_channel("customers");
/// let cx = Context::new(&inbound).with_attempt(2);
///
/// assert_eq!(cx.attempt(), 2);
/// assert_eq!(cx.channel(), Some("customers"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    inbound: &'a Inbound,
    attempt: u32,
    received_at: Timestamp,
    event_id: Option<&'a str>,
    freshness: Freshness,
}

impl<'a> Context<'a> {
    /// The context of a delivery that was received just now and is tried for the first time.
    #[must_use]
    pub fn new(inbound: &'a Inbound) -> Self {
        Self { inbound, attempt: 1, received_at: Timestamp::now(), event_id: None, freshness: Freshness::Unknown }
    }

    /// Sets which try of the receiver's own this is. The first is 1; 0 is taken as 1.
    #[must_use]
    pub fn with_attempt(mut self, attempt: u32) -> Self {
        self.attempt = attempt.max(1);
        self
    }

    /// Sets when the delivery was received.
    #[must_use]
    pub fn with_received_at(mut self, received_at: Timestamp) -> Self {
        self.received_at = received_at;
        self
    }

    /// Sets the id that tells the event from every other.
    #[must_use]
    pub fn with_event_id(mut self, event_id: &'a str) -> Self {
        self.event_id = Some(event_id);
        self
    }

    /// Sets how the delivery stands to earlier ones of its resource.
    #[must_use]
    pub fn with_freshness(mut self, freshness: Freshness) -> Self {
        self.freshness = freshness;
        self
    }

    /// The delivery as it came in.
    #[must_use]
    pub fn inbound(&self) -> &'a Inbound {
        self.inbound
    }

    /// The delivery's headers.
    #[must_use]
    pub fn headers(&self) -> &'a Headers {
        self.inbound.headers()
    }

    /// The channel it came by; see [`Inbound::channel`].
    #[must_use]
    pub fn channel(&self) -> Option<&'a str> {
        self.inbound.channel()
    }

    /// Which try of the receiver's own this is, 1 first.
    ///
    /// What the sender sends again is a new delivery and starts at 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// When the delivery was received: by the receiver's clock, not the sender's.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// The id that tells the event from every other, if the receiver keeps them apart: the key for a handler
    /// that has to do its work only once. It is the same at every attempt.
    #[must_use]
    pub fn event_id(&self) -> Option<&'a str> {
        self.event_id
    }

    /// How the delivery stands to those of its resource that were handled before it. Receivers that keep
    /// nothing, such as `Inline`, do not know.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// The whole body as a `T`; see [`Inbound::decode`].
    ///
    /// # Errors
    ///
    /// The body is not JSON, or not one a `T` can be read from.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        self.inbound.decode()
    }

    /// The whole body as a `T` that is checked; see [`Inbound::decode_valid`].
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode), or the check finds violations.
    #[cfg(feature = "validation")]
    pub fn decode_valid<T: DeserializeOwned>(
        &self,
        validate: impl FnOnce(&T) -> Result<(), crate::Violations>,
    ) -> Result<T, DecodeError> {
        self.inbound.decode_valid(validate)
    }
}
