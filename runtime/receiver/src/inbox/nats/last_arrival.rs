//! Stores when the last event of a sender arrived. The queue does not show that: it has canaries too, and done events
//! leave it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_nats::jetstream::message::StreamMessage;
use jiff::Timestamp;

use super::{Nats, SILENCE, stream, unavailable, with_timeout};
use crate::clock::{elapsed, millis};
use crate::inbox::{Delivery, DeliveryKind, InboxError, PutOutcome};

/// The minimum time between two records.
const RECORD_INTERVAL: Duration = Duration::from_secs(10);

/// When this process last recorded an arrival, in milliseconds since 1970.
pub(super) struct LastArrival(AtomicI64);

impl LastArrival {
    pub(super) fn never() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }

    /// Whether a record is due; if so, it counts as written.
    fn is_due(&self, now: i64) -> bool {
        let before = self.0.load(Ordering::Relaxed);
        let is_old = now.saturating_sub(before) >= millis(RECORD_INTERVAL);
        is_old && self.0.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl Nats {
    /// Records the arrival of a stored event.
    pub(super) async fn note_arrival(&self, delivery: &Delivery, put: PutOutcome) {
        let now = Timestamp::now().as_millisecond();
        if delivery.kind() == DeliveryKind::Event && matches!(put, PutOutcome::Stored(_)) && self.noted.is_due(now) {
            self.write_arrival(now).await;
        }
    }

    /// The time since the last event; `None` if there never was one.
    pub(super) async fn last_arrival(&self) -> Result<Option<Duration>, InboxError> {
        let last = self.read_arrival().await?;
        Ok(last.map(|last| elapsed(last, Timestamp::now().as_millisecond())))
    }

    /// Writes the record again, since messages expire after a week. A time in the future, from a wrong clock, is
    /// replaced by now.
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

    /// The server time of the last record, in seconds since 1970. A worker writes the record before it deletes dead
    /// letters, whose times are server times too, since its own clock may be wrong.
    pub(super) async fn servers_time(&self) -> Result<Option<i64>, InboxError> {
        Ok(self.last_note().await?.map(|message| message.time.unix_timestamp()))
    }

    async fn last_note(&self) -> Result<Option<StreamMessage>, InboxError> {
        with_timeout(SILENCE, stream::last(&self.revisions, &stream::arrival_subject(&self.name))).await
    }

    /// The event is stored already, so this does not wait for an acknowledgement.
    async fn write_arrival(&self, at: i64) {
        let client = self.context.client();
        if let Err(error) = client.publish(stream::arrival_subject(&self.name), at.to_string().into()).await {
            tracing::warn!(%error, "the time of the last event could not be recorded");
        }
    }
}
