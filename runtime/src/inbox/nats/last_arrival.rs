//! When the last event of a sender came. The queue cannot tell: it has canaries, too, and what is done is gone from it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_nats::jetstream::message::StreamMessage;
use jiff::Timestamp;

use super::{Nats, SILENCE, stream, unavailable, with_timeout};
use crate::clock::{elapsed, millis};
use crate::inbox::{Delivery, DeliveryKind, InboxError, PutOutcome};

/// How often it is written down at most. Nobody is woken for so little.
const EVERY: Duration = Duration::from_secs(10);

/// When this process last wrote it down, in milliseconds since 1970.
pub(super) struct LastArrival(AtomicI64);

impl LastArrival {
    pub(super) fn never() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }

    /// Whether it is to be written down now.
    fn is_due(&self, now: i64) -> bool {
        let before = self.0.load(Ordering::Relaxed);
        let is_old = now.saturating_sub(before) >= millis(EVERY);
        is_old && self.0.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl Nats {
    /// An event was stored.
    pub(super) async fn note_arrival(&self, delivery: &Delivery, put: PutOutcome) {
        let now = Timestamp::now().as_millisecond();
        if delivery.kind() == DeliveryKind::Event && matches!(put, PutOutcome::Stored(_)) && self.noted.is_due(now) {
            self.write_arrival(now).await;
        }
    }

    /// How long ago it was; `None` if none ever came.
    pub(super) async fn last_arrival(&self) -> Result<Option<Duration>, InboxError> {
        let last = self.read_arrival().await?;
        Ok(last.map(|last| elapsed(last, Timestamp::now().as_millisecond())))
    }

    /// Writes it down again, since a message goes after a week, and silence may be longer. One that is still to come was
    /// written by a clock that was ahead, and would hide silence until then.
    pub(super) async fn flush_last_arrival(&self) -> Result<(), InboxError> {
        if let Some(last) = self.read_arrival().await? {
            let last = last.min(Timestamp::now().as_millisecond());
            let sent = self.context.publish(stream::arrival_subject(&self.name), last.to_string().into());
            with_timeout(SILENCE, async { sent.await.map_err(unavailable)?.await.map_err(unavailable) }).await?;
        }
        Ok(())
    }

    async fn read_arrival(&self) -> Result<Option<i64>, InboxError> {
        let message = self.last_note().await?;
        Ok(message.and_then(|message| std::str::from_utf8(&message.payload).ok()?.parse().ok()))
    }

    /// What the clocks of the servers showed when it was written down last, in seconds since 1970. A worker writes it down
    /// before it throws dead letters away, whose times are by those clocks, too; its own may have been set by a day.
    pub(super) async fn servers_time(&self) -> Result<Option<i64>, InboxError> {
        Ok(self.last_note().await?.map(|message| message.time.unix_timestamp()))
    }

    async fn last_note(&self) -> Result<Option<StreamMessage>, InboxError> {
        with_timeout(SILENCE, stream::last(&self.revisions, &stream::arrival_subject(&self.name))).await
    }

    /// The event is stored whatever becomes of this, so nobody waits to hear.
    async fn write_arrival(&self, at: i64) {
        let client = self.context.client();
        if let Err(error) = client.publish(stream::arrival_subject(&self.name), at.to_string().into()).await {
            tracing::warn!(%error, "when the last event came is not written down");
        }
    }
}
