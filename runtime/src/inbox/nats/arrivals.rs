//! When the last event of a sender came. The queue cannot tell: it has canaries, too, and what is done is gone from it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::{Nats, SILENCE, stream, within};
use crate::clock::{elapsed, millis};
use crate::inbox::{Delivery, InboxError, Kind, Put};

/// How often it is written down at most. Nobody is woken for so little.
const EVERY: Duration = Duration::from_secs(10);

/// When this process last wrote it down, in milliseconds since 1970.
pub(super) struct Noted(AtomicI64);

impl Noted {
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
    pub(super) async fn note_arrival(&self, delivery: &Delivery, put: Put) {
        let now = Timestamp::now().as_millisecond();
        if delivery.kind() == Kind::Event && matches!(put, Put::Stored(_)) && self.noted.is_due(now) {
            self.write_arrival(now).await;
        }
    }

    /// How long ago it was; `None` if none ever came.
    pub(super) async fn last_arrival(&self) -> Result<Option<Duration>, InboxError> {
        let last = self.read_arrival().await?;
        Ok(last.map(|last| elapsed(last, Timestamp::now().as_millisecond())))
    }

    /// Writes it down again, since a message goes after a week, and silence may be longer.
    pub(super) async fn keep_arrival(&self) -> Result<(), InboxError> {
        if let Some(last) = self.read_arrival().await? {
            self.write_arrival(last).await;
        }
        Ok(())
    }

    async fn read_arrival(&self) -> Result<Option<i64>, InboxError> {
        let subject = stream::arrival_subject(&self.name);
        let message = within(SILENCE, stream::last(&self.revisions, &subject)).await?;
        Ok(message.and_then(|message| std::str::from_utf8(&message.payload).ok()?.parse().ok()))
    }

    /// The event is stored whatever becomes of this, so nobody waits to hear.
    async fn write_arrival(&self, at: i64) {
        let client = self.context.client();
        if let Err(error) = client.publish(stream::arrival_subject(&self.name), at.to_string().into()).await {
            tracing::warn!(%error, "when the last event came is not written down");
        }
    }
}
