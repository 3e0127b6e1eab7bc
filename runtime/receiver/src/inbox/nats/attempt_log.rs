//! A log of how the deliveries of a queued event ended. The server only counts deliveries.
//!
//! A record is written when an attempt ends and the event stays in the queue. A delivery without a record was
//! interrupted, most often by the end of the process; any of the events that were leased then may have caused that.

use std::time::Duration;

use super::{Nats, SILENCE, stream, unavailable, with_timeout};
use crate::retry_policy::RetryPolicy;

/// The longest delay of an interrupted event while another one is leased.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AttemptLog {
    /// The last delivery with a record.
    ended: u64,
    /// The number of deliveries up to that one that were released without an attempt.
    given_back: u64,
    /// Whether a delivery was interrupted, and no attempt since then has ended.
    interrupted: bool,
}

/// How a delivery ended whose event stays in the queue.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    /// Its attempt failed.
    Failed,
    /// It was released.
    GivenBack,
}

impl AttemptLog {
    /// Whether an earlier delivery was interrupted.
    pub(super) fn is_interrupted(self, delivery: u64) -> bool {
        delivery > 1 && (self.interrupted || self.ended + 1 != delivery)
    }

    /// The number of the attempt, counted from 1.
    pub(super) fn attempt(self, delivery: u64) -> u32 {
        u32::try_from(delivery.saturating_sub(self.given_back).max(1)).unwrap_or(u32::MAX)
    }

    fn with(self, delivery: u64, ending: Ending) -> Self {
        match ending {
            Ending::Failed => Self { ended: delivery, interrupted: false, ..self },
            Ending::GivenBack => {
                let interrupted = self.is_interrupted(delivery);
                Self { ended: delivery, given_back: self.given_back + 1, interrupted }
            }
        }
    }
}

impl Nats {
    /// The log of an event at this delivery. If it cannot be read, all deliveries count as attempts.
    pub(super) async fn attempt_log(&self, sequence: u64, delivery: u64) -> AttemptLog {
        let all_failed = AttemptLog { ended: delivery.saturating_sub(1), ..AttemptLog::default() };
        if delivery <= 1 {
            return all_failed;
        }
        let subject = stream::attempt_log_subject(&self.name, sequence);
        match with_timeout(SILENCE, stream::last(&self.revisions, &subject)).await {
            Ok(None) => AttemptLog::default(),
            Ok(Some(message)) => serde_json::from_slice(&message.payload).map_or_else(
                |_unreadable| all_failed,
                |(ended, given_back, interrupted)| AttemptLog { ended, given_back, interrupted },
            ),
            Err(error) => {
                tracing::warn!(%error, "the attempt log of an event could not be read");
                all_failed
            }
        }
    }

    /// Records how a delivery ended. If that fails, the delivery counts as interrupted.
    pub(super) async fn write_attempt_log(
        &self,
        sequence: u64,
        attempt_log: AttemptLog,
        delivery: u64,
        ending: Ending,
    ) {
        let AttemptLog { ended, given_back, interrupted } = attempt_log.with(delivery, ending);
        let text = serde_json::json!([ended, given_back, interrupted]).to_string();
        let sent = self.context.publish(stream::attempt_log_subject(&self.name, sequence), text.into());
        let sent = with_timeout(SILENCE, async { sent.await.map_err(unavailable)?.await.map_err(unavailable) });
        if let Err(error) = sent.await {
            tracing::warn!(%error, "the end of an attempt could not be recorded");
        }
    }

    /// Deletes the log of an event that has left the queue. Remaining records expire after a week.
    pub(super) async fn forget_attempt_log(&self, sequence: u64) {
        let forgotten = async {
            let purge = self.revisions.purge().filter(stream::attempt_log_subject(&self.name, sequence));
            purge.await.map_err(unavailable)
        };
        if let Err(error) = with_timeout(SILENCE, forgotten).await {
            tracing::debug!(%error, "the attempt log of an event that has ended is kept");
        }
    }

    /// The delay of an interrupted event while another one is leased, after this number of attempts.
    pub(super) fn retry_backoff(&self, attempts: u32) -> Duration {
        let delay = RetryPolicy::interrupted().delay_after(attempts.saturating_sub(1)).unwrap_or_default();
        // The other one may end soon.
        delay.min(LONGEST_WAIT).min(self.lease / 4)
    }
}

#[cfg(test)]
mod tests {
    use super::{AttemptLog, Ending};

    #[test]
    fn interrupted_deliveries_differ_from_failed_and_released_ones() {
        let first = AttemptLog::default();
        assert_eq!((first.is_interrupted(1), first.attempt(1)), (false, 1));
        assert_eq!((first.is_interrupted(2), first.attempt(2)), (true, 2));
        let failed = first.with(1, Ending::Failed);
        assert_eq!((failed.is_interrupted(2), failed.attempt(2)), (false, 2));
        assert!(failed.is_interrupted(3), "the second one has no record");
        let released = first.with(1, Ending::GivenBack);
        assert_eq!((released.is_interrupted(2), released.attempt(2)), (false, 1));
        let waiting = first.with(2, Ending::GivenBack).with(3, Ending::GivenBack);
        assert_eq!((waiting.is_interrupted(4), waiting.attempt(4)), (true, 2));
        assert!(!waiting.with(4, Ending::Failed).is_interrupted(5));
    }
}
