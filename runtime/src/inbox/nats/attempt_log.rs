//! How the deliveries of an event ended that is in the queue still: a server counts them, and tells no more.
//!
//! It is written down where an attempt ends and the event stays. A delivery that nothing is said of was cut short, most often
//! by the end of the process, and nobody knows by which of the events that were worked on.

use std::time::Duration;

use super::{Nats, SILENCE, stream, unavailable, with_timeout};

/// The longest that an event waits for another that may be what ended a process.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AttemptLog {
    /// The last delivery of which the end is known.
    ended: u64,
    /// How many deliveries up to that one were no attempts.
    given_back: u64,
    /// Whether one was cut short, and none since has come to an end of its own.
    interrupted: bool,
}

/// How a delivery ended after which the event is in the queue still.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    /// Its attempt failed.
    Failed,
    /// It was given back.
    GivenBack,
}

impl AttemptLog {
    /// Whether this delivery follows one that was cut short.
    pub(super) fn is_interrupted(self, delivery: u64) -> bool {
        delivery > 1 && (self.interrupted || self.ended + 1 != delivery)
    }

    /// Which attempt this delivery is, 1 first.
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
    /// What is known of an event by the time of this delivery. Where that cannot be read, every delivery was an attempt.
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
                tracing::warn!(%error, "what became of an event before is not known");
                all_failed
            }
        }
    }

    /// Writes down how a delivery ended. Should that fail, the next one takes it for cut short.
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
            tracing::warn!(%error, "how an attempt ended is not written down");
        }
    }

    /// For an event that is in the queue no more. What is left goes by itself after a week.
    pub(super) async fn forget_attempt_log(&self, sequence: u64) {
        let forgotten = async {
            let purge = self.revisions.purge().filter(stream::attempt_log_subject(&self.name, sequence));
            purge.await.map_err(unavailable)
        };
        if let Err(error) = with_timeout(SILENCE, forgotten).await {
            tracing::debug!(%error, "the attempt log of an event that has ended is kept");
        }
    }

    /// How long an event waits for another that may be what ended a process.
    pub(super) fn retry_backoff(&self) -> Duration {
        LONGEST_WAIT.min(self.lease / 4)
    }
}

#[cfg(test)]
mod tests {
    use super::{AttemptLog, Ending};

    #[test]
    fn what_was_cut_short_is_told_from_what_failed_or_was_given_back() {
        let first = AttemptLog::default();
        assert_eq!((first.is_interrupted(1), first.attempt(1)), (false, 1));
        assert_eq!((first.is_interrupted(2), first.attempt(2)), (true, 2));
        let failed = first.with(1, Ending::Failed);
        assert_eq!((failed.is_interrupted(2), failed.attempt(2)), (false, 2));
        assert!(failed.is_interrupted(3), "of the second nothing is said");
        let released = first.with(1, Ending::GivenBack);
        assert_eq!((released.is_interrupted(2), released.attempt(2)), (false, 1));
        let waiting = first.with(2, Ending::GivenBack).with(3, Ending::GivenBack);
        assert_eq!((waiting.is_interrupted(4), waiting.attempt(4)), (true, 2));
        assert!(!waiting.with(4, Ending::Failed).is_interrupted(5));
    }
}
