//! The uptime of an inbox: the time in which workers had it open. Dead letters age by it, since the clocks of servers
//! may be changed.
//!
//! Each process continues from the stored uptime with its own steady clock, and stores the result. So several processes
//! count the same time once.

use std::sync::PoisonError;
use std::time::Instant;

use super::{Nats, SILENCE, codec, stream, unavailable, with_timeout};
use crate::inbox::InboxError;

/// The uptime at the start of this process.
#[derive(Clone, Copy)]
pub(super) struct UptimeStart {
    /// In seconds.
    lived: u64,
    at: Instant,
}

impl UptimeStart {
    fn uptime(self) -> u64 {
        self.lived.saturating_add(self.at.elapsed().as_secs())
    }
}

impl Nats {
    /// The uptime in seconds. It is never less than that in any dead letter.
    pub(super) async fn uptime(&self) -> Result<u64, InboxError> {
        let began = *self.began.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(began) = began {
            return Ok(began.uptime());
        }
        let written = self.persisted_uptime().await?.unwrap_or(0);
        // The record expires after a week without workers.
        let last = with_timeout(SILENCE, stream::last(&self.dead, &stream::dead_subject(&self.name))).await?;
        let of_last = last.and_then(|letter| codec::read(&letter.payload).ok()?.lived).unwrap_or(0);
        let began = UptimeStart { lived: written.max(of_last), at: Instant::now() };
        // If two calls race, the first one counts.
        Ok(self.began.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(began).uptime())
    }

    /// Stores the uptime for the next process. Time that a crash keeps from being stored does not count.
    pub(super) async fn persist_uptime(&self) -> Result<(), InboxError> {
        let lived = self.uptime().await?.max(self.persisted_uptime().await?.unwrap_or(0));
        let sent = self.context.publish(stream::lived_subject(&self.name), lived.to_string().into());
        with_timeout(SILENCE, async { sent.await.map_err(unavailable)?.await.map_err(unavailable) }).await?;
        Ok(())
    }

    async fn persisted_uptime(&self) -> Result<Option<u64>, InboxError> {
        let written = with_timeout(SILENCE, stream::last(&self.revisions, &stream::lived_subject(&self.name))).await?;
        Ok(written.and_then(|message| std::str::from_utf8(&message.payload).ok()?.parse().ok()))
    }
}
