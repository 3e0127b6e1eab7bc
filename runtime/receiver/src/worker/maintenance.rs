//! Tasks of a worker besides handlers: purges and canaries.

use std::sync::Arc;
use std::time::Duration;

use asyncapi_runtime::Dispatch;
use tokio::task::JoinSet;

use super::Worker;
use crate::inbox::{Delivery, InboxError, PurgeCounts};
use crate::log_escape::Escaped;

/// The period of checks of the store.
const CHECK_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// The period of purges.
const PURGE_EVERY: Duration = Duration::from_secs(10 * 60);

impl<D: Dispatch + 'static> Worker<D> {
    /// Starts the maintenance tasks.
    pub(super) fn run_maintenance(self: &Arc<Self>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(Arc::clone(self).purge_expired());
        tasks.spawn(Arc::clone(self).check_store());
        if let Some(period) = self.settings.canary {
            tasks.spawn(Arc::clone(self).send_canaries(period));
        }
        tasks
    }

    async fn purge_expired(self: Arc<Self>) {
        loop {
            match self.inbox.purge(self.settings.retention).await {
                Ok(PurgeCounts { done, dead: 0 }) => tracing::debug!(done, "expired ids deleted"),
                Ok(PurgeCounts { dead, .. }) => tracing::warn!(dead, "expired dead letters deleted"),
                Err(error) => tracing::warn!(reason = %Escaped(&error), "expired entries could not be deleted"),
            }
            self.clock.sleep(PURGE_EVERY).await;
        }
    }

    async fn check_store(self: Arc<Self>) {
        loop {
            match self.inbox.check_integrity().await {
                Ok(()) => tracing::debug!("the inbox is not damaged"),
                Err(error @ InboxError::Unreadable(_)) => tracing::error!(
                    reason = %Escaped(&error),
                    "the inbox is damaged: export its events into another one, and restore or replace the file"
                ),
                Err(error) => tracing::warn!(reason = %Escaped(&error), "the inbox could not be checked"),
            }
            self.clock.sleep(CHECK_EVERY).await;
        }
    }

    async fn send_canaries(self: Arc<Self>, period: Duration) {
        loop {
            let number = self.clock.now().as_nanosecond().unsigned_abs();
            self.health.record_canary_sent();
            if let Err(error) = self.inbox.put(Delivery::canary(number)).await {
                tracing::warn!(reason = %Escaped(&error), "canary not stored");
            }
            self.clock.sleep(period).await;
        }
    }
}
