//! For how long an inbox has been worked on, by which its dead letters grow old: the clocks of its servers may be set by a
//! day, and nobody who starts can tell a day of rest from that.
//!
//! Each process counts on by its own steady clock from what was written down when it began, and writes down how far it has
//! come. So several count the same time, not each its own.

use std::sync::PoisonError;
use std::time::Instant;

use super::{Nats, SILENCE, codec, stream, unavailable, with_timeout};
use crate::inbox::InboxError;

/// Where this process began to count.
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
    /// In seconds. Never less than what any dead letter bears.
    pub(super) async fn uptime(&self) -> Result<u64, InboxError> {
        let began = *self.began.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(began) = began {
            return Ok(began.uptime());
        }
        let written = self.persisted_uptime().await?.unwrap_or(0);
        // What is written down goes after a week without anybody.
        let last = with_timeout(SILENCE, stream::last(&self.dead, &stream::dead_subject(&self.name))).await?;
        let of_last = last.and_then(|letter| codec::read(&letter.payload).ok()?.lived).unwrap_or(0);
        let began = UptimeStart { lived: written.max(of_last), at: Instant::now() };
        // Of two at once the first counts.
        Ok(self.began.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(began).uptime())
    }

    /// For the next process. What a crash keeps from being written has not passed.
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
