//! For how long an inbox has been worked on, by which its dead letters grow old: the clocks of its servers may be set by a
//! day, and nobody who starts can tell a day of rest from that.
//!
//! Each process counts on by its own steady clock from what was written down when it began, and writes down how far it has
//! come. So several count the same time, not each its own.

use std::sync::PoisonError;
use std::time::Instant;

use super::{Nats, SILENCE, frame, stream, unavailable, within};
use crate::inbox::InboxError;

/// Where this process began to count.
#[derive(Clone, Copy)]
pub(super) struct Began {
    /// In seconds.
    lived: u64,
    at: Instant,
}

impl Began {
    fn lived(self) -> u64 {
        self.lived.saturating_add(self.at.elapsed().as_secs())
    }
}

impl Nats {
    /// In seconds. Never less than what any dead letter bears.
    pub(super) async fn lived(&self) -> Result<u64, InboxError> {
        let began = *self.began.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(began) = began {
            return Ok(began.lived());
        }
        let written = self.written_lived().await?.unwrap_or(0);
        // What is written down goes after a week without anybody.
        let last = within(SILENCE, stream::last(&self.dead, &stream::dead_subject(&self.name))).await?;
        let of_last = last.and_then(|letter| frame::read(&letter.payload).ok()?.lived).unwrap_or(0);
        let began = Began { lived: written.max(of_last), at: Instant::now() };
        // Of two at once the first counts.
        Ok(self.began.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(began).lived())
    }

    /// For the next process. What a crash keeps from being written has not passed.
    pub(super) async fn write_lived(&self) -> Result<(), InboxError> {
        let lived = self.lived().await?.max(self.written_lived().await?.unwrap_or(0));
        let sent = self.context.publish(stream::lived_subject(&self.name), lived.to_string().into());
        within(SILENCE, async { sent.await.map_err(unavailable)?.await.map_err(unavailable) }).await?;
        Ok(())
    }

    async fn written_lived(&self) -> Result<Option<u64>, InboxError> {
        let written = within(SILENCE, stream::last(&self.revisions, &stream::lived_subject(&self.name))).await?;
        Ok(written.and_then(|message| std::str::from_utf8(&message.payload).ok()?.parse().ok()))
    }
}
