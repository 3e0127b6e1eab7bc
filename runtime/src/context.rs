//! What a handler knows about a delivery besides its payload.

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::{DecodeError, Freshness, Headers, Inbound};

/// What a handler can know about a delivery besides its payload.
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
    /// The context of a delivery that was received now, at its first attempt.
    #[must_use]
    pub fn new(inbound: &'a Inbound) -> Self {
        Self { inbound, attempt: 1, received_at: Timestamp::now(), event_id: None, freshness: Freshness::Unknown }
    }

    /// Sets the number of this attempt, counted from 1; 0 becomes 1.
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

    /// Sets the id of the event.
    #[must_use]
    pub fn with_event_id(mut self, event_id: &'a str) -> Self {
        self.event_id = Some(event_id);
        self
    }

    /// Sets whether the event is in sequence with earlier events of its resource.
    #[must_use]
    pub fn with_freshness(mut self, freshness: Freshness) -> Self {
        self.freshness = freshness;
        self
    }

    /// The received message.
    #[must_use]
    pub fn inbound(&self) -> &'a Inbound {
        self.inbound
    }

    /// The headers of the message.
    #[must_use]
    pub fn headers(&self) -> &'a Headers {
        self.inbound.headers()
    }

    /// The channel; see [`Inbound::channel`].
    #[must_use]
    pub fn channel(&self) -> Option<&'a str> {
        self.inbound.channel()
    }

    /// The number of this attempt of the receiver, counted from 1.
    ///
    /// A delivery that the sender repeats starts at 1 again.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// When the delivery was received, by the clock of the receiver.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// The id of the event, if the receiver has ids. It is the same at each attempt, so a handler can use it to be
    /// idempotent.
    #[must_use]
    pub fn event_id(&self) -> Option<&'a str> {
        self.event_id
    }

    /// Whether the event is in sequence with the events of its resource that were handled before. Receivers without a
    /// store, such as `Inline`, do not know it.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// Decodes the body; see [`Inbound::decode`].
    ///
    /// # Errors
    ///
    /// As [`Inbound::decode`].
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        self.inbound.decode()
    }

    /// Decodes and validates the body; see [`Inbound::decode_valid`].
    ///
    /// # Errors
    ///
    /// As [`Inbound::decode_valid`].
    #[cfg(feature = "validation")]
    pub fn decode_valid<T: DeserializeOwned>(
        &self,
        validate: impl FnOnce(&T) -> Result<(), crate::Violations>,
    ) -> Result<T, DecodeError> {
        self.inbound.decode_valid(validate)
    }
}
